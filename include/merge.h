/* merge: JSON Merge Patch (RFC 7396)
 */
#ifndef CLAIMD_MERGE_H
#define CLAIMD_MERGE_H

#include <jansson.h>

/* The target as the patch leaves it; a new reference. The target is changed, and may be what is returned. */
json_t *merge_patch(json_t *target, json_t *patch);

#endif
