/* access: who may read, where reading takes a token */
#include "access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"
#include "memory.h"
#include "refusal.h"
#include "request.h"

enum { KNOWN_MS = 1000 };

static const struct db_statement authorize = {.sql = "SELECT authorize($1, 'read')"};

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
    request_heard(request);
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

static enum db_status ask(struct request *request)
{
    request->call = (struct db_call){
        .statement = &authorize, .arguments_count = 1, .arguments = &request->digest, .done = on_answer};
    return request_ask(request);
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
    enum db_status status = ask(request);
    if (status)
        request_fail_status(request, status);
    return false;
}

/* ---- again, of those that may go on for long ---- */

/* One question for all that read by one token. */
struct renewal {
    struct renewal *next;
    struct access *access;
    struct db_call call;
    char digest[SECRET_DIGEST_SIZE];
    const char *argument;
    struct request *waiting; /* by their renewing */
};

static void renewal_free(struct renewal *renewal)
{
    struct renewal **place = &renewal->access->renewals;
    while (*place != renewal)
        place = &(*place)->next;
    *place = renewal->next;
    db_cancel(&renewal->call);
    free(renewal);
}

/* Where the primary cannot say, nothing is read on. */
static void on_renewed(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct renewal *renewal = container_of(call, struct renewal, call);
    (void)result;
    if (status == DB_OK)
        remember(renewal->access, renewal->digest);
    *renewal->digest = 0; /* nobody joins it any more */
    while (renewal->waiting) {
        struct request *request = renewal->waiting;
        renewal->waiting = request->renewing;
        request->renewal = NULL;
        request->renewed(request, status == DB_OK);
    }
    renewal_free(renewal);
}

bool access_lasts(struct request *request)
{
    return !request->service->closed || is_known(request->service->access, request_digest(request));
}

/* NULL if it cannot be asked now. */
static struct renewal *renewal_start(struct service *service, const char *digest)
{
    struct renewal *renewal = memory_alloc(sizeof(*renewal));
    renewal->access = service->access;
    renewal->next = service->access->renewals;
    service->access->renewals = renewal;
    snprintf(renewal->digest, sizeof(renewal->digest), "%s", digest);
    renewal->argument = renewal->digest;
    renewal->call = (struct db_call){
        .statement = &authorize, .arguments_count = 1, .arguments = &renewal->argument, .done = on_renewed};
    if (db_start(&service->db, &renewal->call) == DB_OK)
        return renewal;
    renewal_free(renewal);
    return NULL;
}

bool access_renew(struct request *request, void (*go_on)(struct request *request, bool good))
{
    const char *digest = request_digest(request);
    struct renewal *renewal = request->service->access->renewals;
    while (renewal && strcmp(renewal->digest, digest) != 0)
        renewal = renewal->next;
    if (!renewal)
        renewal = renewal_start(request->service, digest);
    if (!renewal)
        return false;
    request->renewed = go_on;
    request->renewal = renewal;
    request->renewing = renewal->waiting;
    renewal->waiting = request;
    return true;
}

void access_leave(struct request *request)
{
    if (!request->renewal)
        return;
    struct request **place = &request->renewal->waiting;
    while (*place != request)
        place = &(*place)->renewing;
    *place = request->renewing;
    request->renewal = NULL;
}
