/* capture: what a piece of code writes to stderr */
#ifndef CLAIMD_TEST_CAPTURE_H
#define CLAIMD_TEST_CAPTURE_H

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct capture {
    int file, saved;
};

/* Assert nothing before capture_end(): a failure would be written to the file too. */
static inline struct capture capture_begin(void)
{
    struct capture capture = {memfd_create("stderr", MFD_CLOEXEC), dup(STDERR_FILENO)};
    fcntl(capture.file, F_SETFL, O_APPEND); /* threads that write at once must not write to one place */
    dup2(capture.file, STDERR_FILENO);
    return capture;
}

/* The caller frees the text. */
static inline char *capture_end(struct capture capture)
{
    dup2(capture.saved, STDERR_FILENO);
    size_t size = (size_t)lseek(capture.file, 0, SEEK_END);
    char *text = calloc(1, size + 1);
    ssize_t got = pread(capture.file, text, size, 0);
    text[got < 0 ? 0 : got] = 0;
    close(capture.file);
    close(capture.saved);
    return text;
}

#endif
