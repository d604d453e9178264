/* contract: documents that clients send, held against the schemas of openapi.json */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "contract.h"

#include <pcre2.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "assets.h"
#include "memory.h"
#include "utf8.h"

/* ---- the contract ---- */

struct pattern {
    const char *text; /* the contract's own */
    pcre2_code *code;
};

static json_t *schemas;
static struct pattern *patterns;
static size_t patterns_count;

/* A text that could not be matched for want of memory is not one that does not match. */
static pcre2_general_context *memory;

static void *take(PCRE2_SIZE size, void *context)
{
    (void)context;
    return memory_take(size);
}

static void give_back(void *taken, void *context)
{
    (void)context;
    free(taken);
}

static void keep_pattern(const char *text)
{
    int fault;
    PCRE2_SIZE place;
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_DOLLAR_ENDONLY, &fault,
                                     &place, context);
    pcre2_compile_context_free(context);
    patterns = memory_resize(patterns, (patterns_count + 1) * sizeof(*patterns));
    patterns[patterns_count++] = (struct pattern){text, code};
}

static void keep_patterns(const json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;
    json_object_foreach((json_t *)value, name, member)
    {
        if (strcmp(name, "pattern") == 0 && json_is_string(member))
            keep_pattern(json_string_value(member));
        else
            keep_patterns(member);
    }
    json_array_foreach(value, i, member) keep_patterns(member);
}

static void load(void)
{
    const struct asset *file = asset_find(asset_files, "openapi.json");
    json_t *contract = json_loadb(file->text, file->size, 0, NULL);
    memory = pcre2_general_context_create(take, give_back, NULL);
    schemas = json_incref(json_object_get(json_object_get(contract, "components"), "schemas"));
    json_decref(contract);
    keep_patterns(schemas);
}

/* The schema that a $ref leads to, and what stands beside it is not looked at. */
static const json_t *resolve(const json_t *schema)
{
    static const char place[] = "#/components/schemas/";
    for (const char *ref; (ref = json_string_value(json_object_get(schema, "$ref")));)
        schema = json_object_get(schemas, ref + strlen(place));
    return schema;
}

/* ---- problems ---- */

/* Where the checking stands: a member or item of what is above it. */
struct place {
    const struct place *above;
    const char *name; /* NULL: an item */
    size_t item;
};

struct check {
    json_t *problems;
};

void contract_put_name(struct buffer *pointer, const char *name)
{
    buffer_putc(pointer, '/');
    for (; *name; name++) {
        if (*name == '~' || *name == '/')
            buffer_puts(pointer, *name == '~' ? "~0" : "~1");
        else
            buffer_putc(pointer, *name);
    }
}

static void put_pointer(struct buffer *pointer, const struct place *place)
{
    char number[24];
    if (!place->above)
        return;
    put_pointer(pointer, place->above);
    snprintf(number, sizeof(number), "%zu", place->item);
    contract_put_name(pointer, place->name ? place->name : number);
}

static __attribute__((format(printf, 3, 4))) void complain(const struct check *check, const struct place *place,
                                                           const char *format, ...)
{
    char detail[512];
    if (json_array_size(check->problems) >= CONTRACT_PROBLEMS_MAX)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    _cleanup_(buffer_release) struct buffer pointer = BUFFER_INIT;
    put_pointer(&pointer, place);
    json_array_append_new(check->problems, json_pack("{ss% ss}", "pointer", pointer.data ? pointer.data : "",
                                                     pointer.size, "detail", detail));
}

/* The words of an array, or the names of an object's members, for a message. */
static void list_words(const json_t *words, char *list, size_t size)
{
    const char *name;
    json_t *word;
    size_t i, used = 0;
    *list = 0;
    json_array_foreach(words, i, word) used +=
        used < size ? (size_t)snprintf(list + used, size - used, "%s%s", i ? ", " : "",
                                       json_is_null(word) ? "null" : json_string_value(word))
                    : 0;
    json_object_foreach((json_t *)words, name, word) used +=
        used < size ? (size_t)snprintf(list + used, size - used, "%s%s", used ? ", " : "", name) : 0;
}

/* ---- one value ---- */

static void check_value(const struct check *check, const struct place *place, const json_t *schema,
                        const json_t *value);

