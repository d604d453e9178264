/* unpack: content codings taken off again, by the decoders of zlib and of Brotli's own library */
#ifndef CLAIMD_TEST_UNPACK_H
#define CLAIMD_TEST_UNPACK_H

#include <brotli/decode.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { UNPACK_MAX = 4 * 1024 * 1024 };

/* The bytes, which the caller frees; NULL if it is not one whole gzip member and nothing else. */
static inline char *unpack_gzip(const char *packed, size_t size, size_t *ret_size)
{
    enum { GZIP_ALONE = 15 + 16 };
    z_stream stream = {.next_in = (unsigned char *)packed, .avail_in = (unsigned)size};
    char *bytes = malloc(UNPACK_MAX);
    inflateInit2(&stream, GZIP_ALONE);
    stream.next_out = (unsigned char *)bytes;
    stream.avail_out = UNPACK_MAX;
    int outcome = inflate(&stream, Z_FINISH);
    *ret_size = stream.total_out;
    unsigned left = stream.avail_in;
    inflateEnd(&stream);
    if (outcome == Z_STREAM_END && !left)
        return bytes;
    free(bytes);
    return NULL;
}

/* The same of a whole Brotli stream. */
static inline char *unpack_brotli(const char *packed, size_t size, size_t *ret_size)
{
    char *bytes = malloc(UNPACK_MAX);
    *ret_size = UNPACK_MAX;
    if (BrotliDecoderDecompress(size, (const unsigned char *)packed, ret_size, (unsigned char *)bytes) ==
        BROTLI_DECODER_RESULT_SUCCESS)
        return bytes;
    free(bytes);
    return NULL;
}

#endif
