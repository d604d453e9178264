/* stream: the body of a response that comes in parts, each asked for when the one before is taken
 */
#ifndef CLAIMD_STREAM_H
#define CLAIMD_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "buffer.h"

struct stream {
    struct buffer part;
    size_t taken;   /* bytes of the part */
    uint64_t given; /* bytes of all parts */
    bool complete;  /* there is no further part */
    bool broken;    /* there should be one, but it cannot be had */

    /* The client has taken all that was read before. */
    void (*progress)(struct stream *stream);

    /* Asks for the next part, which is put into `part` later, or sets `broken`. */
    void (*ask)(struct stream *stream);
};

/* As a content reader of libmicrohttpd: bytes put into `space`; 0 until the next part is there, or one of these. */
enum { STREAM_END = -1, STREAM_BROKEN = -2 };
ssize_t stream_read(struct stream *stream, char *space, size_t size);

void stream_release(struct stream *stream);

#endif
