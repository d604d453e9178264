/* import: requests that take in many lines, all of them or those in which nothing is wrong */
#include "import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "claimreview.h"
#include "commit.h"
#include "line.h"
#include "memory.h"
#include "negotiate.h"
#include "refusal.h"
#include "report.h"
#include "secret.h"
#include "steps.h"

/* A client that sends less than a block in the time that a body has is cut off. */
enum { PART_BYTES = 256 * 1024, BLOCK_BYTES = 1024 };

/* What each statement that takes lines in may take. */
#define PATIENCE_MS 3600000
#define TEXT_OF(number) TEXT_OF_(number)
#define TEXT_OF_(number) #number

/* One import, in the request's arena. */
struct import {
    const char *digest, *comment;
    bool skips, is_trial;
    bool reviews; /* instead of lines */
    char id[33];  /* by which its parts are kept: a uuid */
    char part[24], parts[24];
    unsigned kept;
    size_t lines;
    size_t came;        /* bytes of the block at hand */
    struct batch batch; /* the part at hand */
    struct report report;
    json_t *left_out;     /* of reviews; owned, NULL: nothing */
    struct error failure; /* that it will be answered with */
    struct db_transaction transaction;
    unsigned end; /* the step that tells what became of the lines; 0: none */
};

static const struct db_statement authorize = {.sql = "SELECT authorize($1, 'admin')"};
static const struct db_statement keep = {.sql = "SELECT import_keep($1, $2, $3, $4, $5)"};
static const struct db_statement begin_change = {.sql = "SELECT begin_change($1, 'admin', $2)"};
static const struct db_statement begin_import = {.sql = "SELECT import_begin($1, $2)"};
static const struct db_statement take_kept = {.sql = "SELECT import_kept($1, $2)"};
static const struct db_statement take_lines = {.sql = "SELECT import_lines($1, $2)"};
static const struct db_statement take_end = {.sql = "SELECT import_end()"};
static const struct db_statement settle = {.sql = "SELECT import_settle($1, $2)"};
static const struct db_statement drop = {.sql = "SELECT import_drop($1)"};

static bool is_true(const struct request *request, const char *name, const char *value)
{
    const char *given = params_given(&request->params, name);
    return given && strcmp(given, value) == 0;
}

static bool has_reviews(const struct request *request)
{
    return negotiate_is_type(request_field(request, FIELD_CONTENT_TYPE), "application/ld+json");
}

static struct import *import_of(struct request *request)
{
    if (request->import)
        return request->import;
    struct import *import = request->import = arena_alloc(&request->arena, sizeof(*import));
    *import = (struct import){.digest = request_digest(request),
                              .comment = params_given(&request->params, "comment"),
                              .is_trial = is_true(request, "dry_run", "true"),
                              .skips = is_true(request, "on_error", "skip"),
                              .reviews = has_reviews(request)};
    snprintf(import->id, sizeof(import->id), "%016" PRIx64 "%016x", request->service->id_prefix,
             ++request->service->id_count);
    return import;
}

/* Whether it is known already that nothing will be taken in. */
static bool is_doomed(const struct import *import)
{
    return import->failure.code || (import->report.refused && !import->skips);
}

/* ---- transactions ---- */

static void note_failure(struct request *request, enum db_status status, const PGresult *result)
{
    struct error *failure = &request->import->failure;
    error_init(failure);
    if (status == DB_MISFIT)
        error_set(failure, ERROR_INVALID_DOCUMENT, "A line has a value that the database cannot hold.");
    else
        refusal_of_call(status, result, &request->arena, failure);
}

static struct db_transaction *new_transaction(struct import *import, unsigned patience_ms)
{
    import->transaction = (struct db_transaction){.writes = true, .patience_ms = patience_ms};
    return &import->transaction;
}

/* Whether it is under way; if not, the failure is noted. */
static bool start(struct request *request, void (*done)(struct db_call *, enum db_status, const PGresult *))
{
    request->call = (struct db_call){.done = done, .transaction = &request->import->transaction};
    enum db_status status = request_ask(request);
    if (status)
        note_failure(request, status, NULL);
    else
        request->state = REQUEST_WAITING;
    return status == DB_OK;
}

static struct request *answered(struct db_call *call)
{
    struct request *request = container_of(call, struct request, call);
    request_heard(request);
    return request;
}

/* ---- while the body comes ---- */