static bool is_of_type(const json_t *value, const char *type)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return strcmp(type, "object") == 0;
    case JSON_ARRAY:
        return strcmp(type, "array") == 0;
    case JSON_STRING:
        return strcmp(type, "string") == 0;
    case JSON_INTEGER:
        return strcmp(type, "integer") == 0 || strcmp(type, "number") == 0;
    case JSON_REAL:
        return strcmp(type, "number") == 0;
    case JSON_NULL:
        return strcmp(type, "null") == 0;
    default:
        return strcmp(type, "boolean") == 0;
    }
}

static bool type_fits(const json_t *schema, const json_t *value)
{
    const json_t *type = json_object_get(schema, "type"), *each;
    size_t i;
    if (!type)
        return true;
    if (json_is_string(type))
        return is_of_type(value, json_string_value(type));
    json_array_foreach(type, i, each) if (is_of_type(value, json_string_value(each))) return true;
    return false;
}

static void complain_of_type(const struct check *check, const struct place *place, const json_t *schema)
{
    char types[128];
    const json_t *type = json_object_get(schema, "type");
    if (json_is_string(type))
        complain(check, place, "This must be of type %s.", json_string_value(type));
    else {
        list_words(type, types, sizeof(types));
        complain(check, place, "This must be one of the types %s.", types);
    }
}

static void check_enum(const struct check *check, const struct place *place, const json_t *words, const json_t *value)
{
    char list[384];
    json_t *word;
    size_t i;
    json_array_foreach(words, i, word) if (json_equal(word, value)) return;
    list_words(words, list, sizeof(list));
    complain(check, place, "This must be one of: %s.", list);
}

