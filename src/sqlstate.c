/* sqlstate: what an error of PostgreSQL means, by its code (PostgreSQL's appendix A) */
#include "sqlstate.h"

#include <stddef.h>
#include <string.h>

const char *sqlstate_of(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state ? state : "";
}

static bool is_in(const char *state, const char *class_or_state)
{
    return strncmp(state, class_or_state, strlen(class_or_state)) == 0;
}

static bool is_any(const char *state, const char *const *classes_or_states)
{
    while (*classes_or_states && !is_in(state, *classes_or_states))
        classes_or_states++;
    return *classes_or_states;
}

/* What PostgreSQL says of a text that is no value of the type wanted, or that no index can hold. */
static bool is_misfit(const char *state)
{
    static const char *const states[] = {
        "22P02", /* invalid_text_representation */
        "22003", /* numeric_value_out_of_range */
        "22007", /* invalid_datetime_format */
        "22008", /* datetime_field_overflow */
        "22009", /* invalid_time_zone_displacement_value */
        "22023", /* invalid_parameter_value: a time zone of no known name */
        "54000", /* program_limit_exceeded */
        NULL,
    };
    return is_any(state, states);
}

/* What passes by itself, or when somebody makes room. */
static bool is_want(const char *state)
{
    static const char *const states[] = {
        "25006", /* read_only_sql_transaction: it has become a standby, or its owner lets nothing be written */
        "40",    /* transaction_rollback: a deadlock, for one */
        "53",    /* insufficient_resources: disk, memory, connections */
        "58",    /* system_error */
        NULL,
    };
    return !*state || is_any(state, states);
}

static bool is_late(const char *state)
{
    static const char *const states[] = {
        "57014", /* query_canceled, by statement_timeout */
        "55P03", /* lock_not_available, by lock_timeout */
        NULL,
    };
    return is_any(state, states);
}

enum db_status sqlstate_status(const char *state)
{
    if (is_in(state, "CL"))
        return DB_REFUSED;
    if (is_misfit(state))
        return DB_MISFIT;
    if (is_want(state))
        return DB_UNABLE;
    return is_late(state) ? DB_TIMEOUT : DB_FAILED;
}

/* The server goes down or comes up (57P), or what the session has prepared is out of date: the schema has changed under
 * it (feature_not_supported: "cached plan must not change result type"), or a pooler has forgotten it. One that is to
 * write and cannot (25006) leads to what has become a standby. */
bool sqlstate_is_stale(const char *state, bool writes)
{
    return is_in(state, "57P") || is_in(state, "0A000") || sqlstate_is_unprepared(state) ||
           (writes && is_in(state, "25006"));
}

/* invalid_sql_statement_name */
bool sqlstate_is_unprepared(const char *state)
{
    return is_in(state, "26000");
}

/* syntax_error_or_access_rule_violation */
bool sqlstate_is_schema(const char *state)
{
    return is_in(state, "42");
}

/* connection_exception: PgBouncer's word for whatever happened */
bool sqlstate_is_told_by_server(const char *state)
{
    return *state && !is_in(state, "08");
}
