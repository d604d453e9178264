/* contract: a document is held against the served contract, and all that is wrong with it is told, with its place */
#include "contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assets.h"
#include "dice.h"

static char fault[CONTRACT_FAULT_SIZE];

static json_t *read_text(const char *text)
{
    return contract_read(text, strlen(text), fault);
}

static json_t *problems_of(const char *schema, const char *text)
{
    json_t *document = read_text(text), *problems = json_array();
    if (!document)
        fail_msg("%s: %s", text, fault);
    contract_check(schema, document, problems);
    json_decref(document);
    return problems;
}

static void assert_taken(const char *schema, const char *text)
{
    json_t *problems = problems_of(schema, text);
    if (json_array_size(problems)) {
        char *told = json_dumps(problems, JSON_COMPACT);
        fail_msg("%s is refused: %s", text, told);
    }
    json_decref(problems);
}

static const char *member(const json_t *problems, size_t i, const char *name)
{
    return json_string_value(json_object_get(json_array_get(problems, i), name));
}

/* One problem, at the pointer, whose detail has the words. */
static void assert_refused(const char *schema, const char *text, const char *pointer, const char *words)
{
    json_t *problems = problems_of(schema, text);
    if (json_array_size(problems) != 1)
        fail_msg("%s has %zu problems", text, json_array_size(problems));
    assert_string_equal(member(problems, 0, "pointer"), pointer);
    if (!strstr(member(problems, 0, "detail"), words))
        fail_msg("%s: %s", text, member(problems, 0, "detail"));
    json_decref(problems);
}

#define SUBJECT(more) "{\"name\":\"R1\",\"kind\":\"model\",\"description\":\"A model.\"" more "}"
#define CLAIM(more)                                                                                                    \
    "{\"source\":\"s\",\"locator\":{\"line\":3},\"statement\":\"So.\",\"kind\":\"numeric\",\"subject\":\"r1\","        \
    "\"stance\":\"asserts\",\"hedge\":\"none\"" more "}"
#define SOURCE(more) "{\"kind\":\"article\",\"description\":\"An article.\"" more "}"

/* ---- reading ---- */

static void what_is_json_is_read(void **state)
{
    (void)state;
    static const char *const texts[] = {"{}", "[]", "null", "5", "\"a\"", " {\"a\" : [1, 2.5, true]} ", "\"\\u00e9\""};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        json_t *document = read_text(texts[i]);
        assert_non_null(document);
        json_decref(document);
    }
}

static void what_is_not_is_told_with_its_place(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    "{",    "{\"a\":1,}", "{a:1}",           "{} {}", "{\"a\":1,\"a\":2}",
                                        "nul", "[1,2", "\"\xff\"",   "\"\\ud800\"",     "01",    "+1",
                                        "NaN", "'a'",  "\"\n\"",     "{\"a\\u0000\":1}"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        *fault = 0;
        if (read_text(texts[i]))
            fail_msg("%s is read", texts[i]);
        assert_ptr_equal(strstr(fault, "Line "), fault);
        assert_non_null(strstr(fault, "column "));
    }
}

static void nesting_has_an_end(void **state)
{
    (void)state;
    char text[4 * CONTRACT_DEPTH_MAX] = "";
    for (int depth = 1; depth <= CONTRACT_DEPTH_MAX + 1; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        text[2 * depth] = 0;
        json_t *document = read_text(text);
        assert_int_equal(document != NULL, depth <= CONTRACT_DEPTH_MAX);
        json_decref(document);
    }
    assert_non_null(strstr(fault, "levels"));
}

/* ---- checking ---- */

static void documents_of_their_schemas_are_taken(void **state)
{
    (void)state;
    assert_taken("SubjectBody", SUBJECT(""));
    assert_taken("SubjectBody", SUBJECT(",\"id\":\"deepseek-r1\""));
    assert_taken("UnitBody", "{\"id\":\"{GPU}\",\"name\":\"GPU\",\"dimension\":\"count\",\"factor\":null}");
    assert_taken("ClaimBody", CLAIM(""));
    assert_taken("ClaimBody",
                 CLAIM(",\"figure\":null,\"attribution\":[],\"period\":null,\"proposition\":{\"id\":\"p\"}"));
    assert_taken("ClaimBody",
                 CLAIM(",\"figure\":{\"as_printed\":\"5\",\"bound\":\"exact\",\"unit\":\"USD\",\"value\":\"5.50\"}"));
    assert_taken("RevertBody", "{\"revision\":1}");
}

/* As answers have them: members that follow from others are taken and not looked at. */
static void members_that_follow_are_not_looked_at(void **state)
{
    (void)state;
    assert_taken("SubjectBody", SUBJECT(",\"claims\":43"));
    assert_taken("SubjectBody", SUBJECT(",\"claims\":\"many\""));
    assert_taken("SourceBody", SOURCE(",\"origin\":{\"id\":\"s\",\"sources\":2},\"created_at\":5"));
}

