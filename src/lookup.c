/* lookup: one query for what a request asks for, by the server that has it */
#include "lookup.h"

#include "reading.h"
#include "steps.h"

/* The same query asked of the schema of the past. */
static struct db_transaction *turn_back(struct arena *arena, const char *as_of, const struct db_call *call)
{
    static const struct db_statement turn = {.sql = "SELECT set_config('search_path', 'past, public', true),"
                                                    " set_config('claimd.as_of', change_as_of($1)::text, true)"};
    struct db_transaction *past = arena_alloc(arena, sizeof(*past));
    steps_add(past, arena, &turn, as_of);
    steps_add_past(past, arena, call);
    return past;
}

/* What waits for a change must see it, and of a moment that is passing the primary alone knows all. */
static bool needs_newest(const struct request *request)
{
    return request_is_followed(request) || request->params.wait || request->params.as_of;
}

enum db_status lookup(struct request *request, enum query_aim aim, struct arena *arena,
                      void (*done)(struct db_call *call, enum db_status status, const PGresult *result))
{
    struct db_call *call = &request->call;
    request->aim = aim;
    if (request_is_followed(request))
        request->data = request->service->known.data;
    query_bind(&request->service->queries, arena, &request->params, request->representation, aim, call);
    call->transaction = request->params.as_of ? turn_back(arena, request->params.as_of, call) : NULL;
    call->done = done;
    return reading_start(request, needs_newest(request));
}

bool lookup_is_too_large(const struct request *request, enum db_status status, const PGresult *result)
{
    return status == DB_OK && PQresultMemorySize(result) > request->service->result_most;
}
