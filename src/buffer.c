/* buffer: bytes that grow, and JSON text written into them */
#include "buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { FIRST_CAPACITY = 1024 };

void buffer_release(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer)BUFFER_INIT;
}

void buffer_reserve(struct buffer *buffer, size_t more)
{
    if (buffer->capacity - buffer->size >= more)
        return;
    if (more > PTRDIFF_MAX - buffer->size)
        memory_exhausted();
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
    while (capacity - buffer->size < more)
        capacity *= 2;
    buffer->data = memory_resize(buffer->data, capacity);
    buffer->capacity = capacity;
}

static void escape(struct buffer *buffer, unsigned char byte)
{
    static const char named[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char text[8];
    if (byte == '"' || byte == '\\')
        snprintf(text, sizeof(text), "\\%c", byte);
    else if (byte < sizeof(named) && named[byte])
        snprintf(text, sizeof(text), "\\%c", named[byte]);
    else
        snprintf(text, sizeof(text), "\\u%04x", byte);
    buffer_puts(buffer, text);
}

/* How many bytes from here on stand for themselves in JSON. Eight at a time, as most texts have nothing to escape: a
 * byte that is zero, or below a limit, borrows from its highest bit. */
static size_t plain_size(const char *text, size_t size)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    size_t plain = 0;
    for (; size - plain >= sizeof(uint64_t); plain += sizeof(uint64_t)) {
        uint64_t bytes;
        memcpy(&bytes, text + plain, sizeof(bytes));
        uint64_t quote = bytes ^ ones * '"', backslash = bytes ^ ones * '\\';
        uint64_t control = (bytes - ones * 0x20) & ~bytes;
        if ((control | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & highs)
            break;
    }
    while (plain < size && (unsigned char)text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\')
        plain++;
    return plain;
}

void buffer_json(struct buffer *buffer, const char *text, size_t size)
{
    buffer_reserve(buffer, size + 2);
    buffer_putc(buffer, '"');
    for (size_t done = 0; done < size; done++) {
        size_t plain = plain_size(text + done, size - done);
        buffer_append(buffer, text + done, plain);
        done += plain;
        if (done < size)
            escape(buffer, (unsigned char)text[done]);
    }
    buffer_putc(buffer, '"');
}

char *buffer_detach(struct buffer *buffer, size_t *ret_size)
{
    char *data = buffer->data;
    *ret_size = buffer->size;
    *buffer = (struct buffer)BUFFER_INIT;
    return data;
}
