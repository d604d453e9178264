/* figures: what was read in a printed phrase, as the JSON document that clients get */
#include "figures.h"

#include <string.h>

#include "memory.h"

static void set(json_t *object, const char *key, json_t *value)
{
    if (!value || json_object_set_new_nocheck(object, key, value) != 0)
        memory_exhausted();
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string_nocheck(text) : json_null();
}

static json_t *notes_json(unsigned notes)
{
    json_t *array = json_array();
    const char *phrase;
    for (unsigned bit = 0; (phrase = figure_note(bit)); bit++)
        if (notes >> bit & 1)
            json_array_append_new(array, json_string_nocheck(phrase));
    return array;
}

/* A reading's members; all null without one. */
static void set_reading(json_t *object, const struct figure_reading *reading)
{
    set(object, "value", text_or_null(reading ? reading->value : NULL));
    set(object, "low", text_or_null(reading ? reading->low : NULL));
    set(object, "high", text_or_null(reading ? reading->high : NULL));
    set(object, "bound", text_or_null(reading ? figure_bound_name(reading->bound) : NULL));
    set(object, "unit", text_or_null(reading ? reading->unit : NULL));
    set(object, "kind", text_or_null(reading ? figure_kind_name(reading->kind) : NULL));
    set(object, "hedge", text_or_null(reading ? figure_hedge_name(reading->hedge) : NULL));
    set(object, "notes", notes_json(reading ? reading->notes : 0));
}

static json_t *readings_json(const struct figure *figure)
{
    json_t *array = json_array();
    for (size_t i = 0; i < figure->readings_count; i++) {
        json_t *reading = json_object();
        set_reading(reading, &figure->readings[i]);
        json_array_append_new(array, reading);
    }
    return array;
}

static json_t *figure_json(const struct figure *figure)
{
    json_t *object = json_object();
    set(object, "as_printed", json_stringn_nocheck(figure->as_printed, figure->size));
    set(object, "start", json_integer((json_int_t)figure->start));
    set(object, "end", json_integer((json_int_t)figure->end));
    set(object, "readings", readings_json(figure));
    return object;
}

static json_t *all_json(const struct figures *figures)
{
    json_t *array = json_array();
    for (size_t i = 0; i < figures->count; i++)
        json_array_append_new(array, figure_json(&figures->all[i]));
    return array;
}

json_t *figures_json(const char *text, size_t size, enum figure_language language)
{
    _cleanup_(arena_release) struct arena arena;
    json_t *document = json_object();
    arena_init(&arena);
    struct figures figures = figure_read(&arena, text, size, language);
    bool clear = figures.count == 1 && figures.all->readings_count == 1;
    set(document, "text", json_stringn_nocheck(text, size));
    set(document, "language", text_or_null(figure_language_name(language)));
    set_reading(document, clear ? figures.all->readings : NULL);
    set(document, "figures", all_json(&figures));
    return document;
}

/* ---- against what somebody else read ---- */

static bool is_same(const json_t *figure, const json_t *reading, const char *key)
{
    return json_equal(json_object_get(figure, key), json_object_get(reading, key));
}

static bool has_ends_of(const json_t *figure, const json_t *reading)
{
    return is_same(figure, reading, "bound") && is_same(figure, reading, "low") && is_same(figure, reading, "high");
}

/* Of a range, whoever writes it may name a value that the phrase does not. */
static bool fits(const json_t *figure, const json_t *reading)
{
    const char *bound = json_string_value(json_object_get(reading, "bound"));
    if (!json_is_null(json_object_get(reading, "unit")) && !is_same(figure, reading, "unit"))
        return false;
    if (strcmp(bound, "range") == 0)
        return has_ends_of(figure, reading);
    return is_same(figure, reading, "value") && (strcmp(bound, "exact") == 0 || has_ends_of(figure, reading));
}

bool figures_agree(const json_t *figure, enum figure_language language, json_t **ret_readings)
{
    const json_t *phrase = json_object_get(figure, "as_printed");
    json_t *read = figures_json(json_string_value(phrase), json_string_length(phrase), language);
    json_t *each, *reading;
    size_t i, j;
    bool agrees = false;
    json_array_foreach(json_object_get(read, "figures"), i, each)
        json_array_foreach(json_object_get(each, "readings"), j, reading) agrees |= fits(figure, reading);
    if (!agrees)
        *ret_readings = json_incref(json_object_get(read, "figures"));
    json_decref(read);
    return agrees;
}
