/* buffer: bytes that grow, and JSON text written into them */
#include "buffer.h"

#include <stdbool.h>
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

/* Whether a byte among eight is a control character, a quote or a backslash: what is zero, or below a limit, borrows
 * from its highest bit. */
static bool has_special(uint64_t bytes)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    uint64_t quote = bytes ^ ones * '"', backslash = bytes ^ ones * '\\', control = (bytes - ones * 0x20) & ~bytes;
    return (control | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & highs;
}

static bool is_special(unsigned char byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\';
}

enum { WORD = sizeof(uint64_t) };

/* Copies eight bytes, unless one of them does not stand for itself. */
static bool copy_word(char *to, const char *text)
{
    uint64_t bytes;
    memcpy(&bytes, text, WORD);
    if (has_special(bytes))
        return false;
    memcpy(to, &bytes, WORD);
    return true;
}

/* Copies the bytes that stand for themselves, of which there is room for all; returns how many. Most texts have nothing
 * to escape: eight go at a time, and the last few together with some before them. */
static size_t copy_plain(char *to, const char *text, size_t size)
{
    size_t plain = 0;
    while (size - plain >= WORD && copy_word(to + plain, text + plain))
        plain += WORD;
    if (plain && size - plain < WORD && copy_word(to + size - WORD, text + size - WORD))
        return size;
    for (; plain < size && !is_special((unsigned char)text[plain]); plain++)
        to[plain] = text[plain];
    return plain;
}

void buffer_json(struct buffer *buffer, const char *text, size_t size)
{
    buffer_reserve(buffer, size + 2);
    buffer->data[buffer->size++] = '"';
    for (size_t done = 0; done < size; done++) {
        buffer_reserve(buffer, size - done + 1);
        size_t plain = copy_plain(buffer->data + buffer->size, text + done, size - done);
        buffer->size += plain;
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
