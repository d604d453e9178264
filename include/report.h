/* report: what became of the lines of an import
 *
 * Of the lines that are refused, the first thousand are told of, however many there are, or fewer if there is very much
 * wrong with them.
 */
#ifndef CLAIMD_REPORT_H
#define CLAIMD_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct report {
    json_int_t created, replaced, unchanged, refused;
    size_t told;      /* how many problems report_refuse() was given */
    json_t *problems; /* {"line", "kind", "id", "errors"} each, in the order of the lines; owned, NULL: none */
};

/* A line that is refused for its form. Takes the problems. */
void report_refuse(struct report *report, size_t line, json_t *problems);

/* What the database says of the others: the text that import_end() gives. */
void report_add(struct report *report, const char *told);

void report_release(struct report *report);

#endif
