/* claimreview: reviews of claims, as fact checkers publish them in JSON-LD, as lines of line.h
 *
 * Of a ClaimReview of schema.org come its source and publisher, the source in which the claim appeared and whom it is
 * attributed to, and two claims that share a proposition: that of the appearance, and that of the review, which
 * disputes it, asserts it, or reports it, by where its rating lies. What has no place in the data is told: figures, for
 * which a quantity has to be chosen, words of ratings, members that are not known. Ids begin with cr-, and are the same
 * each time; an import leaves what there was already as it has become since. Pure.
 */
#ifndef CLAIMD_CLAIMREVIEW_H
#define CLAIMD_CLAIMREVIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "contract.h"

struct claimreview {
    json_t *lines;    /* {KIND: DOCUMENT} each, and behind those that it refers to; no two by one id */
    json_t *left_out; /* {"review", "pointer", "detail"} each, of the n-th review, from 1; the pointer is in it */
    size_t count;     /* of the reviews */
};

/* Takes the reviews out of a document, wherever they stand in it: alone, in arrays, in a @graph, in a DataFeed. False
 * with what is wrong in `fault` if it is no document, or has none. To be released either way. */
bool claimreview_read(const char *text, size_t size, struct claimreview *ret, char fault[static CONTRACT_FAULT_SIZE]);

void claimreview_release(struct claimreview *reviews);

#endif
