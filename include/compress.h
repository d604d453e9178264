/* compress: content codings, by zlib and Brotli's own library
 */
#ifndef CLAIMD_COMPRESS_H
#define CLAIMD_COMPRESS_H

#include <stddef.h>

/* The bytes in gzip (RFC 1952) or Brotli (RFC 7932) format, the caller's to free(). NULL where that is not smaller. */
char *compress_gzip(const char *bytes, size_t size, size_t *ret_size);
char *compress_brotli(const char *bytes, size_t size, size_t *ret_size);

#endif
