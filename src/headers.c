/* headers: the header fields of a response that is being put together */
#include "headers.h"

#include <stdlib.h>

static void put(struct headers *headers, struct header header)
{
    if (headers->count == HEADERS_MAX)
        abort();
    headers->list[headers->count++] = header;
}

void headers_put(struct headers *headers, const char *name, const char *value)
{
    put(headers, (struct header){name, value, false});
}

void headers_put_whole(struct headers *headers, const char *name, const char *value)
{
    put(headers, (struct header){name, value, true});
}
