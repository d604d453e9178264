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
        remember(request->service->access, call->arguments[0]);
        request->state = REQUEST_ACCEPTED;
        request->granted(request);
    } else if (status == DB_REFUSED) {
        refusal_of_result(result, &request->arena, &error);
        request_fail(request, &error);
    } else {
        refusal_of_status(status, &error);
        request_fail(request, &error);
    }
    if (request->state == REQUEST_READY)
        request_resume(request);
}

static void ask(struct request *request, const char *digest)
{
    static const struct db_statement authorize = {.sql = "SELECT authorize($1, 'read')"};
    const char **arguments = arena_alloc(&request->arena, sizeof(*arguments));
    struct error error;
    arguments[0] = arena_copy(&request->arena, digest, strlen(digest));
    request->call =
        (struct db_call){.statement = &authorize, .arguments_count = 1, .arguments = arguments, .done = on_answer};
    enum db_status status = db_start(&request->service->db, &request->call);
    request->state = REQUEST_WAITING;
    if (!status)
        return;
    refusal_of_status(status, &error);
    request_fail(request, &error);
}

bool access_granted(struct request *request, void (*go_on)(struct request *request))
{
    const char *secret = secret_bearer(request_field(request, FIELD_AUTHORIZATION));
    char digest[SECRET_DIGEST_SIZE];
    struct error error;
    if (!secret) {
        refusal_without_token(&error, "Reading takes a bearer token.");
        request_fail(request, &error);
        return false;
    }
    secret_digest(secret, digest);
    if (is_known(request->service->access, digest))
        return true;
    request->granted = go_on;
    ask(request, digest);
    return false;
}
