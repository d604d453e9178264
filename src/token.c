/* token: the commands that create, list and revoke tokens */
#include "token.h"

#include <stdio.h>
#include <string.h>

#include "memory.h"
#include "secret.h"
#include "session.h"

int token_create(const char *url, const char *name, const char *scope, const char *expires)
{
    static const char sql[] =
        "INSERT INTO token (name, digest, scope, expires_at) VALUES ($1, $2, $3,"
        " CASE WHEN $4 ~ '^\\d{4}-' THEN $4::timestamptz ELSE now() + $4::interval END) ON CONFLICT (name) DO NOTHING";
    char secret[SECRET_SIZE], digest[SECRET_DIGEST_SIZE];
    if (!secret_make(secret))
        return session_complain("cannot make a token", "the system has no randomness");
    secret_digest(secret, digest);
    _cleanup_(session_finish_at) PGconn *session = session_open(url, "claimd token");
    if (!session)
        return 1;
    _cleanup_(session_clear_at) PGresult *result =
        session_ask(session, sql, 4, (const char *const[]){name, digest, scope, expires});
    if (!result)
        return 1;
    if (strcmp(PQcmdTuples(result), "0") == 0)
        return session_complain(name, "a name is given once, and this one is, or was, that of a token");
    puts(secret);
    return 0;
}

int token_list(const char *url)
{
    static const char sql[] =
        "SELECT rpad('name', 24), 'scope', rpad('created', 20), rpad('expires', 20), 'revoked' UNION ALL "
        "(SELECT rpad(name, greatest(24, length(name))), rpad(scope::text, 5), left(time_text(created_at), 19) || 'Z',"
        " rpad(coalesce(left(time_text(expires_at), 19) || 'Z', '-'), 20), coalesce(left(time_text(revoked_at), 19) || "
        "'Z', '-')"
        " FROM token ORDER BY created_at, name)";
    _cleanup_(session_finish_at) PGconn *session = session_open(url, "claimd token");
    if (!session)
        return 1;
    _cleanup_(session_clear_at) PGresult *result = session_ask(session, sql, 0, NULL);
    for (int row = 0; result && row < PQntuples(result); row++)
        for (int column = 0, last = PQnfields(result) - 1; column <= last; column++)
            printf("%s%s", PQgetvalue(result, row, column), column < last ? "  " : "\n");
    return !result;
}

int token_revoke(const char *url, const char *name)
{
    static const char sql[] = "UPDATE token SET revoked_at = now() WHERE name = $1 AND revoked_at IS NULL";
    _cleanup_(session_finish_at) PGconn *session = session_open(url, "claimd token");
    if (!session)
        return 1;
    _cleanup_(session_clear_at) PGresult *result = session_ask(session, sql, 1, (const char *const[]){name});
    if (result && strcmp(PQcmdTuples(result), "0") == 0)
        return session_complain(name, "there is no such token that could be revoked");
    return !result;
}
