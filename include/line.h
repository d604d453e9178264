/* line: the lines in which data are exported and imported: {"KIND":DOCUMENT}
 */
#ifndef CLAIMD_LINE_H
#define CLAIMD_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether the text is such a line, and its document what the contract says of its kind; if not, *ret_problems has what
 * is wrong (see contract.h), a new reference. */
bool line_check(const char *text, size_t size, json_t **ret_problems);

#endif
