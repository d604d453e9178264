/* fields: the header fields of a request that the service reads
 */
#ifndef CLAIMD_FIELDS_H
#define CLAIMD_FIELDS_H

#include <microhttpd.h>

#include "arena.h"

enum field {
    FIELD_ACCEPT,
    FIELD_ACCEPT_ENCODING,
    FIELD_AUTHORIZATION,
    FIELD_CONTENT_ENCODING,
    FIELD_CONTENT_TYPE,
    FIELD_DATA_VERSION,
    FIELD_FORWARDED,
    FIELD_IDEMPOTENCY_KEY,
    FIELD_IF_MATCH,
    FIELD_IF_MODIFIED_SINCE,
    FIELD_IF_NONE_MATCH,
    FIELD_LAST_EVENT_ID,
    FIELD_ORIGIN,
    FIELD_PREFER,
    FIELD_TRACEPARENT,
    FIELD_X_FORWARDED_FOR,
    FIELD_X_REQUEST_ID,
    FIELDS
};

/* The values, several of one name joined to one list (RFC 9110, section 5.3); NULL where a field is absent. They live
 * as long as the request and the arena. */
struct fields {
    const char *values[FIELDS];
};

void fields_read(struct fields *fields, struct arena *arena, struct MHD_Connection *connection);

#endif
