/* steps: transactions put together of statements with arguments that live in an arena */
#include "steps.h"

#include <assert.h>

static void add(struct db_transaction *transaction, struct db_step step)
{
    assert(transaction->steps_count < DB_STEPS_MAX);
    transaction->steps[transaction->steps_count++] = step;
}

void steps_append(struct db_transaction *transaction, struct arena *arena, const struct db_statement *statement,
                  size_t count, const char *const *arguments)
{
    add(transaction, (struct db_step){statement, (int)count, arena_keep(arena, arguments, count * sizeof(*arguments))});
}

void steps_add_past(struct db_transaction *transaction, struct arena *arena, const struct db_call *query)
{
    struct db_statement *nameless = arena_alloc(arena, sizeof(*nameless));
    nameless->sql = query->statement->sql;
    nameless->label = query->statement->label;
    add(transaction, (struct db_step){nameless, query->arguments_count, query->arguments});
}
