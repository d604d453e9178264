/* row: rows of a query result as JSON text */
#include "row.h"

#include <stdbool.h>

static void put_time(struct buffer *json, const char *text, size_t size)
{
    char time[COLUMN_TIME_SIZE];
    size_t time_size = column_time(text, size, time);
    buffer_putc(json, '"');
    buffer_append(json, time, time_size);
    buffer_putc(json, '"');
}

static void put_value(struct buffer *json, enum column_kind kind, const char *text, size_t size)
{
    switch (kind) {
    case COLUMN_BOOL:
        buffer_puts(json, *text == 't' ? "true" : "false");
        break;
    case COLUMN_NUMBER:
    case COLUMN_JSON:
        buffer_append(json, text, size);
        break;
    case COLUMN_TIME:
        put_time(json, text, size);
        break;
    default:
        buffer_json(json, text, size);
    }
}

static void put_object(struct buffer *json, const PGresult *result, int row, const struct columns *columns, int begin,
                       int end)
{
    buffer_putc(json, '{');
    for (int i = begin; i < end; i = columns->keys[i].end) {
        const struct column *column = &columns->keys[i];
        size_t size = (size_t)PQgetlength(result, row, column->place);
        buffer_append(json, column->lead + (i == begin), column->lead_size - (i == begin));
        if (!size && PQgetisnull(result, row, column->place))
            buffer_append(json, "null", 4);
        else if (column->end > i + 1)
            put_object(json, result, row, columns, i + 1, column->end);
        else
            put_value(json, column->kind, PQgetvalue(result, row, column->place), size);
    }
    buffer_putc(json, '}');
}

void row_object(struct buffer *json, const PGresult *result, const struct columns *columns, int row)
{
    put_object(json, result, row, columns, 0, columns->count);
}

void row_objects(struct buffer *json, const PGresult *result, const struct columns *columns, int count, char separator)
{
    for (int row = 0; row < count; row++) {
        if (row)
            buffer_putc(json, separator);
        row_object(json, result, columns, row);
    }
}
