/* csv: rows of a query result as comma-separated values */
#include "csv.h"

#include <stdbool.h>
#include <string.h>

static const char byte_order_mark[] = "\xEF\xBB\xBF", line_end[] = "\r\n";

static bool is_formula(const char *text)
{
    return *text && strchr("=+-@\t\r", *text);
}

static void put_text(struct buffer *csv, const char *text, size_t size, bool defused)
{
    bool quoted = strcspn(text, "\",\r\n") < size;
    if (quoted)
        buffer_putc(csv, '"');
    if (defused)
        buffer_putc(csv, '\'');
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"')
            buffer_putc(csv, '"');
        buffer_putc(csv, text[i]);
    }
    if (quoted)
        buffer_putc(csv, '"');
}

static void put_value(struct buffer *csv, enum column_kind kind, const char *text, size_t size)
{
    char time[COLUMN_TIME_SIZE];
    switch (kind) {
    case COLUMN_BOOL:
        buffer_puts(csv, *text == 't' ? "true" : "false");
        break;
    case COLUMN_NUMBER:
    case COLUMN_DECIMAL:
        buffer_append(csv, text, size);
        break;
    case COLUMN_TIME:
        size = column_time(text, size, time);
        buffer_append(csv, time, size);
        break;
    case COLUMN_JSON: /* of what a formula begins with only the sign of a number */
        put_text(csv, text, size, false);
        break;
    default:
        put_text(csv, text, size, is_formula(text));
    }
}

static bool is_leaf(const struct columns *columns, int i)
{
    return columns->keys[i].end == i + 1;
}

void csv_header(struct buffer *csv, const struct columns *columns)
{
    bool first = true;
    buffer_puts(csv, byte_order_mark);
    for (int i = 0; i < columns->count; i++) {
        if (!is_leaf(columns, i))
            continue;
        if (!first)
            buffer_putc(csv, ',');
        buffer_puts(csv, columns->keys[i].name);
        first = false;
    }
    buffer_puts(csv, line_end);
}

static void put_row(struct buffer *csv, const PGresult *result, int row, const struct columns *columns)
{
    bool first = true;
    for (int i = 0; i < columns->count; i++) {
        int place = columns->keys[i].place;
        if (!is_leaf(columns, i))
            continue;
        if (!first)
            buffer_putc(csv, ',');
        if (!PQgetisnull(result, row, place))
            put_value(csv, columns->keys[i].kind, PQgetvalue(result, row, place),
                      (size_t)PQgetlength(result, row, place));
        first = false;
    }
    buffer_puts(csv, line_end);
}

void csv_rows(struct buffer *csv, const PGresult *result, const struct columns *columns, int count)
{
    for (int row = 0; row < count; row++)
        put_row(csv, result, row, columns);
}
