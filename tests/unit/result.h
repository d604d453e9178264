/* result: what a query could have answered, without a database */
#ifndef CLAIMD_TEST_RESULT_H
#define CLAIMD_TEST_RESULT_H

#include <libpq-fe.h>
#include <string.h>

/* pg_type.dat */
enum {
    BOOL = 16,
    INT8 = 20,
    INT2 = 21,
    INT4 = 23,
    TEXT = 25,
    JSON = 114,
    FLOAT8 = 701,
    VARCHAR = 1043,
    DATE = 1082,
    TIMESTAMPTZ = 1184,
    NUMERIC = 1700,
    JSONB = 3802
};

enum { RESULT_WIDTH_MAX = 32 };

struct result_column {
    const char *name;
    Oid type;
};

/* The result at hand; whoever ends a test clears it. */
static PGresult *result;

static inline void result_clear(void)
{
    PQclear(result);
    result = NULL;
}

/* An empty one; the columns end with a nameless one. */
static inline void result_begin(const struct result_column *list)
{
    PGresAttDesc described[RESULT_WIDTH_MAX] = {0};
    int width = 0;
    for (; list[width].name; width++)
        described[width] = (PGresAttDesc){.name = (char *)list[width].name, .typid = list[width].type, .typlen = -1};
    result_clear();
    result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PQsetResultAttrs(result, width, described);
}

/* Adds a row; NULL is null. */
static inline void result_row(const char *const *values)
{
    int at = PQntuples(result);
    for (int i = 0; i < PQnfields(result); i++)
        PQsetvalue(result, at, i, (char *)values[i], values[i] ? (int)strlen(values[i]) : -1);
}

#define COLUMNS(...) result_begin((const struct result_column[]){__VA_ARGS__, {NULL, 0}})
#define ROW(...) result_row((const char *const[]){__VA_ARGS__})

#endif
