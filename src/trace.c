/* trace: the identity of a request across services */
#include "trace.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char hex[] = "0123456789abcdef";

/* Where the parts of a traceparent begin, and its length. */
enum { ID_AT = 3, PARENT_AT = 36, FLAGS_AT = 53, SIZE = 55 };

/* Whether there are `size` digits, not all of them zero unless that may be. */
static bool has_digits(const char *text, size_t size, bool zero_allowed)
{
    return strspn(text, hex) >= size && (zero_allowed || strspn(text, "0") < size);
}

bool trace_id(const char *traceparent, char id[static TRACE_ID_SIZE])
{
    id[0] = 0;
    if (!traceparent || strlen(traceparent) < SIZE || strncmp(traceparent, "ff", 2) == 0)
        return false;
    bool whole = has_digits(traceparent, 2, true) && traceparent[ID_AT - 1] == '-' &&
                 has_digits(traceparent + ID_AT, TRACE_ID_SIZE - 1, false) && traceparent[PARENT_AT - 1] == '-' &&
                 has_digits(traceparent + PARENT_AT, 16, false) && traceparent[FLAGS_AT - 1] == '-' &&
                 has_digits(traceparent + FLAGS_AT, 2, true);
    /* only a later version may go on */
    if (!whole || (traceparent[SIZE] && (strncmp(traceparent, "00", 2) == 0 || traceparent[SIZE] != '-')))
        return false;
    memcpy(id, traceparent + ID_AT, TRACE_ID_SIZE - 1);
    id[TRACE_ID_SIZE - 1] = 0;
    return true;
}

void trace_span(const char *traceparent, char span[static TRACE_SPAN_SIZE])
{
    memcpy(span, traceparent + PARENT_AT, TRACE_SPAN_SIZE - 1);
    span[TRACE_SPAN_SIZE - 1] = 0;
}

/* Of the flags this version knows one, whether the trace is recorded, and sends no other. */
bool trace_continue(const char *traceparent, uint64_t span, char next[static TRACE_PARENT_SIZE])
{
    char id[TRACE_ID_SIZE];
    next[0] = 0;
    if (!trace_id(traceparent, id))
        return false;
    unsigned flags = (unsigned)(strchr(hex, traceparent[FLAGS_AT + 1]) - hex);
    snprintf(next, TRACE_PARENT_SIZE, "00-%s-%016" PRIx64 "-0%u", id, span, flags & 1);
    return true;
}
