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

enum { CONNECT_TRIES = 60, CONNECT_PAUSE_US = 500000 };

static void finish_at(PGconn **connection)
{
    PQfinish(*connection);
}

static void clear_at(PGresult **result)
{
    PQclear(*result);
}

static void free_at(char **text)
{
    free(*text);
}

static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context, (void)notice;
}

static int complain(const char *what, const char *message)
{
    fprintf(stderr, "claimd: %s: %.*s\n", what, (int)strcspn(message, "\n"), message);
    return 1;
}

/* NULL after a complaint. */
static PGconn *connect_patiently(const char *url)
{
    static const char *const names[] = {"dbname", "fallback_application_name", NULL};
    for (int left = CONNECT_TRIES;; left--) {
        PGconn *connection = PQconnectdbParams(names, (const char *const[]){url, "claimd migrate", NULL}, 1);
        if (PQstatus(connection) == CONNECTION_OK) {
            PQsetNoticeReceiver(connection, ignore_notice, NULL);
            return connection;
        }
        if (left == 1) {
            complain("cannot reach the database", PQerrorMessage(connection));
            PQfinish(connection);
            return NULL;
        }
        if (left == CONNECT_TRIES)
            log_event(LOG_WARNING, "database-unreachable", LOG_TEXT("next", "trying for half a minute"));
        PQfinish(connection);
        usleep(CONNECT_PAUSE_US);
    }
}

static bool run(PGconn *connection, const char *sql)
{
    _cleanup_(clear_at) PGresult *result = PQexec(connection, sql);
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
    _cleanup_(clear_at) PGresult *result = PQexecParams(connection, "SELECT FROM schema_migrations WHERE version = $1",
                                                        1, NULL, (const char *const[]){version}, NULL, NULL, 0);
    return PQntuples(result) > 0;
}

static bool apply(PGconn *connection, const struct asset *migration)
{
    _cleanup_(free_at) char *up = up_part(migration);
    _cleanup_(free_at) char *sql =
        memory_format("BEGIN;%s;INSERT INTO schema_migrations (version) VALUES ('%.*s');COMMIT", up,
                      version_size(migration), migration->name);
    if (!run(connection, sql)) {
        complain(migration->name, PQerrorMessage(connection));
        run(connection, "ROLLBACK");
        return false;
    }
    log_event(LOG_INFO, "migrated", LOG_TEXT("migration", migration->name));
    return true;
}

int migrate_up(const char *url)
{
    static const char prepare[] = "SELECT pg_advisory_lock(hashtext('claimd migrate'));"
                                  "CREATE TABLE IF NOT EXISTS schema_migrations (version varchar(128) PRIMARY KEY)";
    _cleanup_(finish_at) PGconn *connection = connect_patiently(url);
    if (!connection)
        return 1;
    if (!run(connection, prepare))
        return complain("cannot prepare the migrations", PQerrorMessage(connection));
    for (const struct asset *migration = asset_migrations; migration->name; migration++)
        if (!is_applied(connection, migration) && !apply(connection, migration))
            return 1;
    return 0;
}

int migrate_status(const char *url)
{
    _cleanup_(finish_at) PGconn *connection = connect_patiently(url);
    if (!connection)
        return 1;
    for (const struct asset *migration = asset_migrations; migration->name; migration++)
        printf("%-8s %s\n", is_applied(connection, migration) ? "applied" : "pending", migration->name);
    return 0;
}
