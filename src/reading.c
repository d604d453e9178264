/* reading: which server answers a read, the primary or a standby */
#include "reading.h"

#include "loop.h"
#include "memory.h"

/* Until it is looked again whether a standby has come so far, or a server is there. */
enum { PAUSE_MS = 20 };

/* Nothing is heard of the primary, but of a standby. */
static bool primary_is_silent(const struct service *service)
{
    return service->standby.present && !service->heard && service->standby.heard;
}

static uint64_t lag_at(const struct standby *standby, struct position reached)
{
    return lag_of(&standby->lag, reached, loop_now());
}

static bool standby_is_fit(const struct service *service)
{
    const struct standby *standby = &service->standby;
    return standby->present && standby->heard && lag_at(standby, standby->db.place.position) <= standby->lag_most;
}

/* ---- asking ---- */

/* The one that is meant, or the other if that cannot be asked. */
static enum db_status start_at(struct service *service, struct db_call *call, bool standby)
{
    struct db *primary = &service->db, *standbys = &service->standby.db;
    enum db_status status = db_start(standby ? standbys : primary, call);
    if (status != DB_UNAVAILABLE || !service->standby.present)
        return status;
    return db_start(standby ? primary : standbys, call);
}

static enum db_status start(struct request *request)
{
    struct service *service = request->service;
    bool standby = primary_is_silent(service) || (!request->newest && standby_is_fit(service));
    enum db_status status = start_at(service, &request->call, standby);
    request->at_standby = request->call.db == &service->standby.db;
    return status;
}

enum db_status reading_start(struct request *request, bool newest)
{
    request->asked = loop_now_us();
    request->call.trace = request_trace(request);
    request->newest = newest;
    request->unconfirmed = false;
    request->call.placed = request->service->standby.present || request->least.timeline;
    request->call.impatient |= request->service->standby.present; /* there is another server to be asked */
    return start(request);
}

enum db_status reading_start_call(struct service *service, struct db_call *call)
{
    call->placed = service->standby.present;
    return start_at(service, call, primary_is_silent(service));
}

/* ---- asking again ---- */

static void on_pause_over(struct loop_timer *timer)
{
    struct request *request = container_of(timer, struct request, pause);
    enum db_status status = start(request);
    if (status)
        request->call.done(&request->call, status, NULL);
}

static void start_later(struct request *request)
{
    request->pause = (struct loop_timer){.fire = on_pause_over};
    loop_timer_start(request->service->db.loop, &request->pause, PAUSE_MS);
}

void reading_leave(struct request *request)
{
    loop_timer_stop(&request->pause);
}

static bool ask_primary(struct request *request)
{
    request->newest = true;
    request->at_standby = false;
    return !primary_is_silent(request->service) && db_start(&request->service->db, &request->call) == DB_OK;
}

static bool has_time(const struct request *request)
{
    uint64_t most = request->service->db.settings.deadline_ms * UINT64_C(1000);
    return !request->service->draining && loop_now_us() - request->asked < most;
}

static bool is_answer(enum db_status status)
{
    return status == DB_OK || status == DB_REFUSED || status == DB_MISFIT;
}

/* Whether a standby has come as far as is wanted. */
static bool is_far_enough(const struct request *request)
{
    struct position wanted = position_later(request->least, request->service->written);
    return position_covers(request->call.position, wanted);
}

/* An answer that is too old is one all the same, if there is none to be had that is not. */
bool reading_done(struct request *request, enum db_status *status)
{
    struct service *service = request->service;
    bool standby = request->at_standby, answered = is_answer(*status);
    request->unconfirmed = false;
    if (!service->standby.present || (!standby && *status != DB_UNAVAILABLE) || *status == DB_TIMEOUT)
        return true;
    bool good = answered && standby && is_far_enough(request);
    bool old = standby && lag_at(&service->standby, request->call.position) > service->standby.lag_most;
    if (good && !old)
        return true;
    if (standby && has_time(request) && ask_primary(request))
        return false;
    request->at_standby = standby;
    request->unconfirmed = old;
    if (good)
        return true;
    if (has_time(request)) {
        start_later(request);
        return false;
    }
    *status = answered ? DB_UNAVAILABLE : *status;
    return true;
}

/* ---- what is known of an answer ---- */

bool reading_is_current(const struct request *request)
{
    struct position wanted = request->service->data.position;
    return !request->at_standby || (wanted.timeline && position_covers(request->call.position, wanted));
}

bool reading_has_schema(const struct service *service)
{
    return service->db.schema == SCHEMA_FITS || (service->standby.present && service->standby.db.schema == SCHEMA_FITS);
}

/* ---- writes ---- */

static void on_marked(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    (void)status, (void)result; /* it was committed, whether or not it can be told where */
    service_wrote(request->service, call->position);
    request->marked(request);
}

void reading_mark(struct request *request, void (*then)(struct request *request))
{
    static const struct db_statement nothing = {.sql = "SELECT", .label = "where a write is"};
    request->marked = then;
    request->at_standby = false;
    request->call = (struct db_call){.statement = &nothing, .placed = true, .done = on_marked};
    if (db_start(&request->service->db, &request->call) != DB_OK)
        on_marked(&request->call, DB_UNAVAILABLE, NULL);
}