static void on_kept(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = answered(call);
    if (status != DB_OK)
        note_failure(request, status, result);
    batch_clear(&request->import->batch);
    request->state = REQUEST_ACCEPTED;
    request_resume(request);
}

static void keep_part(struct request *request)
{
    struct import *import = request->import;
    batch_close(&import->batch);
    snprintf(import->part, sizeof(import->part), "%u", ++import->kept);
    steps_add(new_transaction(import, 0), &request->arena, &keep, import->digest, import->id, import->part,
              import->batch.numbers.data, import->batch.lines.data);
    if (start(request, on_kept))
        request_suspend(request);
}

static void take_line(struct import *import, const char *text, size_t size)
{
    import->lines++;
    if (line_accept(text, size, import->lines, &import->report) && !is_doomed(import))
        batch_add(&import->batch, import->lines, text, size);
}

/* Takes the lines that are whole, and leaves what is behind them. */
static void take_whole_lines(struct import *import, struct buffer *body)
{
    size_t at = 0;
    for (char *end; (end = memchr(body->data + at, '\n', body->size - at)); at = (size_t)(end - body->data) + 1) {
        *end = 0;
        take_line(import, body->data + at, (size_t)(end - body->data) - at);
    }
    body->size -= at;
    memmove(body->data, body->data + at, body->size);
}

static void note_progress(struct request *request, size_t size)
{
    struct import *import = request->import;
    import->came += size;
    if (import->came < BLOCK_BYTES)
        return;
    import->came = 0;
    request->service->progress(request->connection);
}

size_t import_held(const struct request *request)
{
    return request->import ? request->import->batch.lines.capacity : 0;
}

void import_receive(struct request *request, const char *bytes, size_t size)
{
    struct import *import = import_of(request);
    struct buffer *body = &request->body;
    note_progress(request, size);
    if (import->failure.code)
        return;
    if (request->crowded_out) {
        batch_release(&import->batch);
        error_init(&import->failure);
        error_set(&import->failure, ERROR_OVERLOADED,
                  "There is no room for more lines among all that is held just now.");
        return;
    }
    buffer_append(body, bytes, size);
    if (!import->reviews)
        take_whole_lines(import, body);
    if (body->size > request->service->body_most) {
        error_init(&import->failure);
        error_set(&import->failure, ERROR_BODY_TOO_LARGE, "%s may have %zu bytes.",
                  import->reviews ? "A document with reviews" : "A line", request->service->body_most);
        body->size = 0;
    } else if (import->batch.lines.size >= PART_BYTES && !is_doomed(import)) {
        keep_part(request);
    }
}

/* ---- the answer ---- */

static void reply_refused(struct request *request)
{
    struct error error;
    char *text = json_dumps(request->import->report.problems, JSON_COMPACT);
    error_init(&error);
    error_set(&error, ERROR_INVALID_DOCUMENT, "%lld of the lines cannot be taken in, so none was.",
              request->import->report.refused);
    error.problems = text;
    request_fail(request, &error);
    free(text);
}

static void reply_taken(struct request *request)
{
    const struct report *report = &request->import->report;
    json_t *answer = json_pack("{sI sI sI sI sI sO sO*}", "lines", (json_int_t)request->import->lines, "created",
                               report->created, "replaced", report->replaced, "unchanged", report->unchanged, "refused",
                               report->refused, "problems", report->problems, "left_out", request->import->left_out);
    char *text = json_dumps(answer, JSON_COMPACT);
    json_decref(answer);
    request_reply(request, reply_written(MHD_HTTP_OK, text, strlen(text), &(struct headers){0}));
}

static void reply(struct request *request)
{
    struct import *import = request->import;
    if (import->failure.code)
        request_fail(request, &import->failure);
    else if (is_doomed(import))
        reply_refused(request);
    else
        reply_taken(request);
}

/* ---- the end ---- */

static void end(struct request *request)
{
    reply(request);
    request_resume(request);
}

static void on_dropped(struct db_call *call, enum db_status status, const PGresult *result)
{
    (void)status, (void)result; /* what is not dropped now is dropped with the old parts */
    end(answered(call));
}

/* What was kept is of no use any more. False if there is nothing to wait for. */
static bool drop_parts(struct request *request)
{
    struct import *import = request->import;
    if (!import->kept)
        return false;
    steps_add(new_transaction(import, 0), &request->arena, &drop, import->id);
    return request_ask(request) == DB_OK;
}

