/* steps: transactions for db.h, put together of statements with arguments that live in an arena
 */
#ifndef CLAIMD_STEPS_H
#define CLAIMD_STEPS_H

#include "arena.h"
#include "db.h"

/* Adds a statement with these arguments, which are texts or NULL, and must live until the transaction is over; their
 * array is copied. There are DB_STEPS_MAX at most. */
#define steps_add(transaction, arena, statement, ...)                                                                  \
    steps_append(transaction, arena, statement, sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *),          \
                 (const char *[]){__VA_ARGS__})

void steps_append(struct db_transaction *transaction, struct arena *arena, const struct db_statement *statement,
                  size_t count, const char *const *arguments);

/* Adds a query that may have been prepared for the data of this moment, behind a step that turns the transaction to
 * those of the past: it is parsed anew. The array of arguments must live until the transaction is over. */
void steps_add_past(struct db_transaction *transaction, struct arena *arena, const struct db_call *query);

#endif
