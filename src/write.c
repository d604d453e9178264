/* write: requests that change data */
#include "write.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "contract.h"
#include "figures.h"
#include "loop.h"
#include "memory.h"
#include "merge.h"
#include "negotiate.h"
#include "query.h"
#include "refusal.h"
#include "secret.h"

/* One write, in the request's arena. */
struct write {
    const char *digest;        /* of the token */
    const char *id, *shown_id; /* of what is written, and of what is answered with; NULL: the same */
    const char *document;      /* JSON; NULL: there is none */
    const char *matches;       /* revisions that If-Match names, as an array; NULL: there is none */
    const char *comment;
    bool only_new; /* If-None-Match: * */
    bool is_trial;
    const char *key;     /* Idempotency-Key, or NULL */
    const char *request; /* with a key: the digest of all that is asked for */
    unsigned tries;      /* how often it was found done, by another or the same request */
    bool named;          /* the client says the id of what it posts */
    bool created;        /* what an earlier request with the key did */
    struct params shown; /* of what answers with the thing */
    struct db_transaction transaction;
};

enum { KEY_MOST = 255, TRIES_MOST = 50 };

enum { STEP_BEGIN, STEP_WRITE, STEP_SHOW };

static const struct db_statement prepare = {.sql = "SELECT * FROM prepare_write($1, $2, $3, $4, $5)"};
static const struct db_statement prepare_keyed = {.sql =
                                                      "SELECT * FROM prepare_keyed_write($1, $2, $3, $4, $5, $6, $7)"};
static const struct db_statement note_answer = {.sql = "SELECT note_answer($1, $2, $3, $4, $5)"};
static const struct db_statement begin_change = {.sql = "SELECT begin_change($1, 'write', $2)"};
static const struct db_statement write_one = {.sql = "SELECT write_one($1, $2, $3, $4, $5, $6)"};
static const struct db_statement turn_back = {
    .sql = "SELECT set_config('search_path', 'past, public', true), set_config('claimd.as_of', $1, true)"};
static const struct db_statement end_trial = {.sql = "SELECT end_trial()"};

/* What is done: the method, unless the route says it. */
static const char *action_of(const struct request *request)
{
    const struct route *route = request->params.route;
    return route->action ? route->action : request->method;
}

static bool does(const struct request *request, const char *action)
{
    return strcmp(action_of(request), action) == 0;
}

static bool has_body(const struct request *request)
{
    return !request_has_method(request, MHD_HTTP_METHOD_DELETE);
}

/* ---- from the head ---- */

static bool check_media_type(const struct request *request, struct error *error)
{
    const char *given = request_field(request, FIELD_CONTENT_TYPE);
    if (!has_body(request) || negotiate_is_type(given, "application/json"))
        return true;
    if (does(request, "PATCH") && negotiate_is_type(given, "application/merge-patch+json"))
        return true;
    error_set(error, ERROR_UNSUPPORTED_MEDIA_TYPE, "This takes application/json%s.",
              does(request, "PATCH") ? " or application/merge-patch+json" : "");
    if (does(request, "PATCH")) { /* RFC 5789, section 3.1 */
        error->field = "Accept-Patch";
        error->value = "application/merge-patch+json, application/json";
    }
    return false;
}

bool write_may_begin(const struct request *request, struct error *error)
{
    if (!secret_bearer(request_field(request, FIELD_AUTHORIZATION))) {
        refusal_without_token(error, "Writing takes a bearer token.");
        return false;
    }
    const char *key = request_field(request, FIELD_IDEMPOTENCY_KEY);
    if (key && (!*key || strlen(key) > KEY_MOST)) {
        error_set(error, ERROR_MALFORMED_REQUEST, "An Idempotency-Key has 1 to %d bytes.", KEY_MOST);
        return false;
    }
    return check_media_type(request, error);
}

/* ---- checking the document ---- */

static void refuse_problems(struct request *request, const json_t *problems)
{
    struct error error;
    refusal_of_problems(problems, &request->arena, &error);
    request_fail(request, &error);
}

/* True if nothing is wrong with it in itself; otherwise the request is refused. */
static bool check_document(struct request *request, const json_t *document)
{
    const char *id = request->params.id, *given = json_string_value(json_object_get(document, "id"));
    json_auto_t *problems = json_array();
    contract_check(request->params.route->body, document, problems);
    if (id && given && strcmp(id, given) != 0)
        contract_problem(problems, "/id", "The id is that of the path.");
    if (json_array_size(problems) == 0)
        return true;
    refuse_problems(request, problems);
    return false;
}

