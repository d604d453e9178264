/* bulk: the command that imports data, in the lines of line.h
 *
 * Blocking.
 */
#ifndef CLAIMD_BULK_H
#define CLAIMD_BULK_H

#include <stdbool.h>

/* Takes a file in (NULL or "-": standard input), all of it or nothing, in one transaction; with `skip`, the lines in
 * which nothing is wrong. It is lines of line.h (`format` NULL or ndjson), or reviews (claimreview; see claimreview.h).
 * Says on stderr what is wrong with each line that is refused, what of a review there is no place for, and how many
 * there were. Returns 0, or 1 if nothing was taken in. */
int bulk_import(const char *url, const char *path, const char *format, bool skip);

#endif
