/* trace: the identity of a request across services (W3C Trace Context, section 3.2)
 */
#ifndef CLAIMD_TRACE_H
#define CLAIMD_TRACE_H

#include <stdbool.h>

enum { TRACE_ID_SIZE = 32 + 1 };

/* The trace-id of a traceparent field (NULL: absent); "" and false where it is none. */
bool trace_id(const char *traceparent, char id[static TRACE_ID_SIZE]);

#endif
