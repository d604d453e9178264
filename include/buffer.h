/* buffer: bytes that grow, and JSON text written into them
 *
 * One thread at a time. `data` is not NUL-terminated.
 */
#ifndef CLAIMD_BUFFER_H
#define CLAIMD_BUFFER_H

#include <stddef.h>
#include <string.h>

struct buffer {
    char *data; /* owned; NULL while nothing was reserved */
    size_t size, capacity;
};

#define BUFFER_INIT                                                                                                    \
    {                                                                                                                  \
        NULL, 0, 0                                                                                                     \
    }

void buffer_release(struct buffer *buffer);

/* Room for `more` bytes behind the present ones. */
void buffer_reserve(struct buffer *buffer, size_t more);

/* Here, since a row of an answer takes hundreds of them. */
static inline void buffer_append(struct buffer *buffer, const char *bytes, size_t size)
{
    if (buffer->capacity - buffer->size < size)
        buffer_reserve(buffer, size);
    if (size)
        memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
}

static inline void buffer_putc(struct buffer *buffer, char byte)
{
    if (buffer->capacity == buffer->size)
        buffer_reserve(buffer, 1);
    buffer->data[buffer->size++] = byte;
}

static inline void buffer_puts(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

/* `size` bytes of UTF-8 as a JSON string, quotes included (RFC 8259, section 7). */
void buffer_json(struct buffer *buffer, const char *text, size_t size);

/* The bytes, now the caller's to free(); the buffer is empty again. */
char *buffer_detach(struct buffer *buffer, size_t *ret_size);

#endif