static void references_are_ids_or_have_them(void **state)
{
    (void)state;
    assert_taken("ClaimBody", CLAIM(",\"quantity\":\"cost\""));
    assert_taken("ClaimBody", CLAIM(",\"quantity\":{\"id\":\"cost\",\"name\":\"Cost\"}"));
    assert_taken("ClaimBody", CLAIM(",\"quantity\":null"));
    assert_refused("ClaimBody", CLAIM(",\"quantity\":{\"name\":\"Cost\"}"), "/quantity/id", "missing");
    assert_refused("ClaimBody", CLAIM(",\"quantity\":\"Two words\""), "/quantity", "form");
    assert_refused("ClaimBody", CLAIM(",\"quantity\":{\"id\":\"Two words\"}"), "/quantity/id", "form");
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
    (void)state;
    assert_refused("SubjectBody", "[]", "", "type object");
    assert_refused("SubjectBody", "{\"kind\":\"model\",\"description\":\"A\"}", "/name", "missing");
    assert_refused("SubjectBody", SUBJECT(",\"age\":3"), "/age",
                   "no such member; there are: id, name, kind, description");
    assert_refused("SubjectBody", SUBJECT(",\"a/b~c\":3"), "/a~1b~0c", "no such member");
    assert_refused("SubjectBody", "{\"name\":5,\"kind\":\"model\",\"description\":\"A\"}", "/name", "type string");
    assert_refused("SubjectBody", "{\"name\":\" \",\"kind\":\"model\",\"description\":\"A\"}", "/name", "form");
    assert_refused("SubjectBody", "{\"name\":\"R\",\"kind\":\"robot\",\"description\":\"A\"}", "/kind",
                   "one of: model, company");
    assert_refused("SourceBody", SOURCE(",\"title\":5"), "/title", "types string, null");
    assert_refused("SourceBody", SOURCE(",\"relations\":[{\"kind\":\"cites\",\"source\":\"a\"},{\"kind\":\"cites\"}]"),
                   "/relations/1/source", "missing");
    assert_refused("ComparisonBody", "{\"title\":\"T\",\"description\":\"D\",\"claims\":[]}", "/claims",
                   "1 items or more");
    assert_refused("RevertBody", "{\"revision\":0}", "/revision", "1 or more");
    assert_refused("RevertBody", "{\"revision\":1.5}", "/revision", "type integer");
    assert_refused("RevertBody", "{\"revision\":true}", "/revision", "type integer");
}

static void all_problems_are_told_at_once(void **state)
{
    (void)state;
    json_t *problems = problems_of("SubjectBody", "{\"name\":5,\"kind\":\"robot\",\"age\":1}");
    assert_int_equal(json_array_size(problems), 4);
    json_decref(problems);
}

static void characters_are_counted_and_not_bytes(void **state)
{
    (void)state;
    char id[130], text[300];
    memset(id, 'x', sizeof(id));
    snprintf(text, sizeof(text), SUBJECT(",\"id\":\"%.120s\""), id);
    assert_taken("SubjectBody", text);
    snprintf(text, sizeof(text), SUBJECT(",\"id\":\"%.121s\""), id);
    assert_refused("SubjectBody", text, "/id", "120 characters");
    char wide[400] = "";
    for (int i = 0; i < 121; i++)
        strcat(wide, "é");
    char *document = malloc(600);
    snprintf(document, 600, SUBJECT(",\"id\":\"%s\""), wide);
    assert_refused("SubjectBody", document, "/id", "120 characters");
    free(document);
}

/* A pattern ends where the text does, and not before a line's end behind it. */
static void patterns_are_of_the_whole_text(void **state)
{
    (void)state;
    assert_refused("SubjectBody", SUBJECT(",\"id\":\"r1\\n\""), "/id", "form");
    assert_refused("SubjectBody", SUBJECT(",\"id\":\"r1 \""), "/id", "form");
    assert_refused("SourceBody", SOURCE(",\"content_sha256\":\"abc\""), "/content_sha256", "form");
}

static void days_are_those_that_there_are(void **state)
{
    (void)state;
    assert_taken("SourceBody", SOURCE(",\"published_at\":\"2024-02-29\""));
    assert_taken("SourceBody", SOURCE(",\"published_at\":null"));
    assert_refused("SourceBody", SOURCE(",\"published_at\":\"2025-02-29\""), "/published_at", "no such day");
    assert_refused("SourceBody", SOURCE(",\"published_at\":\"2025-13-01\""), "/published_at", "no such day");
    assert_refused("SourceBody", SOURCE(",\"published_at\":\"2025-1-1\""), "/published_at", "form");
    assert_refused("SourceBody", SOURCE(",\"published_at\":\"2025-01-01T00:00:00Z\""), "/published_at", "form");
}

