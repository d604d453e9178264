/* row: of results with whatever in them, values of their types become JSON that has them, and CSV of as many fields */
#include "row.h"

#include <jansson.h>
#include <stdbool.h>

#include "csv.h"
#include "fuzz.h"
#include "result.h"

enum { WIDTH_MAX = 12, ROWS_MAX = 6, NAME_MAX_SIZE = 63 };

static const Oid types[] = {TEXT, BOOL, INT8, INT4, INT2, NUMERIC, JSON, JSONB, TIMESTAMPTZ, DATE, FLOAT8, VARCHAR, 0};

/* ---- results ---- */

/* Names are those of our own statements; so much can be in them. */
static void mend_name(char *name)
{
    if (strlen(name) > NAME_MAX_SIZE)
        name[NAME_MAX_SIZE] = 0;
    for (; *name; name++)
        if (*name <= ' ' || *name > '~' || strchr("\"\\,", *name))
            *name = '_';
}

static void take_columns(struct input *input)
{
    PGresAttDesc columns[WIDTH_MAX] = {0};
    int width = 1 + (int)input_below(input, WIDTH_MAX);
    for (int i = 0; i < width; i++) {
        Oid type = types[input_below(input, sizeof(types) / sizeof(*types))];
        columns[i] = (PGresAttDesc){.name = input_text(input, '\n'), .typid = type, .typlen = -1};
        mend_name(columns[i].name);
    }
    result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PQsetResultAttrs(result, width, columns);
    for (int i = 0; i < width; i++)
        free(columns[i].name);
}

static void take_rows(struct input *input)
{
    for (int row = 0; input->size && row < ROWS_MAX; row++)
        for (int i = 0; i < PQnfields(result); i++) {
            _cleanup_(text_release) char *value = input_text(input, '\n');
            utf8_mend(value);
            PQsetvalue(result, row, i, value, strcmp(value, "\\N") == 0 ? -1 : (int)strlen(value));
        }
}

/* ---- values as the database gives them ---- */

static bool is_whole_number(const char *text)
{
    const char *digits = text + (*text == '-');
    size_t size = strspn(digits, "0123456789");
    return size && size < 19 && !digits[size] && (*digits != '0' || size == 1);
}

static bool is_json(const char *text)
{
    json_auto_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    return value;
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~' || strchr("\"\\,", *text))
            return false;
    return true;
}

static bool fits(enum column_kind kind, const char *value)
{
    switch (kind) {
    case COLUMN_NUMBER:
        return is_whole_number(value);
    case COLUMN_JSON:
        return is_json(value);
    case COLUMN_TIME:
    case COLUMN_DECIMAL:
        return is_plain(value);
    default:
        return true;
    }
}

static bool all_fit(const struct columns *columns)
{
    bool good = true;
    for (int row = 0; row < PQntuples(result); row++)
        for (int i = 0; i < columns->count; i++) {
            int place = columns->keys[i].place;
            good = good &&
                   (PQgetisnull(result, row, place) || fits(columns->keys[i].kind, PQgetvalue(result, row, place)));
        }
    return good;
}

/* ---- JSON ---- */

/* Whether no other column is, or is in, what has this name. */
static bool is_alone(int place)
{
    const char *name = PQfname(result, place);
    size_t size = strlen(name);
    for (int i = 0; i < PQnfields(result); i++)
        if (i != place && strncmp(PQfname(result, i), name, size) == 0 && strchr(".", PQfname(result, i)[size]))
            return false;
    return !strchr(name, '.');
}

static void hold_value(const json_t *object, int row, const struct column *column)
{
    const json_t *value = json_object_get(object, column->name);
    const char *text = PQgetvalue(result, row, column->place);
    if (PQgetisnull(result, row, column->place))
        HOLDS(json_is_null(value));
    else if (column->kind == COLUMN_TEXT || column->kind == COLUMN_DECIMAL)
        HOLDS(json_is_string(value) && strcmp(json_string_value(value), text) == 0);
    else if (column->kind == COLUMN_BOOL)
        HOLDS(json_is_boolean(value) && json_is_true(value) == (*text == 't'));
    else if (column->kind == COLUMN_NUMBER)
        HOLDS(json_is_integer(value) && json_integer_value(value) == strtoll(text, NULL, 10));
    HOLDS(value);
}

static void hold_json(const struct buffer *json, const struct columns *columns)
{
    json_auto_t *rows = json_loadb(json->data, json->size, 0, NULL);
    HOLDS(rows && json_array_size(rows) == (size_t)PQntuples(result));
    for (int row = 0; row < PQntuples(result); row++)
        for (int i = 0; i < columns->count; i++)
            if (is_alone(columns->keys[i].place))
                hold_value(json_array_get(rows, (size_t)row), row, &columns->keys[i]);
}

/* ---- CSV ---- */

/* Where the field ends that begins here. */
static const char *field_end(const char *field, const char *end)
{
    if (*field != '"') {
        while (field < end && !strchr(",\r\n", *field))
            HOLDS(*field++ != '"');
        return field;
    }
    for (field++; *field != '"' || field[1] == '"'; field++) {
        HOLDS(field < end);
        field += *field == '"';
    }
    return field + 1;
}

static void hold_csv(const struct buffer *csv)
{
    const char *next = csv->data, *end = csv->data + csv->size - 1;
    int fields = 0, first = 0, lines = 0;
    HOLDS(*end == 0);
    while (next < end) {
        next = field_end(next, end);
        fields++;
        if (*next++ == ',')
            continue;
        HOLDS(next[-1] == '\r' && *next++ == '\n');
        HOLDS(!lines++ || fields == first);
        first = fields;
        fields = 0;
    }
    HOLDS(lines == 1 + PQntuples(result));
}

/* ---- both ---- */

static void write_all(const struct columns *columns)
{
    _cleanup_(buffer_release) struct buffer json = BUFFER_INIT, csv = BUFFER_INIT;
    buffer_putc(&json, '[');
    row_objects(&json, result, columns, PQntuples(result), ',');
    buffer_putc(&json, ']');
    csv_header(&csv, columns);
    csv_rows(&csv, result, columns, PQntuples(result));
    if (!all_fit(columns))
        return;
    HOLDS(utf8_valid(json.data, json.size) && utf8_valid(csv.data, csv.size));
    buffer_putc(&csv, 0);
    hold_json(&json, columns);
    hold_csv(&csv);
}

/* How many columns are hidden, the fields that are wanted, columns, values */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct columns columns;
    struct input input = {data, size};
    unsigned hidden = input_below(&input, WIDTH_MAX);
    _cleanup_(text_release) char *fields = input_text(&input, '\n');
    arena_init(&arena);
    take_columns(&input);
    take_rows(&input);
    hidden %= (unsigned)PQnfields(result);
    const char *unknown = columns_init(&columns, &arena, result, hidden, *fields ? fields : NULL);
    HOLDS(!unknown || strstr(fields, unknown));
    if (!unknown)
        write_all(&columns);
    columns_names(&arena, result, hidden);
    result_clear();
    arena_release(&arena);
    return 0;
}
