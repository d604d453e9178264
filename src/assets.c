/* assets: the files that are built into the program */
#include "assets.h"

#include <string.h>

const struct asset *asset_find(const struct asset *list, const char *name)
{
    for (; list->name; list++)
        if (strcmp(list->name, name) == 0)
            return list;
    return NULL;
}