static void count_taken(const struct request *request)
{
    const struct report *report = &request->import->report;
    struct metrics *metrics = request->service->metrics;
    metrics_add(metrics, METRIC_IMPORTS, 1);
    metrics_add(metrics, METRIC_LINES_CREATED, (uint64_t)report->created);
    metrics_add(metrics, METRIC_LINES_REPLACED, (uint64_t)report->replaced);
    metrics_add(metrics, METRIC_LINES_UNCHANGED, (uint64_t)report->unchanged);
    metrics_add(metrics, METRIC_LINES_REFUSED, (uint64_t)report->refused);
}

static void on_taken(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = answered(call);
    struct import *import = request->import;
    const PGresult *told = import->end ? import->transaction.results[import->end] : NULL;
    if (import->end)
        commit_ended(request, status, &import->transaction);
    if (status != DB_OK && !(status == DB_REFUSED && refusal_is(result, "CL200")))
        note_failure(request, status, result);
    else if (told)
        report_add(&import->report, PQgetvalue(told, 0, 0));
    if (status == DB_OK && told)
        count_taken(request);
    request->call.done = on_dropped;
    if (!drop_parts(request))
        end(request);
}

/* One that may not import is not told what is wrong with the lines. */
static void refuse(struct request *request)
{
    struct import *import = request->import;
    steps_add(new_transaction(import, 0), &request->arena, &authorize, import->digest);
    if (!start(request, on_taken))
        reply(request);
}

static void take_in(struct request *request)
{
    struct import *import = request->import;
    batch_close(&import->batch);
    snprintf(import->parts, sizeof(import->parts), "%u", import->kept);
    struct db_transaction *transaction = new_transaction(import, PATIENCE_MS);
    struct arena *arena = &request->arena;
    steps_add(transaction, arena, &authorize, import->digest);
    steps_add(transaction, arena, &begin_import, TEXT_OF(PATIENCE_MS), import->reviews ? "true" : "false");
    steps_add(transaction, arena, &begin_change, import->digest, import->comment);
    steps_add(transaction, arena, &take_kept, import->id, import->parts);
    steps_add(transaction, arena, &take_lines, import->batch.numbers.data, import->batch.lines.data);
    import->end = transaction->steps_count;
    steps_add(transaction, arena, &take_end);
    steps_add(transaction, arena, &settle, import->skips ? "true" : "false", import->is_trial ? "true" : "false");
    commit_add_place(transaction, arena);
    if (!start(request, on_taken))
        reply(request);
}

/* The lines that the reviews of the body make. */
static void take_reviews(struct request *request)
{
    struct import *import = request->import;
    char fault[CONTRACT_FAULT_SIZE];
    struct claimreview reviews;
    json_t *line;
    size_t i;
    if (!claimreview_read(request->body.data, request->body.size, &reviews, fault)) {
        error_init(&import->failure);
        error_set(&import->failure, ERROR_INVALID_BODY, "%s", fault);
    }
    json_array_foreach(reviews.lines, i, line)
    {
        char *text = json_dumps(line, JSON_COMPACT);
        take_line(import, text, strlen(text));
        free(text);
    }
    import->left_out = json_incref(reviews.left_out);
    claimreview_release(&reviews);
}

static void take_last_line(struct request *request)
{
    buffer_putc(&request->body, '\0');
    take_line(request->import, request->body.data, request->body.size - 1);
}

void import_answer(struct request *request)
{
    struct import *import = import_of(request);
    if (!import->failure.code && import->reviews)
        take_reviews(request);
    else if (!import->failure.code && request->body.size)
        take_last_line(request);
    if (is_doomed(import))
        refuse(request);
    else
        take_in(request);
}

/* ---- beginning and end of the request ---- */

bool import_may_begin(const struct request *request, struct error *error)
{
    if (!secret_bearer(request_field(request, FIELD_AUTHORIZATION)))
        refusal_without_token(error, "Importing takes a bearer token.");
    else if (!negotiate_is_type(request_field(request, FIELD_CONTENT_TYPE), "application/x-ndjson") &&
             !has_reviews(request))
        error_set(error, ERROR_UNSUPPORTED_MEDIA_TYPE,
                  "This takes application/x-ndjson, or reviews as application/ld+json.");
    return !error->code;
}

void import_forget(struct request *request)
{
    if (!request->import)
        return;
    batch_release(&request->import->batch);
    report_release(&request->import->report);
    json_decref(request->import->left_out);
}
