/* process: what the system says of this process, as Prometheus' clients of all languages name it
 */
#ifndef CLAIMD_PROCESS_H
#define CLAIMD_PROCESS_H

#include "buffer.h"

/* Appends it in the text format; what the system does not tell is left out. From any thread. */
void process_write(struct buffer *text);

#endif
