/* columns: the columns of a query result as the keys of nested objects */
#include "columns.h"

#include <stdbool.h>
#include <string.h>

/* Stable numbers of PostgreSQL's built-in types (pg_type.dat). */
enum {
    TYPE_BOOL = 16,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_JSON = 114,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_NUMERIC = 1700,
    TYPE_JSONB = 3802
};

/* A result being laid out. */
struct layout {
    struct arena *arena;
    const PGresult *result;
    const char **names; /* of the columns that are shown */
    int end;            /* how many those are */
    const char *fields;
    struct columns *columns;
};

static enum column_kind kind_of(Oid type)
{
    switch (type) {
    case TYPE_BOOL:
        return COLUMN_BOOL;
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
        return COLUMN_NUMBER;
    case TYPE_NUMERIC:
        return COLUMN_DECIMAL;
    case TYPE_JSON:
    case TYPE_JSONB:
        return COLUMN_JSON;
    case TYPE_TIMESTAMPTZ:
        return COLUMN_TIME;
    default:
        return COLUMN_TEXT;
    }
}

/* Whether `name` is the field, or in the object of that name. */
static bool is_in(const char *name, const char *field, size_t size)
{
    return strncmp(name, field, size) == 0 && (!name[size] || name[size] == '.');
}

/* The field behind the next comma, or NULL. */
static const char *next_field(const char *field)
{
    const char *comma = strchr(field, ',');
    return comma ? comma + 1 : NULL;
}

static bool wanted(const char *fields, const char *name)
{
    for (const char *field = fields; field; field = next_field(field))
        if (is_in(name, field, strcspn(field, ",")))
            return true;
    return !fields;
}

static void put_lead(struct arena *arena, struct column *column)
{
    enum { AROUND = 4 }; /* the comma, two quotes, the colon */
    column->lead_size = column->key_size + AROUND;
    char *text = arena_alloc(arena, column->lead_size);
    column->lead = text;
    *text++ = ',';
    *text++ = '"';
    text = mempcpy(text, column->key, column->key_size);
    *text++ = '"';
    *text = ':';
}

static struct column *add_key(struct layout *layout, int place, size_t begin, size_t end)
{
    const char *name = layout->names[place];
    struct column *column = &layout->columns->keys[layout->columns->count++];
    *column = (struct column){.name = name,
                              .key = name + begin,
                              .key_size = end - begin,
                              .kind = kind_of(PQftype(layout->result, place)),
                              .place = place,
                              .end = layout->columns->count};
    put_lead(layout->arena, column);
    return column;
}

/* The column behind the last that shares the first `size` bytes of its name with the one at `place`. */
static int group_end(const struct layout *layout, int place, size_t size)
{
    int end = place + 1;
    while (end < layout->end && strncmp(layout->names[end], layout->names[place], size) == 0)
        end++;
    return end;
}

/* Adds the columns from `place` to `end`, whose names differ from byte `depth` on. */
static void add_keys(struct layout *layout, int place, int end, size_t depth)
{
    while (place < end) {
        const char *name = layout->names[place];
        size_t size = depth + strcspn(name + depth, ".");
        if (!name[size]) {
            if (wanted(layout->fields, name))
                add_key(layout, place, depth, size);
            place++;
            continue;
        }
        int group = group_end(layout, place, size + 1), before = layout->columns->count;
        struct column *object = add_key(layout, place, depth, size);
        add_keys(layout, place, group, size + 1);
        object->end = layout->columns->count;
        if (object->end == before + 1) /* nothing of it is wanted */
            layout->columns->count = before;
        place = group;
    }
}

static const char *unknown_field(const struct layout *layout)
{
    for (const char *field = layout->fields; field; field = next_field(field)) {
        size_t size = strcspn(field, ",");
        bool known = false;
        for (int i = 0; i < layout->end && !known; i++)
            known = size && is_in(layout->names[i], field, size);
        if (!known)
            return arena_copy(layout->arena, field, size);
    }
    return NULL;
}

/* An object begins with a dot in some column's name: there are no more of them than dots. */
static size_t keys_most(const struct layout *layout)
{
    size_t most = (size_t)layout->end;
    for (int i = 0; i < layout->end; i++)
        for (const char *dot = layout->names[i]; (dot = strchr(dot, '.')); dot++)
            most++;
    return most;
}

static void read_names(struct layout *layout)
{
    layout->names = arena_alloc(layout->arena, ((size_t)layout->end + 1) * sizeof(*layout->names));
    for (int i = 0; i < layout->end; i++)
        layout->names[i] = PQfname(layout->result, i);
}

const char *columns_init(struct columns *columns, struct arena *arena, const PGresult *result, unsigned hidden,
                         const char *fields)
{
    struct layout layout = {
        .arena = arena, .result = result, .end = PQnfields(result) - (int)hidden, .fields = fields, .columns = columns};
    read_names(&layout);
    *columns = (struct columns){.keys = arena_alloc(arena, (keys_most(&layout) + 1) * sizeof(*columns->keys))};
    add_keys(&layout, 0, layout.end, 0);
    return unknown_field(&layout);
}

const char *columns_names(struct arena *arena, const PGresult *result, unsigned hidden)
{
    const char *names = "";
    for (int i = 0, end = PQnfields(result) - (int)hidden; i < end; i++) {
        const char *name = PQfname(result, i), *last = strrchr(names, ' ');
        int size = (int)strcspn(name, ".");
        last = last ? last + 1 : names;
        if ((int)strlen(last) != size || strncmp(last, name, (size_t)size) != 0)
            names = arena_format(arena, "%s%s%.*s", names, *names ? ", " : "", size, name);
    }
    return names;
}

size_t column_time(const char *text, size_t size, char time[static COLUMN_TIME_SIZE])
{
    static const char offset[] = "+00";
    size_t whole = size < COLUMN_TIME_SIZE ? size : COLUMN_TIME_SIZE - 1;
    memcpy(time, text, whole);
    time[whole] = 0;
    char *gap = memchr(time, ' ', whole);
    if (!gap || whole <= strlen(offset))
        return whole;
    *gap = 'T';
    memcpy(time + whole - strlen(offset), "Z", sizeof("Z"));
    return whole - strlen(offset) + strlen("Z");
}
