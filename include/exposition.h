/* exposition: counts in Prometheus' text format (version 0.0.4)
 *
 * A family is what it is called, of which type it is and what it means, then its samples. Names and meanings are the
 * program's own; the values of labels may be any text.
 */
#ifndef CLAIMD_EXPOSITION_H
#define CLAIMD_EXPOSITION_H

#include <stdint.h>

#include "buffer.h"

extern const char exposition_media_type[];

struct label {
    const char *name, *value; /* no name: behind the last one */
};

/* `labels` end with a nameless one; NULL is none. */
#define LABELS(...) ((const struct label[]){__VA_ARGS__, {0}})

/* `type` is counter, gauge or histogram. */
void exposition_family(struct buffer *text, const char *name, const char *type, const char *meaning);

void exposition_count(struct buffer *text, const char *name, const struct label *labels, uint64_t value);

/* Microseconds, told in seconds; UINT64_MAX is more than can be told. */
void exposition_time(struct buffer *text, const char *name, const struct label *labels, uint64_t value_us);

/* How many took no longer than each bound, ascending, and longer than the one before; behind them those that took
 * longer than all. At most EXPOSITION_LABELS_MOST labels. */
enum { EXPOSITION_LABELS_MOST = 4 };
void exposition_histogram(struct buffer *text, const char *name, const struct label *labels, const uint64_t *bounds_us,
                          const uint64_t *counts, unsigned bounds_count, uint64_t sum_us);

#endif
