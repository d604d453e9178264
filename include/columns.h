/* columns: the columns of a query result as the keys of nested objects
 *
 * Column names are the keys. "figure.value" nests, to any depth; the columns of one object stand side by side, and an
 * object whose first column is null is null as a whole.
 */
#ifndef CLAIMD_COLUMNS_H
#define CLAIMD_COLUMNS_H

#include <libpq-fe.h>
#include <stddef.h>

#include "arena.h"

enum column_kind {
    COLUMN_TEXT,
    COLUMN_NUMBER,  /* an integer */
    COLUMN_DECIMAL, /* numeric, never a double */
    COLUMN_BOOL,
    COLUMN_JSON,
    COLUMN_TIME, /* timestamptz, in UTC */
};

/* A key, in the order of writing: an object comes before what is in it. */
struct column {
    const char *name; /* the whole, with its dots */
    const char *key;  /* the part of it that names this key in its object, with nothing that JSON would escape */
    size_t key_size;
    const char *lead; /* the key as JSON has it before its value, behind another: ,"key": */
    size_t lead_size;
    enum column_kind kind;
    int place; /* of the result's column; of an object its first, even if that is not shown */
    int end;   /* the next key that is not in it; its own place plus one unless it is an object */
};

struct columns {
    struct column *keys;
    int count;
};

/* Lies in the arena; refers to the result's names. The last `hidden` columns are left out. Of the rest only those that
 * `fields` names (comma list; an object's name is all that is in it) stay; NULL names all. Returns NULL, or the first
 * field that there is none of. */
const char *columns_init(struct columns *columns, struct arena *arena, const PGresult *result, unsigned hidden,
                         const char *fields);

/* The names that fields can have, the outermost keys alone, for a message. */
const char *columns_names(struct arena *arena, const PGresult *result, unsigned hidden);

/* 2026-11-24 03:12:35.25+00 → 2026-11-24T03:12:35.25Z (RFC 3339), into `time`; infinity stays what it is. */
enum { COLUMN_TIME_SIZE = 64 };
size_t column_time(const char *text, size_t size, char time[static COLUMN_TIME_SIZE]);

#endif
