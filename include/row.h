/* row: rows of a query result as JSON text
 *
 * By type: numeric becomes a decimal string, integers numbers, bool true or false, json stays as it is, timestamptz (in
 * UTC) RFC 3339, all else a string.
 */
#ifndef CLAIMD_ROW_H
#define CLAIMD_ROW_H

#include <libpq-fe.h>

#include "buffer.h"
#include "columns.h"

/* Appends the first `count` rows as objects with `separator` between. */
void row_objects(struct buffer *json, const PGresult *result, const struct columns *columns, int count, char separator);

/* Appends one row as an object. */
void row_object(struct buffer *json, const PGresult *result, const struct columns *columns, int row);

#endif
