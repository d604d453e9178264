/* row: rows of a query result as JSON text */
#include "row.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* Stable numbers of PostgreSQL's built-in types (pg_type.dat). */
enum {
    TYPE_BOOL = 16,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_JSON = 114,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_JSONB = 3802
};

/* Where a column's value goes. The same for every row, so worked out once a result. */
struct column {
    Oid type;
    const char *name;  /* behind the dot, where there is one */
    const char *group; /* the object that begins with this column; NULL for all others */
    int group_size;    /* bytes of its name */
    int group_end;     /* the column behind the object's last */
    bool last;         /* of its object */
};

static void group_columns(struct column *columns, const PGresult *result, int count)
{
    for (int i = 0; i < count; i++) {
        const char *name = PQfname(result, i), *dot = strchr(name, '.');
        columns[i] = (struct column){.type = PQftype(result, i), .name = dot ? dot + 1 : name};
        if (!dot)
            continue;
        size_t size = (size_t)(dot - name) + 1;
        bool begins = i == 0 || strncmp(PQfname(result, i - 1), name, size) != 0;
        columns[i].last = i + 1 == count || strncmp(PQfname(result, i + 1), name, size) != 0;
        if (!begins)
            continue;
        columns[i].group = name;
        columns[i].group_size = (int)size - 1;
        columns[i].group_end = i + 1;
        while (columns[i].group_end < count && strncmp(PQfname(result, columns[i].group_end), name, size) == 0)
            columns[i].group_end++;
    }
}

/* 2026-11-24 03:12:35.25+00 → 2026-11-24T03:12:35.25Z; infinity stays what it is */
static void put_time(struct buffer *json, const char *text, size_t size)
{
    size_t zone = size - strlen("+00");
    size_t day = strcspn(text, " ");
    if (day == size) {
        buffer_json(json, text, size);
        return;
    }
    buffer_putc(json, '"');
    buffer_append(json, text, day);
    buffer_putc(json, 'T');
    buffer_append(json, text + day + 1, zone - day - 1);
    buffer_puts(json, "Z\"");
}

static void put_value(struct buffer *json, Oid type, const char *text, size_t size)
{
    switch (type) {
    case TYPE_BOOL:
        buffer_puts(json, *text == 't' ? "true" : "false");
        break;
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
    case TYPE_JSON:
    case TYPE_JSONB:
        buffer_append(json, text, size);
        break;
    case TYPE_TIMESTAMPTZ:
        put_time(json, text, size);
        break;
    default:
        buffer_json(json, text, size);
    }
}

static void put_key(struct buffer *json, const char *name, size_t size)
{
    char before = json->data[json->size - 1];
    if (before != '{')
        buffer_putc(json, ',');
    buffer_json(json, name, size);
    buffer_putc(json, ':');
}

static void put_object(struct buffer *json, const PGresult *result, int row, const struct column *columns, int count)
{
    buffer_putc(json, '{');
    for (int i = 0; i < count; i++) {
        const struct column *column = &columns[i];
        bool null = PQgetisnull(result, row, i);
        if (column->group) {
            put_key(json, column->group, (size_t)column->group_size);
            if (null) {
                buffer_puts(json, "null");
                i = column->group_end - 1;
                continue;
            }
            buffer_putc(json, '{');
        }
        put_key(json, column->name, strlen(column->name));
        if (null)
            buffer_puts(json, "null");
        else
            put_value(json, column->type, PQgetvalue(result, row, i), (size_t)PQgetlength(result, row, i));
        if (column->last)
            buffer_putc(json, '}');
    }
    buffer_putc(json, '}');
}

static void free_at(struct column **columns)
{
    free(*columns);
}

void row_objects(struct buffer *json, const PGresult *result, int count)
{
    int width = PQnfields(result);
    _cleanup_(free_at) struct column *columns = memory_alloc((size_t)width * sizeof(*columns));
    group_columns(columns, result, width);
    for (int row = 0; row < count; row++) {
        if (row)
            buffer_putc(json, ',');
        put_object(json, result, row, columns, width);
    }
}
