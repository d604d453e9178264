/* verdict: what becomes of what a server has said to a read */
#include "verdict.h"

static bool is_answer(enum db_status status)
{
    return status == DB_OK || status == DB_REFUSED || status == DB_MISFIT;
}

static enum verdict of_standby(const struct said *said)
{
    bool good = is_answer(said->status) && said->enough;
    if ((good && said->confirmed) || said->status == DB_TIMEOUT)
        return VERDICT_END;
    if (said->other)
        return VERDICT_ASK_OTHER;
    if (good)
        return VERDICT_UNCONFIRMED;
    if (!is_answer(said->status) && said->status != DB_UNAVAILABLE)
        return VERDICT_END;
    return said->may_wait ? VERDICT_WAIT : VERDICT_UNAVAILABLE;
}

static enum verdict of_primary(const struct said *said)
{
    if (said->status != DB_UNAVAILABLE)
        return VERDICT_END;
    if (said->other)
        return VERDICT_ASK_OTHER;
    return said->may_wait ? VERDICT_WAIT : VERDICT_UNAVAILABLE;
}

enum verdict verdict_of(const struct said *said)
{
    return said->by_standby ? of_standby(said) : of_primary(said);
}
