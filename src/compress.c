/* compress: content codings, by zlib and Brotli's own library */
#include "compress.h"

#include <brotli/encode.h>
#include <stdint.h>
#include <stdlib.h>
#define ZLIB_CONST /* input is read only */
#include <zlib.h>

#include "memory.h"

/* Answers are made while a client waits: the levels cost about as much time as they save on a fast network. */
enum { GZIP_LEVEL = 4, BROTLI_LEVEL = 4, GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8 };

/* Room for what is smaller than `size` bytes. */
static size_t room_for(size_t size)
{
    return size ? size - 1 : 0;
}

char *compress_gzip(const char *bytes, size_t size, size_t *ret_size)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        memory_exhausted();
    char *packed = memory_alloc(room_for(size));
    stream.next_in = (const Bytef *)bytes;
    stream.avail_in = (uInt)size;
    stream.next_out = (Bytef *)packed;
    stream.avail_out = (uInt)room_for(size);
    int outcome = deflate(&stream, Z_FINISH);
    *ret_size = stream.total_out;
    deflateEnd(&stream);
    if (outcome == Z_STREAM_END)
        return packed;
    free(packed);
    return NULL;
}

char *compress_brotli(const char *bytes, size_t size, size_t *ret_size)
{
    char *packed = memory_alloc(room_for(size));
    *ret_size = room_for(size);
    if (BrotliEncoderCompress(BROTLI_LEVEL, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, size, (const uint8_t *)bytes,
                              ret_size, (uint8_t *)packed))
        return packed;
    free(packed);
    return NULL;
}