/* Of several forms the one is told that the value's type is of. */
static void the_nearest_form_is_told(void **state)
{
    (void)state;
    assert_refused("ClaimBody", CLAIM(",\"figure\":{\"bound\":\"exact\",\"unit\":\"USD\"}"), "/figure/as_printed",
                   "missing");
    assert_refused("ClaimBody", CLAIM(",\"operands\":{\"numerators\":[\"A\"]}"), "/operands/numerators/0", "form");
    assert_refused("ClaimBody",
                   CLAIM(",\"figure\":{\"as_printed\":\"5\",\"bound\":\"exact\",\"unit\":\"USD\",\"value\":5}"),
                   "/figure/value", "types string, null");
}

/* ---- the contract ---- */

static const char *const known[] = {"$ref",     "type",        "properties", "required",  "additionalProperties",
                                    "items",    "enum",        "pattern",    "maxLength", "minItems",
                                    "maxItems", "minimum",     "maximum",    "anyOf",     "readOnly",
                                    "format",   "description", "examples"};

static bool is_known(const char *word)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (strcmp(word, known[i]) == 0)
            return true;
    return false;
}

static void assert_within_subset(const json_t *schemas, const json_t *schema, int depth)
{
    const char *word, *ref = json_string_value(json_object_get(schema, "$ref"));
    json_t *part;
    size_t i;
    assert_true(depth < CONTRACT_DEPTH_MAX);
    json_object_foreach((json_t *)schema, word, part)
    {
        if (!is_known(word))
            fail_msg("%s is not looked at", word);
    }
    const char *format = json_string_value(json_object_get(schema, "format"));
    assert_true(!format || strcmp(format, "date") == 0);
    if (ref) {
        const json_t *referred = json_object_get(schemas, strrchr(ref, '/') + 1);
        assert_non_null(referred);
        assert_within_subset(schemas, referred, depth + 1);
    }
    json_object_foreach(json_object_get(schema, "properties"), word, part)
        assert_within_subset(schemas, part, depth + 1);
    json_array_foreach(json_object_get(schema, "anyOf"), i, part) assert_within_subset(schemas, part, depth + 1);
    if (json_object_get(schema, "items"))
        assert_within_subset(schemas, json_object_get(schema, "items"), depth + 1);
}

/* A word that nothing looks at would be a promise that nobody keeps. */
static void what_the_contract_says_of_bodies_is_looked_at(void **state)
{
    (void)state;
    const struct asset *file = asset_find(asset_files, "openapi.json");
    json_t *contract = json_loadb(file->text, file->size, 0, NULL);
    json_t *schemas = json_object_get(json_object_get(contract, "components"), "schemas"), *schema;
    const char *name;
    int bodies = 0;
    json_object_foreach(schemas, name, schema)
    {
        size_t size = strlen(name);
        if (size < 4 || strcmp(name + size - 4, "Body") != 0)
            continue;
        assert_within_subset(schemas, schema, 0);
        bodies++;
    }
    assert_true(bodies >= 12);
    json_decref(contract);
}

static void any_document_is_survived(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "{",    "}", "[",    "]",       ",",    ":",     "\"id\"", "\"name\"",      "\"figure\"",   "\"source\"",
        "null", "1", "\"\"", "\"a/~\"", "true", "1e999", "-0",     "\"relations\"", "\"operands\"", "\"numerators\""};
    static const char *const schemas[] = {"ClaimBody", "SourceBody", "ComparisonBody", "RevertBody", "UnitBody"};
    struct dice dice = dice_begin();
    for (int i = 0; i < 20000; i++) {
        char text[400] = "{\"figure\":";
        for (uint32_t j = dice_roll(&dice, 12); j > 0; j--)
            strcat(text, pieces[dice_roll(&dice, sizeof(pieces) / sizeof(*pieces))]);
        strcat(text, "}");
        json_t *document = read_text(text), *problems = json_array();
        if (document)
            contract_check(schemas[dice_roll(&dice, 5)], document, problems);
        json_decref(problems);
        json_decref(document);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_json_is_read),
        cmocka_unit_test(what_is_not_is_told_with_its_place),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(documents_of_their_schemas_are_taken),
        cmocka_unit_test(members_that_follow_are_not_looked_at),
        cmocka_unit_test(references_are_ids_or_have_them),
        cmocka_unit_test(what_is_wrong_is_told_with_its_place),
        cmocka_unit_test(all_problems_are_told_at_once),
        cmocka_unit_test(characters_are_counted_and_not_bytes),
        cmocka_unit_test(patterns_are_of_the_whole_text),
        cmocka_unit_test(days_are_those_that_there_are),
        cmocka_unit_test(the_nearest_form_is_told),
        cmocka_unit_test(what_the_contract_says_of_bodies_is_looked_at),
        cmocka_unit_test(any_document_is_survived),
    };
    return cmocka_run_group_tests_name("contract", tests, NULL, NULL);
}
