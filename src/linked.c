/* linked: the beginning of a document of linked data (JSON-LD 1.1) */
#include "linked.h"

#include <string.h>

#include "assets.h"

void linked_begin(struct buffer *text)
{
    const struct asset *context = asset_find(asset_files, "context.jsonld");
    buffer_append(text, context->text, (size_t)(strrchr(context->text, '}') - context->text));
    buffer_putc(text, ',');
}
