/* write: requests that change data */
#include "write.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "commit.h"
#include "figures.h"
#include "intent.h"
#include "memory.h"
#include "negotiate.h"
#include "query.h"
#include "refusal.h"
#include "steps.h"

/* One write, in the request's arena. */
struct write {
    struct intent intent;
    unsigned tries;      /* how often it was found done, by another or the same request */
    bool created;        /* what an earlier request with the key did */
    struct params shown; /* of what answers with the thing */
    struct db_transaction transaction;
};

enum { TRIES_MOST = 50 };

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

/* A field of the result's row, in the arena. */
static const char *field_of(struct request *request, const PGresult *result, int column)
{
    return arena_copy(&request->arena, PQgetvalue(result, 0, column), (size_t)PQgetlength(result, 0, column));
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
    const struct write *write = request->write;
    const struct intent *intent = &write->intent;
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
    if (strcmp(request->params.route->kind, "claim") == 0)
        put_warnings(&body);
    if (!intent->is_trial)
        headers_put(&headers, MHD_HTTP_HEADER_ETAG, etag);
    if (created && !intent->is_trial)
        headers_put(&headers, MHD_HTTP_HEADER_LOCATION, path_of(request, intent->id));
    if (minimal)
        headers_put(&headers, "Preference-Applied", "return=minimal");
    size_t size;
    char *bytes = buffer_detach(&body, &size);
    if (minimal) {
        free(bytes);
        bytes = NULL;
    }
    unsigned status = created && !intent->is_trial ? MHD_HTTP_CREATED : bytes ? MHD_HTTP_OK : MHD_HTTP_NO_CONTENT;
    request_reply(request, reply_written(status, bytes, size, &headers));
}

