/* refusal: what a failure of the database is to a client */
#include "refusal.h"

#include <stdlib.h>
#include <string.h>

void refusal_of_status(enum db_status status, struct error *ret)
{
    static const struct {
        enum error_code code;
        const char *detail;
    } refusals[] = {
        [DB_FAILED] = {ERROR_INTERNAL, "The database could not answer; the log says why."},
        [DB_UNABLE] = {ERROR_DATABASE_UNAVAILABLE, "The database cannot do this just now; the log says why."},
        [DB_TIMEOUT] = {ERROR_TIMEOUT, "The database did not answer in time."},
        [DB_OVERLOADED] = {ERROR_OVERLOADED, "Too many requests wait for the database."},
        [DB_UNREADY] = {ERROR_NOT_READY, "The database lacks migrations of this version."},
        [DB_UNAVAILABLE] = {ERROR_DATABASE_UNAVAILABLE, "The database cannot be reached."},
        [DB_UNKNOWN] = {ERROR_OUTCOME_UNKNOWN, "The database was lost while it was to write this."},
    };
    error_init(ret);
    error_set(ret, refusals[status].code, "%s", refusals[status].detail);
}

static const char *field_of(const PGresult *result, int field)
{
    const char *text = PQresultErrorField(result, field);
    return text ? text : "";
}

bool refusal_is(const PGresult *result, const char *state)
{
    return strcmp(field_of(result, PG_DIAG_SQLSTATE), state) == 0;
}

/* RFC 6750, section 3.1 */
static void challenge(const PGresult *result, struct arena *arena, struct error *error)
{
    error->field = "WWW-Authenticate";
    if (error->code == ERROR_UNAUTHORIZED)
        error->value = "Bearer realm=\"claimd\", error=\"invalid_token\"";
    else
        error->value = arena_format(arena, "Bearer realm=\"claimd\", error=\"insufficient_scope\", scope=\"%s\"",
                                    field_of(result, PG_DIAG_COLUMN_NAME));
}

void refusal_without_token(struct error *ret, const char *why)
{
    error_init(ret);
    error_set(ret, ERROR_UNAUTHORIZED, "%s", why);
    ret->field = "WWW-Authenticate";
    ret->value = "Bearer realm=\"claimd\"";
}

void refusal_of_result(const PGresult *result, struct arena *arena, struct error *ret)
{
    static const struct {
        const char *state;
        enum error_code code;
    } refusals[] = {
        {"CL307", ERROR_MERGED},
        {"CL401", ERROR_UNAUTHORIZED},
        {"CL403", ERROR_FORBIDDEN},
        {"CL404", ERROR_NOT_FOUND},
        {"CL409", ERROR_CONFLICT},
        {"CL410", ERROR_GONE},
        {"CL412", ERROR_PRECONDITION_FAILED},
        {"CL422", ERROR_INVALID_DOCUMENT},
        {"CL428", ERROR_PRECONDITION_REQUIRED},
        {"CL503", ERROR_DATABASE_UNAVAILABLE},
        {"CLKEY", ERROR_KEY_REUSED},
    };
    const char *message = field_of(result, PG_DIAG_MESSAGE_PRIMARY);
    error_init(ret);
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
        if (refusal_is(result, refusals[i].state))
            error_set(ret, refusals[i].code, "%s", message);
    if (!ret->code)
        error_fault(ret, ERROR_INVALID_PARAMETER, field_of(result, PG_DIAG_COLUMN_NAME), "%s", message);
    const char *detail = field_of(result, PG_DIAG_MESSAGE_DETAIL);
    if (ret->code == ERROR_INVALID_DOCUMENT)
        ret->problems = arena_copy(arena, detail, strlen(detail));
    if (ret->code == ERROR_MERGED) { /* relative to the path at hand (RFC 3986, section 5.2) */
        ret->field = "Location";
        ret->value = arena_copy(arena, detail, strlen(detail));
    }
    if (ret->code == ERROR_UNAUTHORIZED || ret->code == ERROR_FORBIDDEN)
        challenge(result, arena, ret);
}

void refusal_of_call(enum db_status status, const PGresult *result, struct arena *arena, struct error *ret)
{
    if (status == DB_REFUSED)
        refusal_of_result(result, arena, ret);
    else
        refusal_of_status(status, ret);
}

void refusal_of_problems(const json_t *problems, struct arena *arena, struct error *ret)
{
    char *text = json_dumps(problems, JSON_COMPACT);
    error_init(ret);
    error_set(ret, ERROR_INVALID_DOCUMENT, "The document is not what the contract says of it.");
    ret->problems = arena_copy(arena, text, strlen(text));
    free(text);
}
