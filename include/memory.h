/* memory: allocation that does not fail, and cleanup that cannot be forgotten
 *
 * Running out of memory ends the process with one sentence: under overcommit there is no honest recovery, and an
 * orchestrator restarts a process sooner than a half-working one heals. So none of these return NULL.
 */
#ifndef CLAIMD_MEMORY_H
#define CLAIMD_MEMORY_H

#include <stddef.h>

/* The structure whose `member` this points at. */
#define container_of(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/* The caller owns what these return and frees it with free(). */
void *memory_alloc(size_t size);             /* zeroed */
void *memory_take(size_t size);              /* like malloc(): for libraries that would go on without */
void *memory_resize(void *old, size_t size); /* like realloc() */
char *memory_text(const char *text);         /* like strdup() */
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What a library has made, and makes of NULL the end of the process. */
void *memory_made(void *made);

/* Ends the process: for a size that cannot even be computed. */
_Noreturn void memory_exhausted(void);

/* `_cleanup_(json_decref_at) json_t *body` calls json_decref_at(&body) at the end of the scope. */
#define _cleanup_(function) __attribute__((cleanup(function)))

#endif
