/* commit: where in the history of the data a write is, once it is done */
#include "commit.h"

#include "steps.h"

void commit_add_place(struct db_transaction *transaction, struct arena *arena)
{
    static const struct db_statement place = {.sql = service_place, .label = "where a write is"};
    steps_add(transaction, arena, &place);
}

void commit_was_before(struct request *request, struct position position)
{
    request->position = position;
    freshness_wrote(&request->service->known, position);
}

void commit_ended(struct request *request, enum db_status status, const struct db_transaction *transaction)
{
    struct position position = {0};
    const PGresult *told = transaction->results[transaction->steps_count - 1];
    bool placed = status == DB_OK && position_read(PQgetvalue(told, 0, 0), &position);
    if (!placed && (status == DB_OK || status == DB_UNKNOWN))
        freshness_may_have_written(&request->service->known);
    if (status == DB_OK)
        commit_was_before(request, position);
}
