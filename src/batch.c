/* batch: lines that go to the database together, as the arrays that import_lines() takes */
#include "batch.h"

#include <stdio.h>

/* An element of an array literal, in quotes. */
static void put_element(struct buffer *array, const char *text, size_t size)
{
    buffer_putc(array, '"');
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"' || text[i] == '\\')
            buffer_putc(array, '\\');
        buffer_putc(array, text[i]);
    }
    buffer_putc(array, '"');
}

void batch_add(struct batch *batch, size_t number, const char *text, size_t size)
{
    const char *before = batch->count++ ? "," : "{";
    char digits[24];
    snprintf(digits, sizeof(digits), "%zu", number);
    buffer_puts(&batch->numbers, before);
    buffer_puts(&batch->numbers, digits);
    buffer_puts(&batch->lines, before);
    put_element(&batch->lines, text, size);
}

void batch_close(struct batch *batch)
{
    const char *end = batch->count ? "}" : "{}";
    buffer_append(&batch->numbers, end, strlen(end) + 1);
    buffer_append(&batch->lines, end, strlen(end) + 1);
}

void batch_clear(struct batch *batch)
{
    batch->numbers.size = batch->lines.size = 0;
    batch->count = 0;
}

void batch_release(struct batch *batch)
{
    buffer_release(&batch->numbers);
    buffer_release(&batch->lines);
}
