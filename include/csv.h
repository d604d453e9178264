/* csv: rows of a query result as comma-separated values (RFC 4180)
 *
 * Lines end with CR LF. A header line names the columns, nested keys with dots. Null is an empty field, JSON is JSON
 * text. A text that a spreadsheet would take for a formula (that begins with =, +, -, @, tab or CR) gets an apostrophe
 * before it; numbers never do. A byte order mark tells spreadsheets that it is UTF-8.
 */
#ifndef CLAIMD_CSV_H
#define CLAIMD_CSV_H

#include <libpq-fe.h>

#include "buffer.h"
#include "columns.h"

void csv_header(struct buffer *csv, const struct columns *columns);

/* Appends the first `count` rows. */
void csv_rows(struct buffer *csv, const PGresult *result, const struct columns *columns, int count);

#endif
