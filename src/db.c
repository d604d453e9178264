/* db: PostgreSQL for one thread, asynchronously: calls that wait, and the connections that take them */
#include "db.h"

#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "log.h"
#include "memory.h"
#include "sqlstate.h"

/* A database that was asked and says nothing at all for so long does not answer just now. Longer than a pulse, so that
 * one slow statement is not taken for that. */
enum { SILENCE_MS = 1500 };

/* To see whether all statements can be prepared keeps the server busy: what is asked at the start is answered first. */
enum { FIRST_ANSWERS_MS = 15 };

/* What one connection is sent before it has answered: more would wait there, where no deadline takes it back. */
enum { WINDOW = 256 };

struct db_link {
    struct link link;
    struct db *db;
    enum db_role role;
};

static struct db_link *mine(const struct link *link)
{
    return container_of(link, struct db_link, link);
}

/* Those that read come first, and behind them one of each other role. */
static enum db_role role_at(const struct db_settings *settings, unsigned i)
{
    return i < settings->connections ? DB_ROLE_READ : DB_ROLE_LISTEN + (enum db_role)(i - settings->connections);
}

static struct link *link_of(const struct db *db, enum db_role role)
{
    return &db->links[db->settings.connections + (unsigned)(role - DB_ROLE_LISTEN)].link;
}

static struct link *listener_of(const struct db *db)
{
    return link_of(db, DB_ROLE_LISTEN);
}

static bool writes(enum db_role role)
{
    return role == DB_ROLE_WRITE || role == DB_ROLE_IMPORT;
}

static enum db_lane lane_of(enum db_role writer)
{
    return writer == DB_ROLE_IMPORT ? DB_LANE_PATIENT : DB_LANE_WRITE;
}

static bool any_is_ready(const struct db *db)
{
    return db->ready[DB_ROLE_READ] > 0;
}

/* ---- a silent database ---- */

static bool owes(const struct db *db)
{
    for (unsigned i = 0; i < db->links_count; i++)
        if (db->links[i].role != DB_ROLE_IMPORT && db->links[i].link.pipeline.first)
            return true;
    return false;
}

static void on_asked(struct link *link)
{
    struct db *db = mine(link)->db;
    if (!db->owing_since && owes(db))
        db->owing_since = loop_now();
}

static void on_heard(struct link *link)
{
    struct db *db = mine(link)->db;
    db->owing_since = owes(db) ? loop_now() : 0;
    if (mine(link)->role == DB_ROLE_LISTEN)
        listening_take(&db->listening);
}

/* Milliseconds until it has been silent for too long, if it stays so; 0: it has been. */
static uint64_t until_silent(const struct db *db)
{
    uint64_t silent = db->owing_since ? loop_now() - db->owing_since : 0;
    return silent < SILENCE_MS ? SILENCE_MS - silent : 0;
}

/* ---- deadlines ---- */

static void wait_impatiently(struct db_call *call)
{
    uint64_t now = loop_now(), rest = call->due > now ? call->due - now : 0, silent = until_silent(call->db);
    loop_timer_start(call->db->loop, &call->deadline, rest < silent ? rest : silent);
}

/* Of a write that was sent nothing is known but that it was. What waited for a database that says nothing to anybody
 * was not too slow. */
static enum db_status status_when_late(const struct db_call *call)
{
    if (call_writes(call) && call->place)
        return DB_UNKNOWN;
    return db_standing(call->db) ? DB_UNAVAILABLE : DB_TIMEOUT;
}

static void on_deadline(struct loop_timer *timer)
{
    struct db_call *call = container_of(timer, struct db_call, deadline);
    if (call->impatient && until_silent(call->db) && loop_now() < call->due)
        wait_impatiently(call);
    else
        call_end(call, status_when_late(call), NULL);
}

static unsigned patience(const struct db *db, const struct db_call *call)
{
    bool has_own = call->transaction && call->transaction->patience_ms;
    if (call->within_ms)
        return call->within_ms;
    return has_own ? call->transaction->patience_ms : db->settings.deadline_ms;
}

