/* figures: what was read in a printed phrase, as the JSON document that clients get
 */
#ifndef CLAIMD_FIGURES_H
#define CLAIMD_FIGURES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "figure/figure.h"

/* The document of a text of UTF-8, at most FIGURE_TEXT_MOST bytes: its figures, and beside them the only reading of the
 * only one, null where there are more or none. The caller's to json_decref(). */
json_t *figures_json(const char *text, size_t size, enum figure_language language);

/* Whether a figure, as claims show it, can be what its phrase says in that language: some reading has its value or its
 * ends, its unit and, where the phrase itself limits the value, its bound. If not, *ret_readings is what the phrase
 * says (an array as in the document), a new reference. */
bool figures_agree(const json_t *figure, enum figure_language language, json_t **ret_readings);

#endif
