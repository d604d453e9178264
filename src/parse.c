/* parse: requests that have a printed figure read */
#include "parse.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "figures.h"
#include "memory.h"
#include "negotiate.h"
#include "refusal.h"

/* What the schema cannot say. */
static void check_further(const json_t *wanted, enum figure_language *ret_language, json_t *problems)
{
    const char *tag = json_string_value(json_object_get(wanted, "language"));
    *ret_language = tag ? figure_language_of(tag) : FIGURE_ANY_LANGUAGE;
    if (tag && *ret_language == FIGURE_ANY_LANGUAGE)
        contract_problem(problems, "/language",
                         "Figures are read in de, en, es, fr and it; without a language, in all of them.");
    if (json_string_length(json_object_get(wanted, "text")) > FIGURE_TEXT_MOST)
        contract_problem(problems, "/text", "A text may have 1000 bytes.");
}

static void refuse(struct request *request, const json_t *problems)
{
    struct error error;
    refusal_of_problems(problems, &request->arena, &error);
    request_fail(request, &error);
}

static void reply_figures(struct request *request, const json_t *wanted, enum figure_language language)
{
    const json_t *text = json_object_get(wanted, "text");
    json_auto_t *read = figures_json(json_string_value(text), json_string_length(text), language);
    char *body = json_dumps(read, JSON_COMPACT);
    request_reply(request, reply_written(MHD_HTTP_OK, body, strlen(body), &(struct headers){0}));
}

bool parse_may_begin(const struct request *request, struct error *error)
{
    if (negotiate_is_type(request_field(request, FIELD_CONTENT_TYPE), "application/json"))
        return true;
    error_set(error, ERROR_UNSUPPORTED_MEDIA_TYPE, "This takes application/json.");
    return false;
}

void parse_answer(struct request *request)
{
    char fault[CONTRACT_FAULT_SIZE];
    enum figure_language language = FIGURE_ANY_LANGUAGE;
    json_auto_t *wanted = contract_read(request->body.data ? request->body.data : "", request->body.size, fault);
    if (!wanted) {
        request_refuse(request, ERROR_INVALID_BODY, fault);
        return;
    }
    json_auto_t *problems = json_array();
    contract_check(request->params.route->body, wanted, problems);
    if (json_array_size(problems) == 0)
        check_further(wanted, &language, problems);
    if (json_array_size(problems))
        refuse(request, problems);
    else
        reply_figures(request, wanted, language);
}