static bool matches(const char *pattern, const char *text, size_t size)
{
    for (size_t i = 0; i < patterns_count; i++) {
        if (patterns[i].text != pattern)
            continue;
        pcre2_match_data *found = pcre2_match_data_create(1, memory);
        int count = pcre2_match(patterns[i].code, (PCRE2_SPTR)text, size, 0, PCRE2_NO_UTF_CHECK, found, NULL);
        pcre2_match_data_free(found);
        return count >= 0;
    }
    return false;
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* A day that there is: one that there is not would come out as another. */
static bool is_day(const char *text)
{
    struct tm given = {0};
    char back[16];
    if (!strptime(text, "%Y-%m-%d", &given))
        return false;
    time_t seconds = timegm(&given);
    struct tm known;
    strftime(back, sizeof(back), "%Y-%m-%d", gmtime_r(&seconds, &known));
    return strcmp(back, text) == 0;
}

static void check_string(const struct check *check, const struct place *place, const json_t *schema,
                         const json_t *value)
{
    const char *text = json_string_value(value);
    const char *pattern = json_string_value(json_object_get(schema, "pattern"));
    const char *format = json_string_value(json_object_get(schema, "format"));
    const json_t *longest = json_object_get(schema, "maxLength");
    if (longest && characters(text) > (size_t)json_integer_value(longest))
        complain(check, place, "This may have %d characters.", (int)json_integer_value(longest));
    else if (pattern && !matches(pattern, text, json_string_length(value)))
        complain(check, place, "This is not of the form %s.", pattern);
    else if (format && strcmp(format, "date") == 0 && !is_day(text))
        complain(check, place, "There is no such day.");
}

static void check_integer(const struct check *check, const struct place *place, const json_t *schema,
                          const json_t *value)
{
    const json_t *least = json_object_get(schema, "minimum"), *most = json_object_get(schema, "maximum");
    if (least && json_integer_value(value) < json_integer_value(least))
        complain(check, place, "This must be %" JSON_INTEGER_FORMAT " or more.", json_integer_value(least));
    if (most && json_integer_value(value) > json_integer_value(most))
        complain(check, place, "This must be %" JSON_INTEGER_FORMAT " or less.", json_integer_value(most));
}

static void check_array(const struct check *check, const struct place *place, const json_t *schema, const json_t *value)
{
    const json_t *fewest = json_object_get(schema, "minItems"), *most = json_object_get(schema, "maxItems");
    const json_t *items = json_object_get(schema, "items");
    json_t *item;
    size_t i;
    if (fewest && json_array_size(value) < (size_t)json_integer_value(fewest))
        complain(check, place, "This must have %d items or more.", (int)json_integer_value(fewest));
    if (most && json_array_size(value) > (size_t)json_integer_value(most)) {
        complain(check, place, "This may have %d items.", (int)json_integer_value(most));
        return;
    }
    json_array_foreach(value, i, item) check_value(check, &(struct place){place, NULL, i}, items, item);
}

static void check_members(const struct check *check, const struct place *place, const json_t *schema,
                          const json_t *value)
{
    const json_t *known = json_object_get(schema, "properties");
    bool closed = json_is_false(json_object_get(schema, "additionalProperties"));
    const char *name;
    json_t *member;
    char list[384];
    json_object_foreach((json_t *)value, name, member)
    {
        const json_t *wanted = json_object_get(known, name);
        struct place here = {place, name, 0};
        if (wanted && !json_is_true(json_object_get(resolve(wanted), "readOnly")))
            check_value(check, &here, wanted, member);
        else if (!wanted && closed) {
            list_words(known, list, sizeof(list));
            complain(check, &here, "There is no such member; there are: %s.", list);
        }
    }
}

static void check_object(const struct check *check, const struct place *place, const json_t *schema,
                         const json_t *value)
{
    json_t *name;
    size_t i;
    json_array_foreach(json_object_get(schema, "required"), i,
                       name) if (!json_object_get(value, json_string_value(name)))
        complain(check, &(struct place){place, json_string_value(name), 0}, "This is missing.");
    check_members(check, place, schema, value);
}

/* What is wrong with the first form whose type fits; the others are for other types. */
static void check_any(const struct check *check, const struct place *place, const json_t *forms, const json_t *value)
{
    json_t *form;
    const json_t *nearest = NULL;
    size_t i;
    json_array_foreach(forms, i, form)
    {
        struct check trial = {json_array()};
        check_value(&trial, place, form, value);
        bool fits = json_array_size(trial.problems) == 0;
        json_decref(trial.problems);
        if (fits)
            return;
        const json_t *resolved = resolve(form);
        const json_t *inner = json_object_get(resolved, "anyOf");
        if (!nearest && (inner || type_fits(resolved, value)))
            nearest = form;
    }
    check_value(check, place, nearest ? nearest : json_array_get(forms, 0), value);
}

static void check_value(const struct check *check, const struct place *place, const json_t *schema, const json_t *value)
{
    schema = resolve(schema);
    const json_t *forms = json_object_get(schema, "anyOf"), *words = json_object_get(schema, "enum");
    if (forms)
        check_any(check, place, forms, value);
    else if (words)
        check_enum(check, place, words, value);
    else if (!type_fits(schema, value))
        complain_of_type(check, place, schema);
    else if (json_is_string(value))
        check_string(check, place, schema, value);
    else if (json_is_integer(value))
        check_integer(check, place, schema, value);
    else if (json_is_array(value))
        check_array(check, place, schema, value);
    else if (json_is_object(value))
        check_object(check, place, schema, value);
}

void contract_check(const char *schema, const json_t *document, json_t *problems)
{
    static pthread_once_t loaded = PTHREAD_ONCE_INIT;
    pthread_once(&loaded, load);
    check_value(&(struct check){problems}, &(struct place){0}, json_object_get(schemas, schema), document);
}

/* ---- reading ---- */

static bool is_deeper(const json_t *value, int most)
{
    const char *name;
    json_t *member;
    size_t i;
    if (most == 0)
        return json_is_object(value) || json_is_array(value);
    json_object_foreach((json_t *)value, name, member) if (is_deeper(member, most - 1)) return true;
    json_array_foreach(value, i, member) if (is_deeper(member, most - 1)) return true;
    return false;
}

json_t *contract_read(const char *text, size_t size, char fault[static CONTRACT_FAULT_SIZE])
{
    json_error_t error;
    json_t *document = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!document) {
        snprintf(fault, CONTRACT_FAULT_SIZE, "Line %d, column %d: %s.", error.line, error.column, error.text);
        utf8_mend(fault); /* Jansson shows bytes, and cuts between them */
        return NULL;
    }
    if (is_deeper(document, CONTRACT_DEPTH_MAX)) {
        snprintf(fault, CONTRACT_FAULT_SIZE, "This nests more than %d levels.", CONTRACT_DEPTH_MAX);
        json_decref(document);
        return NULL;
    }
    return document;
}

void contract_problem(json_t *problems, const char *pointer, const char *detail)
{
    json_array_append_new(problems, json_pack("{ss ss}", "pointer", pointer, "detail", detail));
}