static void reply_written_to(struct request *request, const struct write *write)
{
    PGresult *const *results = write->transaction.results;
    bool created = *PQgetvalue(results[STEP_WRITE], 0, 0) == 't';
    if (!intent_retracts(&write->intent))
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

/* Another may have taken the id that was found for it; or the same request, by its key, have been done meanwhile. */
static bool may_try_again(const struct request *request, const PGresult *result)
{
    const struct write *write = request->write;
    const struct intent *intent = &write->intent;
    bool taken = refusal_is(result, "CL409");
    if (intent_does(intent, MHD_HTTP_METHOD_POST) && !intent->named)
        return taken && write->tries < TRIES_MOST;
    return intent->key && (taken || refusal_is(result, "CL412")) && write->tries == 0;
}

static void begin(struct request *request, unsigned tries);

static void on_written(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    struct write *write = request->write;
    request_heard(request);
    commit_ended(request, status, &write->transaction);
    bool tried = write->intent.is_trial && status == DB_REFUSED && refusal_is(result, "CL200");
    if (status == DB_REFUSED && may_try_again(request, result)) {
        begin(request, write->tries + 1);
        if (request->state == REQUEST_READY)
            request_resume(request);
        return;
    }
    if (status == DB_OK)
        metrics_add(request->service->metrics, METRIC_WRITES, 1);
    if (status == DB_OK || tried)
        reply_written_to(request, write);
    else
        refuse_result(request, status, result);
    request_resume(request);
}

/* ---- the transaction ---- */

static void start(struct request *request, void (*done)(struct db_call *, enum db_status, const PGresult *))
{
    request->call.done = done;
    enum db_status status = request_ask(request);
    if (status)
        refuse_result(request, status, NULL);
}

/* The query that shows what was written. */
static struct db_call show(struct request *request)
{
    struct write *write = request->write;
    const struct route *route = route_of_kind(request->params.route->kind);
    struct db_call shown;
    write->shown = (struct params){.route = route,
                                   .id = write->intent.shown_id ? write->intent.shown_id : write->intent.id,
                                   .orders = {{route->sorts, false}},
                                   .orders_count = 1};
    query_bind(&request->service->queries, &request->arena, &write->shown, route->representations, QUERY_ROWS, &shown);
    return shown;
}

static void write_now(struct request *request)
{
    struct write *write = request->write;
    struct arena *arena = &request->arena;
    struct db_transaction *transaction = &write->transaction;
    const struct intent *intent = &write->intent;
    const char *kind = request->params.route->kind;
    const char *action = intent_does(intent, "PATCH") || intent_does(intent, "REVERT") ? "PUT" : intent->action;
    steps_add(transaction, arena, &begin_change, intent->digest, intent->comment);
    steps_add(transaction, arena, &write_one, action, kind, intent->id, intent->document, intent->matches,
              intent->only_new ? "true" : "false");
    if (!intent_retracts(intent)) {
        struct db_call shown = show(request);
        steps_append(transaction, arena, shown.statement, (size_t)shown.arguments_count, shown.arguments);
    }
    if (intent->key)
        steps_add(transaction, arena, &note_answer, intent->digest, intent->key, intent->request, kind,
                  intent->shown_id ? intent->shown_id : intent->id);
    if (intent->is_trial)
        steps_add(transaction, arena, &end_trial);
    commit_add_place(transaction, arena);
    transaction->writes = true;
    request->call.transaction = transaction;
    start(request, on_written);
}

/* ---- a request that was answered before ---- */

static void on_replayed(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    request_heard(request);
    if (status == DB_OK) {
        commit_was_before(request, call->position);
        reply_shown(request, request->write->created, result);
    } else {
        refuse_result(request, status, result);
    }
    request_resume(request);
}

static void replay(struct request *request, const PGresult *prepared)
{
    struct write *write = request->write;
    struct db_call shown = show(request);
    write->created = *PQgetvalue(prepared, 0, 3) == 't';
    steps_add(&write->transaction, &request->arena, &turn_back, field_of(request, prepared, 4));
    steps_add_past(&write->transaction, &request->arena, &shown);
    request->call.transaction = &write->transaction;
    request->call.placed = true;
    start(request, on_replayed);
}

/* ---- preparing ---- */

/* Row: the id, and of what is patched or reverted a document, and of what is patched its revision. */
static bool is_ready_to_write(struct request *request, const PGresult *result)
{
    struct intent *intent = &request->write->intent;
    if (request_has_method(request, MHD_HTTP_METHOD_DELETE))
        return true;
    if (intent_does(intent, "PATCH"))
        return intent_take_patch(request, intent, PQgetvalue(result, 0, 1), field_of(request, result, 2));
    if (!intent_does(intent, "REVERT") || PQgetisnull(result, 0, 1)) /* null: the body is not as the contract has it */
        return intent_take_body(request, intent);
    intent->document = field_of(request, result, 1);
    return true;
}

static void on_prepared(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    struct intent *intent = &request->write->intent;
    request_heard(request);
    if (status != DB_OK) {
        refuse_result(request, status, result);
    } else {
        intent->id = field_of(request, result, 0);
        if (intent->key && !PQgetisnull(result, 0, 4))
            replay(request, result);
        else if (is_ready_to_write(request, result))
            write_now(request);
    }
    if (request->state == REQUEST_READY)
        request_resume(request);
}

/* ---- beginning ---- */

static void begin(struct request *request, unsigned tries)
{
    struct write *write = request->write = arena_alloc(&request->arena, sizeof(*write));
    struct intent *intent = &write->intent;
    write->tries = tries;
    request->state = REQUEST_WAITING;
    intent_read(request, intent);
    intent_draft(request, intent);
    const char *values[] = {intent->digest,     intent->action,   request->params.route->kind,
                            request->params.id, intent->document, intent->key,
                            intent->request};
    request->call = (struct db_call){.statement = intent->key ? &prepare_keyed : &prepare,
                                     .arguments_count = intent->key ? 7 : 5,
                                     .arguments = arena_keep(&request->arena, values, sizeof(values))};
    start(request, on_prepared);
}

void write_begin(struct request *request)
{
    begin(request, 0);
}