static void await_deadline(struct db_call *call, unsigned milliseconds)
{
    call->deadline = (struct loop_timer){.fire = on_deadline};
    call->due = call->impatient ? loop_now() + milliseconds : 0;
    if (call->impatient)
        wait_impatiently(call);
    else
        loop_timer_start(call->db->loop, &call->deadline, milliseconds);
}

/* ---- calls ---- */

static enum db_status admit(const struct db *db, const struct db_call *call)
{
    if (db->calls.under_way >= db->settings.queue)
        return DB_OVERLOADED;
    if (db->schema == SCHEMA_UNFIT)
        return DB_UNREADY;
    if (db->outage && !any_is_ready(db))
        return db->outage;
    return call->impatient && !until_silent(db) ? DB_UNAVAILABLE : DB_OK;
}

enum db_status db_standing(const struct db *db)
{
    if (db->schema == SCHEMA_UNFIT)
        return DB_UNREADY;
    if (!any_is_ready(db))
        return db->outage ? db->outage : DB_UNAVAILABLE;
    return until_silent(db) ? DB_OK : DB_UNAVAILABLE;
}

enum db_status db_start(struct db *db, struct db_call *call)
{
    enum db_status refused = admit(db, call);
    if (refused) {
        db->calls.ended[refused]++;
        return refused;
    }
    calls_add(&db->calls, db, call);
    await_deadline(call, patience(db, call));
    return DB_OK;
}

void db_cancel(struct db_call *call)
{
    if (call->db)
        call_cancel(call);
}

unsigned db_waiting(const struct db *db)
{
    unsigned waiting = 0;
    for (enum db_lane lane = DB_LANE_READ; lane < DB_LANES; lane++)
        waiting += db->calls.waiting[lane].count;
    return waiting;
}

/* ---- sending ---- */

static struct link *least_busy(struct db *db)
{
    struct link *best = NULL;
    for (unsigned i = 0; i < db->settings.connections; i++) {
        struct link *link = &db->links[i].link;
        unsigned calls = link->pipeline.calls;
        if (link->state == LINK_READY && calls < WINDOW && (!best || calls < best->pipeline.calls))
            best = link;
    }
    return best;
}

static void send_first(struct db *db, enum db_lane lane, struct link *link)
{
    struct db_call *call = calls_take(&db->calls, lane);
    db->counts.sent++;
    if (pipeline_send(&link->pipeline, call))
        return;
    if (!call->place) /* not even queued: let the next connection have it */
        call_wait(call);
    link_break(link);
}

/* One transaction after another: what is sent cannot be taken back, and one that waits behind another would be done
 * when nobody waits for it any more. */
static void send_writing(struct db *db, enum db_role role)
{
    enum db_lane lane = lane_of(role);
    struct link *writer = link_of(db, role);
    struct db_call *first = db->calls.waiting[lane].first;
    if (first && link_rests(writer))
        link_connect(writer);
    if (!first || writer->state != LINK_READY || writer->pipeline.calls)
        return;
    /* The database ends what waits too long for others itself, and then it is known that nothing was done. */
    loop_timer_start(db->loop, &first->deadline, UINT64_C(2) * patience(db, first));
    send_first(db, lane, writer);
}

static void send_waiting(struct db *db)
{
    for (struct link *link; db->calls.waiting[DB_LANE_READ].first && (link = least_busy(db));)
        send_first(db, DB_LANE_READ, link);
    send_writing(db, DB_ROLE_WRITE);
    send_writing(db, DB_ROLE_IMPORT);
}

void db_flush(struct db *db)
{
    send_waiting(db);
    for (unsigned i = 0; i < db->links_count; i++) {
        struct link *link = &db->links[i].link;
        if (!link->pipeline.unsent)
            continue;
        db->counts.batches += link->pipeline.loaded;
        link_flush(link);
    }
}

/* ---- connections that come ---- */

static const char *on_greeted(void *asker, uint64_t asked, const PGresult *result)
{
    struct db *db = asker;
    (void)asked;
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return "";
    if (PQntuples(result) != 1)
        return db->settings.ungreeted;
    db->settings.greeted(db, PQgetvalue(result, 0, 0));
    return NULL;
}

