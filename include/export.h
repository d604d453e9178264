/* export: the command that writes all data, or all of a collection, as they are at one moment
 *
 * Blocking.
 */
#ifndef CLAIMD_EXPORT_H
#define CLAIMD_EXPORT_H

/* Writes to standard output what GET /v1/COLLECTION answers in that format (csv, ndjson or jsonld, NULL: ndjson),
 * all of it; without a collection (NULL) the lines of line.h, or, as jsonld, all collections in one document. Returns
 * 0, or 1 after a sentence on stderr. */
int export_data(const char *url, const char *collection, const char *format);

#endif
