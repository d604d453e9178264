/* trace: the identity of a request across services */
#include "trace.h"

#include <stddef.h>
#include <string.h>

static const char hex[] = "0123456789abcdef";

/* Whether there are `size` digits, not all of them zero unless that may be. */
static bool has_digits(const char *text, size_t size, bool zero_allowed)
{
    return strspn(text, hex) >= size && (zero_allowed || strspn(text, "0") < size);
}

bool trace_id(const char *traceparent, char id[static TRACE_ID_SIZE])
{
    enum { ID_AT = 3, PARENT_AT = 36, FLAGS_AT = 53, SIZE = 55 };
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