static bool greet(struct pipeline *pipeline, struct db *db)
{
    return !db->settings.greeting || pipeline_ask(pipeline, db->settings.greeting, on_greeted, db);
}

static bool prepare_all(struct pipeline *pipeline, const struct db_settings *settings)
{
    for (size_t i = 0; !pipeline->terms.lent && i < settings->prepare_count; i++)
        if (!pipeline_prepare(pipeline, settings->prepare[i]))
            return false;
    return true;
}

static bool on_begun(struct link *link)
{
    struct pipeline *pipeline = &link->pipeline;
    struct db *db = mine(link)->db;
    enum db_role role = mine(link)->role;
    return pipeline_begin_session(pipeline) && (role != DB_ROLE_READ || greet(pipeline, db)) &&
           (role != DB_ROLE_LISTEN || prepare_all(pipeline, &db->settings));
}

/* All statements could be prepared. */
static void schema_fits(struct db *db)
{
    db->schema = SCHEMA_FITS;
    log_event(LOG_INFO, "database-ready", LOG_NUMBER("server_version", PQserverVersion(listener_of(db)->connection)));
    listening_begin(&db->listening);
}

static void on_ready(struct link *link)
{
    struct db *db = mine(link)->db;
    enum db_role role = mine(link)->role;
    db->ready[role]++;
    db->counts.connects++;
    if (role == DB_ROLE_LISTEN)
        schema_fits(db);
    else if (role == DB_ROLE_READ)
        db->outage = DB_OK;
}

/* ---- connections that go ---- */

/* While none that reads is ready, the first of those has told of it for all; otherwise each is told of once. */
static bool is_known(const struct link *link, enum db_status outage)
{
    const struct db *db = mine(link)->db;
    enum db_role role = mine(link)->role;
    if (outage == DB_UNREADY && role == DB_ROLE_LISTEN)
        return db->schema == SCHEMA_UNFIT;
    if (link->state == LINK_READY)
        return false;
    return any_is_ready(db) ? link->told == outage : role != DB_ROLE_READ || db->outage == outage;
}

/* Only what the schema lacks says that the database is not migrated; all else may pass. */
static void on_refused(struct link *link, const struct pipeline_refusal *refusal)
{
    const char *message = PQresultErrorField(refusal->result, PG_DIAG_MESSAGE_PRIMARY);
    if (*refusal->why) {
        link_lose(link, DB_UNREADY, "database-unready", refusal->why);
    } else if (link->state == LINK_READY || !sqlstate_is_schema(sqlstate_of(refusal->result))) {
        link_lose(link, DB_UNAVAILABLE, "database-lost", message);
    } else {
        if (!is_known(link, DB_UNREADY))
            pipeline_log_failure(refusal->label, refusal->result);
        link_lose(link, DB_UNREADY, "database-unready", "the schema is not this program's: run claimd migrate up");
    }
}

static void note_outage(const struct db_link *link, enum db_status outage, bool was_ready)
{
    struct db *db = link->db;
    if (outage == DB_UNREADY && link->role == DB_ROLE_LISTEN)
        db->schema = SCHEMA_UNFIT;
    else if (!was_ready && link->role == DB_ROLE_READ && !any_is_ready(db))
        db->outage = outage;
}

/* What was under way waits for the next connection, unless the database has shown that there is none. */
static void on_lost(struct link *link, enum db_status outage, bool was_ready)
{
    const struct db_link *lost = mine(link);
    struct db *db = lost->db;
    *(was_ready ? &db->counts.losses : &db->counts.failed_connects) += 1;
    db->ready[lost->role] -= was_ready;
    if (lost->role == DB_ROLE_LISTEN)
        listening_end(&db->listening);
    note_outage(lost, outage, was_ready);
    pipeline_rescue(&link->pipeline);
    if (!owes(db))
        db->owing_since = 0;
    if (db->outage && !any_is_ready(db))
        calls_end(&db->calls, DB_LANE_READ, db->outage);
    if (!writes(lost->role))
        link_retry(link, was_ready);
    else if (!was_ready)
        calls_end(&db->calls, lane_of(lost->role), outage);
}

