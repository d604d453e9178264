/* body: what a client wants to have written is told what is wrong with it, and where, or is taken the same each time */
#include <jansson.h>
#include <stdbool.h>

#include "contract.h"
#include "fuzz.h"
#include "line.h"
#include "routes.h"

/* ---- problems ---- */

/* The name that a part of a pointer stands for (RFC 6901, section 4). */
static void read_name(const char *part, size_t size, char *name)
{
    for (size_t i = 0; i < size; i++) {
        bool escaped = part[i] == '~' && i + 1 < size;
        HOLDS(part[i] != '~' || (escaped && (part[i + 1] == '0' || part[i + 1] == '1')));
        i += escaped;
        *name++ = !escaped ? part[i] : part[i] == '1' ? '/' : '~';
    }
    *name = 0;
}

static const json_t *part_of(const json_t *value, const char *name)
{
    char *end;
    if (!json_is_array(value))
        return json_object_get(value, name);
    size_t index = strtoul(name, &end, 10);
    HOLDS(*name && !*end);
    return json_array_get(value, index);
}

/* The pointer leads to something, or to what an object lacks. */
static void hold_pointer(const json_t *document, const char *pointer)
{
    const json_t *value = document;
    while (*pointer) {
        HOLDS(*pointer == '/' && value);
        size_t size = strcspn(pointer + 1, "/");
        _cleanup_(text_release) char *name = memory_alloc(size + 1);
        read_name(pointer + 1, size, name);
        HOLDS(json_is_object(value) || json_is_array(value));
        value = part_of(value, name);
        pointer += 1 + size;
    }
}

static void hold_problems(const json_t *document, const json_t *problems)
{
    const json_t *problem;
    size_t i;
    HOLDS(json_array_size(problems) <= CONTRACT_PROBLEMS_MAX);
    json_array_foreach(problems, i, problem)
    {
        const char *detail = json_string_value(json_object_get(problem, "detail"));
        hold_pointer(document, json_string_value(json_object_get(problem, "pointer")));
        HOLDS(detail && *detail);
    }
}

/* ---- documents ---- */

static size_t check(const char *schema, const json_t *document)
{
    json_auto_t *problems = json_array();
    contract_check(schema, document, problems);
    hold_problems(document, problems);
    return json_array_size(problems);
}

/* Written anew, it is the same, and just as good. */
static void hold_document(const char *schema, const json_t *document)
{
    char fault[CONTRACT_FAULT_SIZE];
    _cleanup_(text_release) char *text = json_dumps(document, JSON_ENCODE_ANY | JSON_COMPACT);
    json_auto_t *again = contract_read(text, strlen(text), fault);
    HOLDS(again && json_equal(document, again));
    HOLDS(check(schema, document) == check(schema, again));
}

static void hold_line(const char *text, size_t size)
{
    struct report report = {0};
    bool taken = line_accept(text, size, 1, &report);
    HOLDS(report.refused <= !taken && json_array_size(report.problems) == (size_t)report.refused);
    report_release(&report);
}

/* That of the name, if bodies can have it; any other input leads to one of those as well. */
static const char *choose_schema(const char *name)
{
    const char *bodies[256];
    unsigned count = 0;
    for (const struct route *route = routes; route->path; route++) {
        if (route->body && strcmp(route->body, name) == 0)
            return route->body;
        if (route->body)
            bodies[count++] = route->body;
    }
    return bodies[strlen(name) % count];
}

/* The name of a schema, and on the lines behind it the text of a document */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char fault[CONTRACT_FAULT_SIZE];
    struct input input = {data, size};
    _cleanup_(text_release) char *name = input_text(&input, '\n');
    const char *schema = choose_schema(name);
    _cleanup_(text_release) char *text = memory_alloc(input.size + 1);
    if (input.size)
        memcpy(text, input.next, input.size);
    json_auto_t *document = contract_read(text, input.size, fault);
    if (document)
        hold_document(schema, document);
    else
        hold_text(fault);
    hold_line(text, input.size);
    return 0;
}
