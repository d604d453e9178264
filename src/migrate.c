/* migrate: brings the database's schema up to date */
#include "migrate.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assets.h"
#include "log.h"
#include "memory.h"
#include "session.h"

#define LOCK_MS "1000"
enum { TRIES = 120, PAUSE_S = 1 };

static void free_at(char **text)
{
    free(*text);
}

static bool run(PGconn *connection, const char *sql)
{
    _cleanup_(session_clear_at) PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* The migration's part between `-- migrate:up` and `-- migrate:down`. The caller frees it. */
static char *up_part(const struct asset *migration)
{
    static const char up[] = "-- migrate:up", down[] = "-- migrate:down";
    const char *begin = strstr(migration->text, up);
    begin = begin ? begin + strlen(up) : migration->text;
    const char *end = strstr(begin, down);
    return memory_format("%.*s", (int)(end ? (size_t)(end - begin) : strlen(begin)), begin);
}

static int version_size(const struct asset *migration)
{
    return (int)strcspn(migration->name, "_");
}

static bool is_applied(PGconn *connection, const struct asset *migration)
{
    char version[64];
    snprintf(version, sizeof(version), "%.*s", version_size(migration), migration->name);
    _cleanup_(session_clear_at) PGresult *result =
        PQexecParams(connection, "SELECT FROM schema_migrations WHERE version = $1", 1, NULL,
                     (const char *const[]){version}, NULL, NULL, 0);
    return PQntuples(result) > 0;
}

/* Whether others stood in the way: a lock was not to be had in time, or each waited for the other. */
static bool is_contended(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state && (strcmp(state, "55P03") == 0 || strcmp(state, "40P01") == 0);
}

/* Whoever comes behind one that waits for a lock waits as well: it is soon given up, all that was done taken back, and
 * tried again when others had their turn.
 */
static bool apply_in_turn(PGconn *connection, const char *sql, const char *name)
{
    for (int left = TRIES;; left--) {
        _cleanup_(session_clear_at) PGresult *result = PQexec(connection, sql);
        if (PQresultStatus(result) == PGRES_COMMAND_OK)
            return true;
        run(connection, "ROLLBACK");
        if (!is_contended(result) || left == 1) {
            session_complain(name, PQresultErrorMessage(result));
            return false;
        }
        log_event(LOG_WARNING, "migration-waits", LOG_TEXT("migration", name));
        sleep(PAUSE_S);
    }
}

static bool apply(PGconn *connection, const struct asset *migration)
{
    _cleanup_(free_at) char *up = up_part(migration);
    _cleanup_(free_at) char *sql = memory_format("BEGIN;SET LOCAL lock_timeout = " LOCK_MS
                                                 ";%s;INSERT INTO schema_migrations (version) VALUES ('%.*s');COMMIT",
                                                 up, version_size(migration), migration->name);
    if (!apply_in_turn(connection, sql, migration->name))
        return false;
    log_event(LOG_INFO, "migrated", LOG_TEXT("migration", migration->name));
    return true;
}

static int let_serve(PGconn *connection, const char *service)
{
    _cleanup_(session_clear_at) PGresult *result =
        session_ask(connection, "SELECT grant_service($1)", 1, (const char *const[]){service});
    return !result;
}

int migrate_up(const char *url, const char *service)
{
    static const char prepare[] = "SELECT pg_advisory_lock(hashtext('claimd migrate'));"
                                  "CREATE TABLE IF NOT EXISTS schema_migrations (version varchar(128) PRIMARY KEY)";
    _cleanup_(session_finish_at) PGconn *connection = session_open(url, "claimd migrate");
    if (!connection)
        return 1;
    if (!run(connection, prepare))
        return session_complain("cannot prepare the migrations", PQerrorMessage(connection));
    for (const struct asset *migration = asset_migrations; migration->name; migration++)
        if (!is_applied(connection, migration) && !apply(connection, migration))
            return 1;
    return service ? let_serve(connection, service) : 0;
}

int migrate_status(const char *url)
{
    _cleanup_(session_finish_at) PGconn *connection = session_open(url, "claimd migrate");
    if (!connection)
        return 1;
    for (const struct asset *migration = asset_migrations; migration->name; migration++)
        printf("%-8s %s\n", is_applied(connection, migration) ? "applied" : "pending", migration->name);
    return 0;
}
