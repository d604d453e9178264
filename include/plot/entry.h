/* entry: the figures of a comparison, made ready to be drawn
 *
 * Reads the document that GET /v1/comparisons/{id} and GET /v1/compare answer, and lives as long as it. What the
 * document lacks is empty or not a number: nothing here fails.
 */
#ifndef CLAIMD_PLOT_ENTRY_H
#define CLAIMD_PLOT_ENTRY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum stance { STANCE_ASSERTS, STANCE_REPORTS, STANCE_DISPUTES };
enum bound { BOUND_EXACT, BOUND_APPROX, BOUND_GT, BOUND_GTE, BOUND_LT, BOUND_LTE, BOUND_RANGE };

struct entry {
    const json_t *document; /* borrowed: a ComparedFigure */
    const json_t *reasons;  /* borrowed: why it does not compare with the baseline; NULL if it does */
    enum stance stance;
    enum bound bound;
    bool hedged, baseline;
    bool drawn;              /* it has an amount: a number in the comparison's unit */
    double value, low, high; /* in that unit; NAN is no value, an open end */
    unsigned origin;         /* 1, 2 … for what is of one origin with another figure; 0 for what is not */
};

struct entries {
    struct entry *list; /* owned; in the document's order */
    size_t count;
};

struct entries entries_read(const json_t *comparison);
void entries_release(struct entries *entries);

/* Members of a JSON object, "" where they are missing, null or of another type. */
const char *entry_text(const json_t *object, const char *key);
const char *entry_nested(const json_t *object, const char *key, const char *member);

#endif
