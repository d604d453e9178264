/* intent: what a request wants to have written, as its head and its body say */
#include "intent.h"

#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "etag.h"
#include "merge.h"
#include "negotiate.h"
#include "refusal.h"
#include "secret.h"

enum { KEY_MOST = 255 };

static const char *action_of(const struct request *request)
{
    const struct route *route = request->params.route;
    return route->action ? route->action : request->method;
}

bool intent_does(const struct intent *intent, const char *action)
{
    return strcmp(intent->action, action) == 0;
}

bool intent_retracts(const struct intent *intent)
{
    return intent_does(intent, MHD_HTTP_METHOD_DELETE);
}

/* ---- from the head ---- */

static bool check_media_type(const struct request *request, struct error *error)
{
    const char *given = request_field(request, FIELD_CONTENT_TYPE);
    bool patches = strcmp(action_of(request), MHD_HTTP_METHOD_PATCH) == 0;
    if (request_has_method(request, MHD_HTTP_METHOD_DELETE) || negotiate_is_type(given, "application/json"))
        return true;
    if (patches && negotiate_is_type(given, "application/merge-patch+json"))
        return true;
    error_set(error, ERROR_UNSUPPORTED_MEDIA_TYPE, "This takes application/json%s.",
              patches ? " or application/merge-patch+json" : "");
    if (patches) {
        error->field = "Accept-Patch";
        error->value = REPLY_PATCHES;
    }
    return false;
}

static bool is_visible(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

static bool check_key(const char *key, struct error *error)
{
    if (!key || (*key && strlen(key) <= KEY_MOST && is_visible(key)))
        return true;
    error_set(error, ERROR_MALFORMED_REQUEST, "An Idempotency-Key has 1 to %d characters of ASCII.", KEY_MOST);
    return false;
}

bool intent_may_begin(const struct request *request, struct error *error)
{
    if (!secret_bearer(request_field(request, FIELD_AUTHORIZATION))) {
        refusal_without_token(error, "Writing takes a bearer token.");
        return false;
    }
    return check_key(request_field(request, FIELD_IDEMPOTENCY_KEY), error) && check_media_type(request, error);
}

static const char *copy_body(struct request *request)
{
    return arena_copy(&request->arena, request->body.data ? request->body.data : "", request->body.size);
}

/* Method, target and body. */
static const char *digest_of_all(struct request *request)
{
    char digest[SECRET_DIGEST_SIZE];
    secret_digest(arena_format(&request->arena, "%s %s\n%s", request->method, request->target, copy_body(request)),
                  digest);
    return arena_copy(&request->arena, digest, strlen(digest));
}

void intent_read(struct request *request, struct intent *intent)
{
    const char *if_match = request_field(request, FIELD_IF_MATCH);
    const char *if_none_match = request_field(request, FIELD_IF_NONE_MATCH);
    const char *dry_run = params_given(&request->params, "dry_run");
    intent->action = action_of(request);
    intent->digest = request_digest(request);
    intent->matches = if_match ? etag_revisions(&request->arena, if_match) : NULL;
    intent->only_new = if_none_match && strcmp(if_none_match, "*") == 0;
    intent->comment = params_given(&request->params, "comment");
    intent->is_trial = dry_run && strcmp(dry_run, "true") == 0;
    if (request_has_method(request, MHD_HTTP_METHOD_POST) && !intent->is_trial)
        intent->key = request_field(request, FIELD_IDEMPOTENCY_KEY);
    if (intent->key)
        intent->request = digest_of_all(request);
}

/* ---- from the body ---- */

/* The body as JSON, or NULL and `fault` says why. */
static json_t *parse_body(const struct request *request, char fault[static CONTRACT_FAULT_SIZE])
{
    return contract_read(request->body.data ? request->body.data : "", request->body.size, fault);
}

/* The same, or NULL and the request is refused. */
static json_t *read_body(struct request *request)
{
    char fault[CONTRACT_FAULT_SIZE];
    json_t *document = parse_body(request, fault);
    if (!document)
        request_refuse(request, ERROR_INVALID_BODY, fault);
    return document;
}

/* True if nothing is wrong with it in itself; otherwise the request is refused. */
static bool check_document(struct request *request, const json_t *document)
{
    const char *id = request->params.id, *given = json_string_value(json_object_get(document, "id"));
    json_auto_t *problems = json_array();
    struct error error;
    contract_check(request->params.route->body, document, problems);
    if (id && given && strcmp(id, given) != 0)
        contract_problem(problems, "/id", "The id is that of the path.");
    if (json_array_size(problems) == 0)
        return true;
    refusal_of_problems(problems, &request->arena, &error);
    request_fail(request, &error);
    return false;
}

static void keep_document(struct request *request, struct intent *intent, const json_t *document)
{
    intent->document = copy_body(request);
    intent->named = json_object_get(document, "id");
    const char *into = json_string_value(json_object_get(document, "into"));
    if (intent_does(intent, "MERGE"))
        intent->shown_id = arena_copy(&request->arena, into, strlen(into));
}

void intent_draft(struct request *request, struct intent *intent)
{
    char fault[CONTRACT_FAULT_SIZE];
    if (!request_has_method(request, MHD_HTTP_METHOD_POST))
        return;
    json_auto_t *document = parse_body(request, fault);
    json_auto_t *problems = json_array();
    if (document)
        contract_check(request->params.route->body, document, problems);
    if (document && json_array_size(problems) == 0)
        keep_document(request, intent, document);
}

bool intent_take_body(struct request *request, struct intent *intent)
{
    if (intent->document)
        return true;
    json_auto_t *document = read_body(request);
    if (!document || !check_document(request, document))
        return false;
    keep_document(request, intent, document);
    return true;
}

/* ---- patches ---- */

static void pin_revision(struct request *request, struct intent *intent, const char *revision)
{
    const char *pinned = arena_format(&request->arena, "{%s}", revision);
    for (const char *next = intent->matches; next && *next && *next != '}'; next += strcspn(next, ",}")) {
        next += *next == '{' || *next == ',';
        size_t size = strcspn(next, ",}");
        if ((size == 1 && *next == '0') || (size == strlen(revision) && strncmp(next, revision, size) == 0)) {
            intent->matches = pinned;
            return;
        }
    }
}

bool intent_take_patch(struct request *request, struct intent *intent, const char *document, const char *revision)
{
    json_auto_t *patch = read_body(request);
    if (!patch)
        return false;
    json_auto_t *target = json_loads(document, 0, NULL);
    json_auto_t *merged = merge_patch(target, patch);
    if (!check_document(request, merged))
        return false;
    char *text = json_dumps(merged, JSON_COMPACT);
    intent->document = arena_copy(&request->arena, text, strlen(text));
    free(text);
    pin_revision(request, intent, revision);
    return true;
}
