/* linked: the beginning of a document of linked data (JSON-LD 1.1)
 */
#ifndef CLAIMD_LINKED_H
#define CLAIMD_LINKED_H

#include "buffer.h"

/* Appends an object that is open: our context and a comma, so that a member must follow, and then its brace. */
void linked_begin(struct buffer *text);

#endif
