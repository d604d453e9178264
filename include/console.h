/* console: figures of texts that are given on the command line
 */
#ifndef CLAIMD_CONSOLE_H
#define CLAIMD_CONSOLE_H

#include "figure/figure.h"

/* Prints a document for the text, or, if that is "-", a line for each line of standard input. Returns the program's
 * exit status: 0 if a figure was read, 1 if none was, 2 after one sentence on stderr about what is wrong with a text.
 */
int console_figure(const char *text, enum figure_language language);

#endif
