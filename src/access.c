/* access: who may read, where reading takes a token */
#include "access.h"

#include <stdio.h>
#include <string.h>

#include "loop.h"
#include "memory.h"
#include "refusal.h"
#include "request.h"

enum { KNOWN_MS = 1000 };

static bool is_known(const struct access *access, const char *digest)
{
    for (unsigned i = 0; i < ACCESS_KNOWN; i++)
        if (access->known[i].until > loop_now() && strcmp(access->known[i].digest, digest) == 0)
            return true;
    return false;
}

static void remember(struct access *access, const char *digest)
{
    snprintf(access->known[access->next].digest, SECRET_DIGEST_SIZE, "%s", digest);
    access->known[access->next].until = loop_now() + KNOWN_MS;
    access->next = (access->next + 1) % ACCESS_KNOWN;
}

static void on_answer(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    struct error error;
    if (status == DB_OK) {
        remember(request->service->access, request->digest);
        request->state = REQUEST_ACCEPTED;
        request->granted(request);
    } else {
        refusal_of_call(status, result, &request->arena, &error);
        request_fail(request, &error);
    }
    if (request->state == REQUEST_READY)
        request_resume(request);
}

static enum db_status ask(struct request *request, void (*done)(struct db_call *, enum db_status, const PGresult *))
{
    static const struct db_statement authorize = {.sql = "SELECT authorize($1, 'read')"};
    request->call =
        (struct db_call){.statement = &authorize, .arguments_count = 1, .arguments = &request->digest, .done = done};
    return db_start(&request->service->db, &request->call);
}

bool access_granted(struct request *request, void (*go_on)(struct request *request))
{
    struct error error;
    if (!secret_bearer(request_field(request, FIELD_AUTHORIZATION))) {
        refusal_without_token(&error, "Reading takes a bearer token.");
        request_fail(request, &error);
        return false;
    }
    if (is_known(request->service->access, request_digest(request)))
        return true;
    request->granted = go_on;
    request->state = REQUEST_WAITING;
    enum db_status status = ask(request, on_answer);
    if (status) {
        refusal_of_status(status, &error);
        request_fail(request, &error);
    }
    return false;
}

/* ---- again, of one that may go on for long ---- */

/* Where the database cannot say, there is nothing to be read from it either. */
static void on_renewed(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    (void)result;
    if (status == DB_OK)
        remember(request->service->access, request->digest);
    request->renewed(request, status != DB_REFUSED);
}

bool access_lasts(struct request *request)
{
    return !request->service->closed || is_known(request->service->access, request_digest(request));
}

bool access_renew(struct request *request, void (*go_on)(struct request *request, bool good))
{
    request->renewed = go_on;
    return ask(request, on_renewed) == DB_OK;
}
