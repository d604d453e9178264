/* fuzz: what the targets share: what has to hold, and input that is taken from its front on */
#ifndef CLAIMD_FUZZ_H
#define CLAIMD_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "utf8.h"

/* Looks at one input; ends the process where something does not hold. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                             \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

struct input {
    const uint8_t *next;
    size_t size; /* that is left */
};

/* 0 to most - 1; 0 where nothing is left. */
static inline unsigned input_below(struct input *input, unsigned most)
{
    if (!input->size)
        return 0;
    input->size--;
    return *input->next++ % most;
}

/* The text up to the next such byte, or NUL, which are taken too; or all that is left. With nothing behind its own NUL,
 * so that reading on is seen. */
static inline char *input_text(struct input *input, char end)
{
    size_t size = 0;
    while (size < input->size && input->next[size] && input->next[size] != (uint8_t)end)
        size++;
    char *text = memory_alloc(size + 1);
    if (size)
        memcpy(text, input->next, size);
    size_t taken = size + (size < input->size);
    input->next += taken;
    input->size -= taken;
    return text;
}

/* For _cleanup_. */
static inline void text_release(char **text)
{
    free(*text);
}

static inline void hold_text(const char *text)
{
    HOLDS(text && utf8_valid(text, strlen(text)));
}

#endif
