/* import: requests that take in many lines, all of them or those in which nothing is wrong */
#include "import.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "line.h"
#include "loop.h"
#include "memory.h"
#include "negotiate.h"
#include "refusal.h"
#include "secret.h"

enum { STEP_LINES = 2, STEP_END };

/* One import, in the request's arena. */
struct import {
    const char *digest, *comment;
    bool skips, is_trial;
    json_t *refused; /* what is wrong, a line each; owned until the answer */
    size_t lines, taken;
    struct buffer numbers, documents; /* array literals */
    struct db_transaction transaction;
};

static const struct db_statement authorize = {.sql = "SELECT authorize($1, 'admin')"};
static const struct db_statement begin_change = {.sql = "SELECT begin_change($1, 'admin', $2)"};
static const struct db_statement begin_import = {.sql = "SELECT import_begin()"};
static const struct db_statement take_lines = {.sql = "SELECT * FROM import_lines($1, $2)"};
static const struct db_statement take_rest = {.sql = "SELECT * FROM import_end()"};
static const struct db_statement settle = {.sql = "SELECT import_settle($1, $2)"};

/* ---- lines ---- */

static void refuse_line(struct import *import, json_int_t line, const char *kind, const char *id, json_t *problems)
{
    json_t *refused = json_pack("{sI so}", "line", line, "errors", problems);
    if (kind && *kind)
        json_object_set_new(refused, "kind", json_string(kind));
    if (id && *id)
        json_object_set_new(refused, "id", json_string(id));
    json_array_append_new(import->refused, refused);
}

static void put_element(struct buffer *array, const char *text, size_t size)
{
    buffer_puts(array, array->size ? ",\"" : "{\"");
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"' || text[i] == '\\')
            buffer_putc(array, '\\');
        buffer_putc(array, text[i]);
    }
    buffer_putc(array, '"');
}

static void take_line(struct import *import, const char *text, size_t size)
{
    char number[24];
    json_t *problems;
    import->lines++;
    if (size && strspn(text, " \t\r") >= size)
        return;
    if (!line_check(text, size, &problems)) {
        refuse_line(import, (json_int_t)import->lines, NULL, NULL, problems);
        return;
    }
    snprintf(number, sizeof(number), "%s%zu", import->numbers.size ? "," : "{", import->lines);
    buffer_puts(&import->numbers, number);
    put_element(&import->documents, text, size);
    import->taken++;
}

static void take_body(struct import *import, const struct buffer *body)
{
    for (size_t at = 0; at < body->size;) {
        const char *end = memchr(body->data + at, '\n', body->size - at);
        size_t size = end ? (size_t)(end - body->data) - at : body->size - at;
        if (size)
            take_line(import, body->data + at, size);
        else
            import->lines++;
        at += size + 1;
    }
    buffer_append(&import->numbers, import->numbers.size ? "}" : "{}", import->numbers.size ? 2 : 3);
    buffer_append(&import->documents, import->documents.size ? "}" : "{}", import->documents.size ? 2 : 3);
}

/* ---- the answer ---- */

struct tally {
    json_int_t created, replaced, unchanged;
};

static void count(struct import *import, const PGresult *result, struct tally *tally)
{
    for (int row = 0; result && row < PQntuples(result); row++) {
        const char *outcome = PQgetvalue(result, row, 3);
        tally->created += strcmp(outcome, "created") == 0;
        tally->replaced += strcmp(outcome, "replaced") == 0;
        tally->unchanged += strcmp(outcome, "unchanged") == 0;
        if (strcmp(outcome, "refused") == 0)
            refuse_line(import, strtoll(PQgetvalue(result, row, 0), NULL, 10), PQgetvalue(result, row, 1),
                        PQgetvalue(result, row, 2), json_loads(PQgetvalue(result, row, 4), 0, NULL));
    }
}

static void reply_refused(struct request *request)
{
    struct error error;
    char *text = json_dumps(request->import->refused, JSON_COMPACT);
    error_init(&error);
    error_set(&error, ERROR_INVALID_DOCUMENT, "Some lines cannot be taken in, so none was.");
    error.problems = text;
    request_fail(request, &error);
    free(text);
}

