/* reading: which server answers a read, the primary or a standby */
#include "reading.h"

#include "loop.h"
#include "memory.h"
#include "verdict.h"

/* Until it is looked again whether a standby has come so far, or the primary is there. */
enum { PAUSE_MS = 20 };

/* Nothing is heard of the primary, but of a standby. */
static bool primary_is_silent(const struct service *service)
{
    return service->standby.present && !service->known.primary_heard && service->known.standby_heard;
}

static bool standby_is_fit(const struct service *service)
{
    const struct freshness *known = &service->known;
    return service->standby.present && known->standby_heard && freshness_confirms(known, known->reached);
}

/* Milliseconds that are left of the time that a call has. */
static unsigned rest_of(const struct request *request)
{
    uint64_t took = (loop_now_us() - request->asked) / 1000;
    unsigned most = request->service->db.settings.deadline_ms;
    return took < most ? most - (unsigned)took : 0;
}

static bool may_wait(const struct request *request)
{
    const struct service *service = request->service;
    return service->standby.present && !service->draining && !request->has_older && rest_of(request);
}

static bool is_enough(const struct request *request, struct position reached)
{
    return position_covers(reached, position_later(request->least, request->service->known.written));
}

/* ---- asking ---- */

static struct db *db_of(struct service *service, bool standby)
{
    return standby ? &service->standby.db : &service->db;
}

static enum db_status ask(struct request *request, bool standby)
{
    request->call.within_ms = rest_of(request);
    if (!request->call.within_ms)
        return DB_UNAVAILABLE;
    enum db_status status = db_start(db_of(request->service, standby), &request->call);
    if (status)
        return status;
    request->reading.state = standby ? READING_STANDBY : READING_PRIMARY;
    request->reading.asked_standby |= standby;
    return DB_OK;
}

void reading_begin(struct request *request)
{
    request->parts = 0;
    request->parts_of_standbys = request->unconfirmed = false;
    request->position = (struct position){0};
}

enum db_status reading_start(struct request *request, bool newest)
{
    struct service *service = request->service;
    struct db_call *call = &request->call;
    bool standby = primary_is_silent(service) || (!newest && standby_is_fit(service));
    request->asked = loop_now_us();
    request->reading.asked_standby = false;
    call->trace = request_trace(request);
    call->placed = service->standby.present || request->least.timeline;
    call->impatient = service->standby.present || request->has_older; /* there is something else to be had */
    enum db_status status = ask(request, standby);
    return status == DB_UNAVAILABLE && service->standby.present ? ask(request, !standby) : status;
}

enum db_status reading_start_call(struct service *service, struct db_call *call)
{
    bool standby = primary_is_silent(service);
    call->placed = service->standby.present;
    enum db_status status = db_start(db_of(service, standby), call);
    return status == DB_UNAVAILABLE && service->standby.present ? db_start(db_of(service, !standby), call) : status;
}

/* ---- waiting ---- */

static void end(struct request *request, enum db_status status)
{
    request->reading.state = READING_OVER;
    request->call.done(&request->call, status, NULL);
}

static void look_later(struct request *request);

static void on_look(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, reading.look);
    (void)result;
    if (status == DB_OK && is_enough(request, call->position) && ask(request, true) == DB_OK)
        return;
    if (status == DB_FAILED || status == DB_UNABLE)
        end(request, status);
    else if (may_wait(request))
        look_later(request);
    else
        end(request, DB_UNAVAILABLE);
}

/* Where a standby is costs little to ask, and what was asked of it may cost much. */
static void look(struct request *request)
{
    static const struct db_statement nothing = {.sql = "SELECT", .label = "where a standby is"};
    unsigned rest = rest_of(request);
    struct db_call *call = &request->reading.look;
    *call = (struct db_call){
        .statement = &nothing, .placed = true, .impatient = true, .within_ms = rest ? rest : 1, .done = on_look};
    if (db_start(&request->service->standby.db, call) != DB_OK)
        look_later(request);
}

static void on_pause_over(struct loop_timer *timer)
{
    struct request *request = container_of(timer, struct request, reading.pause);
    if (!primary_is_silent(request->service) && ask(request, false) == DB_OK)
        return;
    if (may_wait(request))
        look(request);
    else
        end(request, DB_UNAVAILABLE);
}

static void look_later(struct request *request)
{
    request->reading.state = READING_AWAITING;
    request->reading.pause = (struct loop_timer){.fire = on_pause_over};
    unsigned rest = rest_of(request);
    loop_timer_start(request->service->db.loop, &request->reading.pause, rest < PAUSE_MS ? rest : PAUSE_MS);
}

void reading_leave(struct request *request)
{
    loop_timer_stop(&request->reading.pause);
    db_cancel(&request->reading.look);
}

/* ---- what was said ---- */

/* An answer is as new as the oldest of its parts. */
static void take_part(struct request *request, bool unconfirmed)
{
    struct position reached = request->call.position;
    request->position = request->parts++ ? position_earlier(request->position, reached) : reached;
    request->parts_of_standbys |= request->reading.state == READING_STANDBY;
    request->unconfirmed |= unconfirmed;
    request->reading.state = READING_OVER;
}

static struct said said_of(const struct request *request, enum db_status status)
{
    const struct service *service = request->service;
    struct position reached = request->call.position;
    bool by_standby = request->reading.state == READING_STANDBY;
    bool other = by_standby ? !primary_is_silent(service) : service->standby.present && !request->reading.asked_standby;
    return (struct said){.status = status,
                         .by_standby = by_standby,
                         .enough = is_enough(request, reached),
                         .confirmed = freshness_confirms(&service->known, reached),
                         .other = other,
                         .may_wait = may_wait(request)};
}

static enum verdict judge(struct request *request, enum db_status status)
{
    struct said said = said_of(request, status);
    enum verdict verdict = verdict_of(&said);
    if (verdict != VERDICT_ASK_OTHER || ask(request, !said.by_standby) == DB_OK)
        return verdict;
    said.other = false;
    return verdict_of(&said);
}

bool reading_done(struct request *request, enum db_status *status)
{
    if (request->reading.state == READING_OVER)
        return true;
    enum verdict verdict = judge(request, *status);
    if (verdict == VERDICT_WAIT)
        look_later(request);
    if (verdict == VERDICT_WAIT || verdict == VERDICT_ASK_OTHER)
        return false;
    if (verdict == VERDICT_UNAVAILABLE)
        *status = DB_UNAVAILABLE;
    take_part(request, verdict == VERDICT_UNCONFIRMED);
    return true;
}

/* ---- what is known of an answer ---- */

bool reading_is_current(const struct request *request)
{
    struct position wanted = request->service->known.data.position;
    return !request->parts_of_standbys || (wanted.timeline && position_covers(request->position, wanted));
}

bool reading_has_schema(const struct service *service)
{
    return service->db.schema == SCHEMA_FITS || (service->standby.present && service->standby.db.schema == SCHEMA_FITS);
}
