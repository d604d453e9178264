/* session: a blocking session with the database, for start-up and the command line */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"
#include "memory.h"

enum { PATIENCE_MS = 30000, PAUSE_US = 500000 };

/* Of one attempt, in seconds, unless the url or the environment says it: libpq waits as long as the kernel does. */
static const char PATIENCE_ONCE[] = "5";

void session_finish_at(PGconn **session)
{
    PQfinish(*session);
}

void session_clear_at(PGresult **result)
{
    PQclear(*result);
}

static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context, (void)notice;
}

int session_complain(const char *what, const char *why)
{
    fprintf(stderr, "claimd: %s: %.*s\n", what, (int)strcspn(why, "\n"), why);
    return 1;
}

static PGconn *attempt(const char *url, const char *application)
{
    static const char *const names[] = {"connect_timeout", "dbname", "fallback_application_name", NULL};
    const char *once = getenv("PGCONNECT_TIMEOUT") ? NULL : PATIENCE_ONCE;
    return PQconnectdbParams(names, (const char *const[]){once, url, application, NULL}, 1);
}

PGconn *session_open(const char *url, const char *application)
{
    uint64_t end = loop_now() + PATIENCE_MS;
    for (bool first = true;; first = false) {
        PGconn *session = attempt(url, application);
        if (PQstatus(session) == CONNECTION_OK) {
            PQsetNoticeReceiver(session, ignore_notice, NULL);
            return session;
        }
        if (loop_now() >= end) {
            session_complain("cannot reach the database", PQerrorMessage(session));
            PQfinish(session);
            return NULL;
        }
        if (first)
            log_event(LOG_WARNING, "database-unreachable", LOG_TEXT("next", "trying for half a minute"));
        PQfinish(session);
        usleep(PAUSE_US);
    }
}

PGresult *session_ask(PGconn *session, const char *sql, int count, const char *const *arguments)
{
    PGresult *result = PQexecParams(session, sql, count, NULL, arguments, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    session_complain("the database refused", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)
                                                 ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)
                                                 : PQerrorMessage(session));
    PQclear(result);
    return NULL;
}

bool session_run(PGconn *session, const char *sql)
{
    _cleanup_(session_clear_at) PGresult *result = session_ask(session, sql, 0, NULL);
    return result != NULL;
}