static void reply_taken(struct request *request)
{
    struct import *import = request->import;
    struct tally tally = {0};
    count(import, import->transaction.results[STEP_LINES], &tally);
    count(import, import->transaction.results[STEP_END], &tally);
    if (json_array_size(import->refused) && !import->skips) {
        reply_refused(request);
        return;
    }
    json_t *answer = json_pack("{sI sI sI sI sI sO}", "lines", (json_int_t)import->lines, "created", tally.created,
                               "replaced", tally.replaced, "unchanged", tally.unchanged, "refused",
                               (json_int_t)json_array_size(import->refused), "problems", import->refused);
    char *text = json_dumps(answer, JSON_COMPACT);
    json_decref(answer);
    request_reply(request, reply_written(MHD_HTTP_OK, text, strlen(text), &(struct headers){0}));
}

static void fail(struct request *request, enum db_status status, const PGresult *result)
{
    struct error error;
    if (status == DB_REFUSED)
        refusal_of_result(result, &request->arena, &error);
    else
        refusal_of_status(status == DB_MISFIT ? DB_FAILED : status, &error);
    request_fail(request, &error);
}

static void release(struct import *import)
{
    json_decref(import->refused);
    buffer_release(&import->numbers);
    buffer_release(&import->documents);
    import->refused = NULL;
}

static void on_taken(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    request->waited += loop_now_us() - request->asked;
    if (status == DB_OK)
        service_wrote(request->service);
    if (status == DB_OK || (status == DB_REFUSED && refusal_is(result, "CL200")))
        reply_taken(request);
    else
        fail(request, status, result);
    release(request->import);
    request_resume(request);
}

/* ---- the transaction ---- */

static void add_step(struct request *request, const struct db_statement *statement, const char *first,
                     const char *second)
{
    struct db_transaction *transaction = &request->import->transaction;
    const char **arguments = arena_alloc(&request->arena, 2 * sizeof(*arguments));
    arguments[0] = first;
    arguments[1] = second;
    bool none = statement == &begin_import || statement == &take_rest;
    transaction->steps[transaction->steps_count++] = (struct db_step){statement, none ? 0 : 2, arguments};
}

static void start(struct request *request, void (*done)(struct db_call *, enum db_status, const PGresult *))
{
    request->asked = loop_now_us();
    request->call.done = done;
    enum db_status status = db_start(&request->service->db, &request->call);
    if (status)
        fail(request, status, NULL);
}

static void take_in(struct request *request)
{
    struct import *import = request->import;
    add_step(request, &begin_change, import->digest, import->comment);
    add_step(request, &begin_import, NULL, NULL);
    add_step(request, &take_lines, import->numbers.data, import->documents.data);
    add_step(request, &take_rest, NULL, NULL);
    add_step(request, &settle, import->skips ? "true" : "false", import->is_trial ? "true" : "false");
    import->transaction.writes = true;
    request->call.transaction = &import->transaction;
    start(request, on_taken);
}

static void on_authorized(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    struct import *import = request->import;
    if (status != DB_OK) {
        fail(request, status, result);
    } else {
        import->refused = json_array();
        take_body(import, &request->body);
        if (json_array_size(import->refused) && !import->skips)
            reply_refused(request);
        else
            take_in(request);
    }
    if (request->state != REQUEST_READY)
        return;
    release(import);
    request_resume(request);
}

/* ---- beginning ---- */

bool import_may_begin(const struct request *request, struct error *error)
{
    if (!secret_bearer(request_field(request, FIELD_AUTHORIZATION)))
        refusal_without_token(error, "Importing takes a bearer token.");
    else if (!negotiate_is_type(request_field(request, FIELD_CONTENT_TYPE), "application/x-ndjson"))
        error_set(error, ERROR_UNSUPPORTED_MEDIA_TYPE, "This takes application/x-ndjson.");
    return !error->code;
}

void import_begin(struct request *request)
{
    struct import *import = request->import = arena_alloc(&request->arena, sizeof(*import));
    const char *trial = params_given(&request->params, "dry_run"),
               *on_error = params_given(&request->params, "on_error");
    char digest[SECRET_DIGEST_SIZE];
    secret_digest(secret_bearer(request_field(request, FIELD_AUTHORIZATION)), digest);
    import->digest = arena_copy(&request->arena, digest, strlen(digest));
    import->comment = params_given(&request->params, "comment");
    import->is_trial = trial && strcmp(trial, "true") == 0;
    import->skips = on_error && strcmp(on_error, "skip") == 0;
    const char **arguments = arena_alloc(&request->arena, sizeof(*arguments));
    arguments[0] = import->digest;
    request->call = (struct db_call){.statement = &authorize, .arguments_count = 1, .arguments = arguments};
    request->state = REQUEST_WAITING;
    start(request, on_authorized);
}

void import_forget(struct request *request)
{
    if (request->import)
        release(request->import);
}
