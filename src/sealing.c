/* sealing: requests with a cursor that came before the key of cursors */
#include "sealing.h"

#include <libpq-fe.h>
#include <stddef.h>

#include "cursor.h"
#include "memory.h"
#include "reading.h"

static void on_key(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    if (!reading_done(request, &status))
        return;
    request_heard(request);
    if (status == DB_OK && PQntuples(result) == 1)
        service_greeted(&request->service->db, PQgetvalue(result, 0, 0));
    request->state = REQUEST_ACCEPTED;
    if (cursor_ready())
        request->granted(request);
    else
        request_fail_status(request, status == DB_OK ? DB_UNREADY : status);
    if (request->state == REQUEST_READY)
        request_resume(request);
}

bool sealing_await(struct request *request, void (*go_on)(struct request *request))
{
    static const struct db_statement key = {.sql = service_greeting, .label = "the key of cursors"};
    if (cursor_ready())
        return false;
    request->granted = go_on;
    request->state = REQUEST_WAITING;
    request->call = (struct db_call){.statement = &key, .done = on_key};
    enum db_status status = reading_start(request, false);
    if (status)
        request_fail_status(request, status);
    return true;
}