static const struct link_owner owner = {
    .begin = on_begun,
    .ready = on_ready,
    .asked = on_asked,
    .heard = on_heard,
    .refused = on_refused,
    .is_known = is_known,
    .lost = on_lost,
};

/* ---- life ---- */

static struct pipeline_terms terms_of(const struct db_settings *settings, enum db_role role)
{
    return (struct pipeline_terms){
        .lent = settings->pooled && !(role == DB_ROLE_LISTEN && settings->listen_url),
        .writes = writes(role),
        .patient = role == DB_ROLE_IMPORT,
        .traced = settings->traced,
        .placed = settings->placed,
        .place = settings->place,
        .next_place = settings->next_place,
        .deadline_ms = settings->deadline_ms,
        .resends = settings->connections,
    };
}

static void link_add(struct db *db, unsigned i)
{
    const struct db_settings *settings = &db->settings;
    enum db_role role = role_at(settings, i);
    bool elsewhere = role == DB_ROLE_LISTEN && settings->listen_url;
    db->links[i] = (struct db_link){.link = {.url = elsewhere ? settings->listen_url : settings->url,
                                             .wanted = settings->wanted,
                                             .host = settings->spread ? settings->first + i : 0,
                                             .pipeline = {.terms = terms_of(settings, role)}},
                                    .db = db,
                                    .role = role};
    link_init(&db->links[i].link, db->loop, &owner);
}

static void on_news(struct listening *listening, enum db_news news, const char *text)
{
    struct db *db = container_of(listening, struct db, listening);
    db->settings.heard(db, news, text);
}

void db_init(struct db *db, struct loop *loop, const struct db_settings *settings)
{
    *db = (struct db){.loop = loop, .settings = *settings, .calls = {.slow_ms = settings->slow_ms}};
    db->links_count = settings->connections + DB_ROLES - 1;
    db->links = memory_alloc(db->links_count * sizeof(*db->links));
    for (unsigned i = 0; i < db->links_count; i++)
        link_add(db, i);
    db->listening = (struct listening){.link = listener_of(db),
                                       .channel = settings->channel,
                                       .state = settings->state,
                                       .placed = settings->placed,
                                       .place = &db->place,
                                       .heard = on_news};
    for (unsigned i = 0; i < settings->connections; i++)
        link_connect(&db->links[i].link);
    link_connect_in(listener_of(db), FIRST_ANSWERS_MS);
    listening_init(&db->listening);
}

/* A connection that is not open yet is told when it is. */
void db_adjust(struct db *db, unsigned deadline_ms, unsigned queue, unsigned slow_ms)
{
    bool same = db->settings.deadline_ms == deadline_ms;
    db->settings.deadline_ms = deadline_ms;
    db->settings.queue = queue;
    db->calls.slow_ms = slow_ms;
    for (unsigned i = 0; i < db->links_count && !same; i++) {
        struct link *link = &db->links[i].link;
        link->pipeline.terms.deadline_ms = deadline_ms;
        if (link_is_open(link) && pipeline_sync(&link->pipeline) && pipeline_set_up(&link->pipeline))
            pipeline_sync(&link->pipeline);
    }
}

/* Whoever is told that a call has ended may start another: by then none is taken. */
void db_release(struct db *db)
{
    listening_release(&db->listening);
    db->outage = DB_UNAVAILABLE;
    memset(db->ready, 0, sizeof(db->ready));
    for (unsigned i = 0; i < db->links_count; i++)
        link_close(&db->links[i].link);
    listening_end(&db->listening);
    for (unsigned i = 0; i < db->links_count; i++)
        pipeline_rescue(&db->links[i].link.pipeline);
    for (enum db_lane lane = DB_LANE_READ; lane < DB_LANES; lane++)
        calls_end(&db->calls, lane, DB_UNAVAILABLE);
    free(db->links);
    db->links = NULL;
    db->settings.connections = db->links_count = 0;
}
