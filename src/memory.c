/* memory: allocation that does not fail */
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void memory_exhausted(void)
{
    fputs("claimd: out of memory\n", stderr);
    abort();
}

void *memory_made(void *made)
{
    if (!made)
        memory_exhausted();
    return made;
}

void *memory_alloc(size_t size)
{
    return memory_made(calloc(1, size ? size : 1));
}

void *memory_take(size_t size)
{
    return memory_made(malloc(size ? size : 1));
}

void *memory_resize(void *old, size_t size)
{
    return memory_made(realloc(old, size ? size : 1));
}

char *memory_text(const char *text)
{
    return memory_made(strdup(text));
}

char *memory_format(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    return memory_made(text);
}
