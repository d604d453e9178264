/* origin: which web pages may read an answer */
#include "origin.h"

#include <stddef.h>
#include <string.h>

const char *origin_allowed(const char *list, const char *origin)
{
    if (strcmp(list, "*") == 0)
        return list;
    for (const char *next = list; origin && *next;) {
        size_t size = strcspn(next, ",");
        if (size && strlen(origin) == size && strncmp(next, origin, size) == 0)
            return origin;
        next += size + (next[size] == ',');
    }
    return NULL;
}
