/* bulk: the commands that import and export all data, in the lines of line.h
 *
 * Blocking. Each returns 0, or 1 after a sentence on stderr.
 */
#ifndef CLAIMD_BULK_H
#define CLAIMD_BULK_H

#include <stdbool.h>

/* Writes all data, as they are at one moment, to standard output. */
int bulk_export(const char *url);

/* Takes a file's lines in (NULL or "-": standard input), all of them or none in one transaction; with `skip`, those in
 * which nothing is wrong. Says on stderr what is wrong with each that is refused, and how many there were. */
int bulk_import(const char *url, const char *path, bool skip);

#endif
