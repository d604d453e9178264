/* session: a blocking session with the database, for start-up and the command line */
#include "session.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "memory.h"

enum { CONNECT_TRIES = 60, CONNECT_PAUSE_US = 500000 };

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

PGconn *session_open(const char *url, const char *application)
{
    static const char *const names[] = {"dbname", "fallback_application_name", NULL};
    for (int left = CONNECT_TRIES;; left--) {
        PGconn *session = PQconnectdbParams(names, (const char *const[]){url, application, NULL}, 1);
        if (PQstatus(session) == CONNECTION_OK) {
            PQsetNoticeReceiver(session, ignore_notice, NULL);
            return session;
        }
        if (left == 1) {
            session_complain("cannot reach the database", PQerrorMessage(session));
            PQfinish(session);
            return NULL;
        }
        if (left == CONNECT_TRIES)
            log_event(LOG_WARNING, "database-unreachable", LOG_TEXT("next", "trying for half a minute"));
        PQfinish(session);
        usleep(CONNECT_PAUSE_US);
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