/* The body as JSON, or NULL and the request is refused. */
static json_t *read_body(struct request *request)
{
    char fault[CONTRACT_FAULT_SIZE];
    json_t *document = contract_read(request->body.data ? request->body.data : "", request->body.size, fault);
    if (!document)
        request_refuse(request, ERROR_INVALID_BODY, fault);
    return document;
}

/* ---- the end ---- */

static const char *path_of(struct request *request, const char *id)
{
    return params_target(&request->arena,
                         &(struct params){.route = route_of_kind(request->params.route->kind), .id = id}, NULL);
}

/* A phrase that says another figure may well be right, if not alone: a word that limits it may stand before it. Who
 * writes it is told. */
static void put_warnings(struct buffer *body)
{
    json_t *shown = json_loadb(body->data, body->size, 0, NULL), *readings;
    const json_t *figure = json_object_get(shown, "figure");
    const char *tag = json_string_value(json_object_get(json_object_get(shown, "source"), "language"));
    enum figure_language language = tag ? figure_language_of(tag) : FIGURE_ANY_LANGUAGE;
    if (json_is_object(figure) && !figures_agree(figure, language, &readings)) {
        json_object_set_new(shown, "warnings",
                            json_pack("[{ss ss so}]", "pointer", "/figure/as_printed", "detail",
                                      "The phrase does not read as the figure that was given.", "figures", readings));
        char *text = json_dumps(shown, JSON_COMPACT);
        body->size = 0;
        buffer_puts(body, text);
        free(text);
    }
    json_decref(shown);
}

static void reply_shown(struct request *request, bool created, const PGresult *result)
{
    struct write *write = request->write;
    struct buffer body = BUFFER_INIT;
    struct headers headers = {.count = 0};
    struct error error;
    const char *next;
    char etag[ETAG_SIZE];
    error_init(&error);
    if (!answer_write(&request->arena, &write->shown, write->shown.route->representations, &(struct answer_count){0},
                      result, &body, &next, &error)) {
        buffer_release(&body);
        request_fail(request, &error);
        return;
    }
    bool minimal = negotiate_prefers(request_field(request, FIELD_PREFER), "return", "minimal");
    etag_of(body.data, body.size, answer_revision(&write->shown, result), etag);
    if (write->document && strcmp(request->params.route->kind, "claim") == 0)
        put_warnings(&body);
    if (!write->is_trial)
        headers_put(&headers, MHD_HTTP_HEADER_ETAG, etag);
    if (created && !write->is_trial)
        headers_put(&headers, MHD_HTTP_HEADER_LOCATION, path_of(request, write->id));
    if (minimal)
        headers_put(&headers, "Preference-Applied", "return=minimal");
    size_t size;
    char *bytes = buffer_detach(&body, &size);
    if (minimal) {
        free(bytes);
        bytes = NULL;
    }
    unsigned status = created && !write->is_trial ? MHD_HTTP_CREATED : bytes ? MHD_HTTP_OK : MHD_HTTP_NO_CONTENT;
    request_reply(request, reply_written(status, bytes, size, &headers));
}

static void reply_written_to(struct request *request, const struct write *write)
{
    PGresult *const *results = write->transaction.results;
    bool created = *PQgetvalue(results[STEP_WRITE], 0, 0) == 't';
    if (!does(request, "DELETE"))
        reply_shown(request, created, results[STEP_SHOW]);
    else
        request_reply(request, reply_written(MHD_HTTP_NO_CONTENT, NULL, 0, &(struct headers){0}));
}

static void refuse_result(struct request *request, enum db_status status, const PGresult *result)
{
    struct error error;
    if (status == DB_MISFIT) {
        error_init(&error);
        error_set(&error, ERROR_INVALID_DOCUMENT, "A member has a value that the database cannot hold.");
    } else {
        refusal_of_call(status, result, &request->arena, &error);
    }
    request_fail(request, &error);
}

/* Another may have taken the id that was found for it, or have done the same request. */
static bool may_try_again(const struct request *request)
{
    const struct write *write = request->write;
    return does(request, MHD_HTTP_METHOD_POST) && write->tries < (write->named ? write->key != NULL : TRIES_MOST);
}

static void begin(struct request *request, unsigned tries);

static void on_written(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    struct write *write = request->write;
    request->waited += loop_now_us() - request->asked;
    bool tried = write->is_trial && status == DB_REFUSED && refusal_is(result, "CL200");
    if (status == DB_REFUSED && refusal_is(result, "CL409") && may_try_again(request)) {
        begin(request, write->tries + 1);
        if (request->state == REQUEST_READY)
            request_resume(request);
        return;
    }
    if (status == DB_OK)
        service_wrote(request->service);
    if (status == DB_OK || tried)
        reply_written_to(request, write);
    else
        refuse_result(request, status, result);
    request_resume(request);
}

