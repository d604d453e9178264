/* trace: the identity of a request across services (W3C Trace Context, section 3.2)
 */
#ifndef CLAIMD_TRACE_H
#define CLAIMD_TRACE_H

#include <stdbool.h>
#include <stdint.h>

enum { TRACE_ID_SIZE = 32 + 1, TRACE_SPAN_SIZE = 16 + 1, TRACE_PARENT_SIZE = 55 + 1 };

/* The trace-id of a traceparent field (NULL: absent); "" and false where it is none. */
bool trace_id(const char *traceparent, char id[static TRACE_ID_SIZE]);

/* The id of the span that a valid traceparent names: the sender's, under which the request is one. */
void trace_span(const char *traceparent, char span[static TRACE_SPAN_SIZE]);

/* The traceparent of what is done for a request that came with `traceparent`, as its span `span`, which is not 0
 * (section 4.3); "" and false where that is none. */
bool trace_continue(const char *traceparent, uint64_t span, char next[static TRACE_PARENT_SIZE]);

#endif
