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

void buffer_append(struct buffer *buffer, const char *bytes, size_t size)
{
    if (!size)
        return;
    buffer_reserve(buffer, size);
    memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
}

void buffer_puts(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_putc(struct buffer *buffer, char byte)
{
    buffer_append(buffer, &byte, 1);
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

void buffer_json(struct buffer *buffer, const char *text, size_t size)
{
    buffer_reserve(buffer, size + 2);
    buffer_putc(buffer, '"');
    size_t plain = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        buffer_append(buffer, text + plain, i - plain);
        escape(buffer, byte);
        plain = i + 1;
    }
    buffer_append(buffer, text + plain, size - plain);
    buffer_putc(buffer, '"');
}

char *buffer_detach(struct buffer *buffer, size_t *ret_size)
{
    char *data = buffer->data;
    *ret_size = buffer->size;
    *buffer = (struct buffer)BUFFER_INIT;
    return data;
}
