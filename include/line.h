/* line: the lines in which data are exported and imported: {"KIND":DOCUMENT}
 */
#ifndef CLAIMD_LINE_H
#define CLAIMD_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "report.h"

/* Whether the text, which ends with a NUL, is a line to be taken in: not blank, and its document what the contract says
 * of its kind; what is wrong with it otherwise is entered in the report, by the line's number. */
bool line_accept(const char *text, size_t size, size_t number, struct report *report);

#endif
