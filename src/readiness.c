/* readiness: whether the process can answer requests, as its threads see it */
#include "readiness.h"

#include <stdatomic.h>
#include <string.h>

#include "assets.h"
#include "config.h"
#include "memory.h"
#include "reading.h"
#include "refusal.h"

enum { AGAIN_MS = 500 };

/* How a thread stands, the worst last. */
enum kind {
    NO_THREAD,
    READY,
    CHECKING,
    UNMIGRATED, /* with the place of a migration */
    REFUSED,    /* with a db_status */
    STOPPING,
    KINDS = 8
};

/* A thread's entry changes as a whole: the kind, and what goes with it. */
static _Atomic unsigned table[THREADS_MAX];

static unsigned entry(enum kind kind, size_t with)
{
    return kind + KINDS * (unsigned)with;
}

static enum kind kind_of(unsigned entry)
{
    return entry % KINDS;
}

/* ---- migrations ---- */

static bool has_row(const PGresult *result, const char *version, size_t size)
{
    for (int row = 0; row < PQntuples(result); row++)
        if ((size_t)PQgetlength(result, row, 0) == size && memcmp(PQgetvalue(result, row, 0), version, size) == 0)
            return true;
    return false;
}

static unsigned compare(const PGresult *result)
{
    for (size_t i = 0; asset_migrations[i].name; i++)
        if (!has_row(result, asset_migrations[i].name, strcspn(asset_migrations[i].name, "_")))
            return entry(UNMIGRATED, i);
    return entry(READY, 0);
}

/* That the question fails is no failure of whoever asks whether all is well. */
static enum db_status refusal_of(enum db_status status)
{
    return status == DB_UNAVAILABLE || status == DB_OVERLOADED ? status : DB_UNREADY;
}

/* A question that was not answered changes nothing that is known. */
static void on_versions(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct readiness *readiness = container_of(call, struct readiness, call);
    readiness->asking = false;
    readiness->known |= status == DB_OK;
    if (status == DB_OK)
        readiness->seen = compare(result);
    else if (!readiness->known)
        readiness->seen = entry(REFUSED, refusal_of(status));
    readiness->not_until_ms = kind_of(readiness->seen) == READY && status == DB_OK ? 0 : loop_now() + AGAIN_MS;
}

static uint64_t losses(const struct service *service)
{
    return service->db.counts.losses + service->standby.db.counts.losses;
}

static bool must_ask(const struct readiness *readiness)
{
    if (readiness->asking || readiness->service->draining || !reading_has_schema(readiness->service))
        return false;
    if (readiness->not_until_ms)
        return loop_now() >= readiness->not_until_ms;
    return !readiness->known || readiness->losses != losses(readiness->service);
}

static void ask(struct readiness *readiness)
{
    static const struct db_statement versions = {.sql = "SELECT version FROM schema_migrations"};
    readiness->losses = losses(readiness->service);
    readiness->call = (struct db_call){.statement = &versions, .done = on_versions};
    enum db_status status = reading_start_call(readiness->service, &readiness->call);
    readiness->asking = status == DB_OK;
    if (status)
        on_versions(&readiness->call, status, NULL);
}

/* ---- one thread ---- */

/* Of the primary, or of the standbys where it is away; tokens are the primary's. */
static enum db_status standing(const struct service *service)
{
    enum db_status status = db_standing(&service->db);
    bool standby_does = service->standby.present && !service->closed;
    return status == DB_UNAVAILABLE && standby_does ? db_standing(&service->standby.db) : status;
}

static unsigned look(const struct readiness *readiness)
{
    const struct service *service = readiness->service;
    enum db_status status = standing(service);
    if (service->draining)
        return entry(STOPPING, 0);
    if (status)
        return entry(REFUSED, status);
    return reading_has_schema(service) ? readiness->seen : entry(CHECKING, 0);
}

void readiness_init(struct readiness *readiness, struct service *service, unsigned thread)
{
    *readiness = (struct readiness){.service = service, .thread = thread, .seen = entry(CHECKING, 0)};
    table[thread] = entry(CHECKING, 0);
}

void readiness_look(struct readiness *readiness)
{
    if (must_ask(readiness))
        ask(readiness);
    unsigned now = look(readiness);
    readiness->service->ready = kind_of(now) == READY;
    atomic_store_explicit(&table[readiness->thread], now, memory_order_relaxed);
}

/* ---- all of them ---- */

static unsigned worst(void)
{
    unsigned found = entry(NO_THREAD, 0);
    for (size_t i = 0; i < THREADS_MAX; i++) {
        unsigned each = atomic_load_explicit(&table[i], memory_order_relaxed);
        if (kind_of(each) > kind_of(found))
            found = each;
    }
    return found;
}

bool readiness_of_all(struct error *error)
{
    unsigned found = worst(), with = found / KINDS;
    switch (kind_of(found)) {
    case READY:
        return true;
    case UNMIGRATED:
        error_set(error, ERROR_NOT_READY, "Migration %s is not applied.", asset_migrations[with].name);
        return false;
    case REFUSED:
        refusal_of_status(with, error);
        return false;
    case STOPPING:
        error_set(error, ERROR_NOT_READY, "The service stops.");
        return false;
    default:
        error_set(error, ERROR_NOT_READY, "The schema is being checked.");
        return false;
    }
}
