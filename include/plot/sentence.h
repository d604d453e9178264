/* sentence: what a comparison holds and finds, in plain English
 *
 * Each appends UTF-8 text, not escaped for anything, to the buffer.
 */
#ifndef CLAIMD_PLOT_SENTENCE_H
#define CLAIMD_PLOT_SENTENCE_H

#include "buffer.h"
#include "plot/entry.h"

/* The comparison's title, or one made of what its figures have in common. */
void sentence_title(struct buffer *text, const json_t *comparison, const struct entries *entries);

/* What a figure is about: "GPUs used of DeepSeek R1 · gpu-h800". */
void sentence_topic(struct buffer *text, const struct entry *entry);

/* How a unit is printed: {GPU} without its braces, 1 as the sign of multiplication. */
void sentence_unit(struct buffer *text, const char *unit);

/* An origin's letter: A to Z, AA, AB … */
void sentence_origin(struct buffer *text, unsigned origin);

/* "different subject, scope": the reasons that any of the entries has not to compare with the baseline. */
void sentence_reasons(struct buffer *text, const struct entries *entries);

/* What one entry has where it differs from the baseline: "DeepSeek V3 · scope not printed". */
void sentence_difference(struct buffer *text, const struct entry *entry);

/* All about one figure: who, where, how much, and how it is put. */
void sentence_entry(struct buffer *text, const struct entry *entry);

/* The verdict, the spread, and how many sources and origins there are. */
void sentence_finding(struct buffer *text, const json_t *comparison, const struct entries *entries);

/* Whether a stated multiple follows, and the ratio that comes nearest to it. */
void sentence_multiple(struct buffer *text, const json_t *multiple);

#endif