/* ---- the transaction ---- */

static const char **arguments_of(struct arena *arena, const char *const *values, size_t size)
{
    const char **copy = arena_alloc(arena, size);
    memcpy(copy, values, size);
    return copy;
}

#define ARGUMENTS(arena, ...)                                                                                          \
    (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *)),                                               \
        arguments_of(arena, (const char *[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}))

static void add_step(struct write *write, struct db_step step)
{
    write->transaction.steps[write->transaction.steps_count++] = step;
}

/* What is prepared for this moment does not hold in the schema of the past. */
static void add_show(struct request *request, bool past)
{
    struct write *write = request->write;
    const struct route *route = route_of_kind(request->params.route->kind);
    struct db_call shown;
    write->shown = (struct params){.route = route,
                                   .id = write->shown_id ? write->shown_id : write->id,
                                   .orders = {{route->sorts, false}},
                                   .orders_count = 1};
    query_bind(&request->service->queries, &request->arena, &write->shown, route->representations, QUERY_ROWS, &shown);
    struct db_statement *statement = arena_alloc(&request->arena, sizeof(*statement));
    statement->sql = shown.statement->sql;
    add_step(write, (struct db_step){past ? statement : shown.statement, shown.arguments_count, shown.arguments});
}

static void start(struct request *request, void (*done)(struct db_call *, enum db_status, const PGresult *))
{
    request->asked = loop_now_us();
    request->call.done = done;
    enum db_status status = db_start(&request->service->db, &request->call);
    if (status)
        refuse_result(request, status, NULL);
}

static void write_now(struct request *request)
{
    struct write *write = request->write;
    struct arena *arena = &request->arena;
    const char *kind = request->params.route->kind;
    const char *action = does(request, "PATCH") || does(request, "REVERT") ? "PUT" : action_of(request);
    add_step(write, (struct db_step){&begin_change, ARGUMENTS(arena, write->digest, write->comment)});
    add_step(write, (struct db_step){&write_one, ARGUMENTS(arena, action, kind, write->id, write->document,
                                                           write->matches, write->only_new ? "true" : "false")});
    if (!does(request, "DELETE"))
        add_show(request, false);
    if (write->key)
        add_step(write, (struct db_step){&note_answer,
                                         ARGUMENTS(arena, write->digest, write->key, write->request, kind, write->id)});
    if (write->is_trial)
        add_step(write, (struct db_step){&end_trial, 0, NULL});
    write->transaction.writes = true;
    request->call.transaction = &write->transaction;
    start(request, on_written);
}

/* ---- a request that was answered before ---- */

static void on_replayed(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    request->waited += loop_now_us() - request->asked;
    if (status == DB_OK)
        reply_shown(request, request->write->created, result);
    else
        refuse_result(request, status, result);
    request_resume(request);
}

static void replay(struct request *request, const PGresult *prepared)
{
    struct write *write = request->write;
    const char *change = arena_copy(&request->arena, PQgetvalue(prepared, 0, 4), (size_t)PQgetlength(prepared, 0, 4));
    write->created = *PQgetvalue(prepared, 0, 3) == 't';
    add_step(write, (struct db_step){&turn_back, ARGUMENTS(&request->arena, change)});
    add_show(request, true);
    request->call.transaction = &write->transaction;
    start(request, on_replayed);
}

/* ---- preparing ---- */

/* A patch is applied to the revision that it was read from, which is one of those that the client names. */
static void pin_revision(struct request *request, const char *revision)
{
    struct write *write = request->write;
    const char *wanted[] = {arena_format(&request->arena, "{%s}", revision), revision};
    for (const char *next = write->matches; next && *next && *next != '}'; next += strcspn(next, ",}")) {
        next += *next == '{' || *next == ',';
        size_t size = strcspn(next, ",}");
        if ((size == 1 && *next == '0') || (size == strlen(wanted[1]) && strncmp(next, wanted[1], size) == 0)) {
            write->matches = wanted[0];
            return;
        }
    }
}

static bool apply_patch(struct request *request, const char *document)
{
    json_auto_t *patch = read_body(request);
    if (!patch)
        return false;
    json_auto_t *target = json_loads(document, 0, NULL);
    json_auto_t *merged = merge_patch(target, patch);
    if (!check_document(request, merged))
        return false;
    char *text = json_dumps(merged, JSON_COMPACT);
    request->write->document = arena_copy(&request->arena, text, strlen(text));
    free(text);
    return true;
}

