/* stream: the body of a response that comes in parts, each asked for when the one before is taken */
#include "stream.h"

#include <string.h>

ssize_t stream_read(struct stream *stream, char *space, size_t size)
{
    size_t rest = stream->part.size - stream->taken;
    stream->progress(stream);
    if (stream->broken)
        return STREAM_BROKEN;
    if (!rest && stream->complete)
        return STREAM_END;
    if (!rest) {
        stream->part.size = stream->taken = 0;
        stream->ask(stream);
        return stream->broken ? STREAM_BROKEN : 0;
    }
    size_t given = rest < size ? rest : size;
    memcpy(space, stream->part.data + stream->taken, given);
    stream->taken += given;
    stream->given += given;
    return (ssize_t)given;
}

void stream_release(struct stream *stream)
{
    buffer_release(&stream->part);
}
