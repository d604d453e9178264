/* row: rows of a query result as JSON text; the only place that knows both
 *
 * Column names are the keys. "figure.value" nests, one level deep; the columns of one object stand side by side, and an
 * object whose first column is null is null as a whole. By type: numeric becomes a decimal string, integers numbers,
 * bool true or false, json stays as it is, timestamptz (in UTC) RFC 3339, all else a string.
 */
#ifndef CLAIMD_ROW_H
#define CLAIMD_ROW_H

#include <libpq-fe.h>

#include "buffer.h"

/* Appends the first `count` rows as objects with commas between. */
void row_objects(struct buffer *json, const PGresult *result, int count);

#endif