static bool take_body(struct request *request)
{
    struct write *write = request->write;
    json_auto_t *document = read_body(request);
    if (!document || !check_document(request, document))
        return false;
    write->document = arena_copy(&request->arena, request->body.data, request->body.size);
    write->named = json_object_get(document, "id");
    const char *into = json_string_value(json_object_get(document, "into"));
    write->shown_id = does(request, "MERGE") ? arena_copy(&request->arena, into, strlen(into)) : write->id;
    return true;
}

/* Row: the id, and of what is patched or reverted a document, and of what is patched its revision. */
static bool is_ready_to_write(struct request *request, const PGresult *result)
{
    struct write *write = request->write;
    if (!has_body(request))
        return true;
    if (does(request, "REVERT") && PQgetisnull(result, 0, 1))
        return take_body(request); /* it is not as the contract has it */
    if (does(request, "REVERT")) {
        write->document = arena_copy(&request->arena, PQgetvalue(result, 0, 1), (size_t)PQgetlength(result, 0, 1));
        return true;
    }
    if (!does(request, "PATCH"))
        return take_body(request);
    pin_revision(request, arena_copy(&request->arena, PQgetvalue(result, 0, 2), (size_t)PQgetlength(result, 0, 2)));
    return apply_patch(request, PQgetvalue(result, 0, 1));
}

static void on_prepared(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    struct write *write = request->write;
    request->waited += loop_now_us() - request->asked;
    if (status != DB_OK) {
        refuse_result(request, status, result);
    } else {
        write->id = arena_copy(&request->arena, PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0));
        if (write->key && !PQgetisnull(result, 0, 4))
            replay(request, result);
        else if (is_ready_to_write(request, result))
            write_now(request);
    }
    if (request->state == REQUEST_READY)
        request_resume(request);
}

/* ---- beginning ---- */

/* Method, target and body. */
static const char *digest_of_all(struct request *request)
{
    char digest[SECRET_DIGEST_SIZE];
    const char *body = arena_copy(&request->arena, request->body.data ? request->body.data : "", request->body.size);
    secret_digest(arena_format(&request->arena, "%s %s\n%s", request->method, request->target, body), digest);
    return arena_copy(&request->arena, digest, strlen(digest));
}

static void read_head(struct request *request)
{
    struct write *write = request->write;
    const char *if_match = request_field(request, FIELD_IF_MATCH);
    const char *if_none_match = request_field(request, FIELD_IF_NONE_MATCH);
    const char *dry_run = params_given(&request->params, "dry_run");
    write->digest = request_digest(request);
    write->matches = if_match ? etag_revisions(&request->arena, if_match) : NULL;
    write->only_new = if_none_match && strcmp(if_none_match, "*") == 0;
    write->comment = params_given(&request->params, "comment");
    write->is_trial = dry_run && strcmp(dry_run, "true") == 0;
    if (request_has_method(request, MHD_HTTP_METHOD_POST) && !write->is_trial)
        write->key = request_field(request, FIELD_IDEMPOTENCY_KEY);
    if (write->key)
        write->request = digest_of_all(request);
}

/* What it takes to find an id, or the revision to go back to. A body that is no JSON, or of another form, is refused
 * once it is known who asks. */
static const char *body_to_prepare(struct request *request)
{
    char fault[CONTRACT_FAULT_SIZE];
    if (!request_has_method(request, MHD_HTTP_METHOD_POST))
        return NULL;
    json_auto_t *document = contract_read(request->body.data ? request->body.data : "", request->body.size, fault);
    json_auto_t *problems = json_array();
    if (document)
        contract_check(request->params.route->body, document, problems);
    bool good = document && json_array_size(problems) == 0;
    return good ? arena_copy(&request->arena, request->body.data, request->body.size) : NULL;
}

static struct db_step preparation(struct request *request)
{
    const struct write *write = request->write;
    const struct params *params = &request->params;
    const char *method = action_of(request), *body = body_to_prepare(request);
    if (!write->key)
        return (struct db_step){
            &prepare, ARGUMENTS(&request->arena, write->digest, method, params->route->kind, params->id, body)};
    return (struct db_step){&prepare_keyed, ARGUMENTS(&request->arena, write->digest, method, params->route->kind,
                                                      params->id, body, write->key, write->request)};
}

static void begin(struct request *request, unsigned tries)
{
    request->write = arena_alloc(&request->arena, sizeof(*request->write));
    request->write->tries = tries;
    request->state = REQUEST_WAITING;
    read_head(request);
    struct db_step step = preparation(request);
    request->call = (struct db_call){
        .statement = step.statement, .arguments_count = step.arguments_count, .arguments = step.arguments};
    start(request, on_prepared);
}

void write_begin(struct request *request)
{
    begin(request, 0);
}
