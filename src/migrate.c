/* migrate: brings the database's schema up to date */
#include "migrate.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assets.h"
#include "log.h"
#include "memory.h"
#include "session.h"

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

static bool apply(PGconn *connection, const struct asset *migration)
{
    _cleanup_(free_at) char *up = up_part(migration);
    _cleanup_(free_at) char *sql =
        memory_format("BEGIN;%s;INSERT INTO schema_migrations (version) VALUES ('%.*s');COMMIT", up,
                      version_size(migration), migration->name);
    if (!run(connection, sql)) {
        session_complain(migration->name, PQerrorMessage(connection));
        run(connection, "ROLLBACK");
        return false;
    }
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
