/* child: what must not happen to the test itself, such as dying, happens in a child process */
#ifndef CLAIMD_TEST_CHILD_H
#define CLAIMD_TEST_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture.h"

enum { CHILD_PATIENCE_S = 5 };

/* Sanitizers end the process themselves when an allocation is absurd, unless they are told to leave that to us. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* The status of waitpid() after `act` ran; a child that hangs is ended by SIGALRM. */
static inline int child_run(void (*act)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        alarm(CHILD_PATIENCE_S);
        act();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return status;
}

/* True if `act` ends the process the way memory.h says: abort() behind one sentence. */
static inline bool child_runs_out_of_memory(void (*act)(void))
{
    struct capture capture = capture_begin();
    int status = child_run(act);
    char *text = capture_end(capture);
    bool told = strstr(text, "claimd: out of memory\n") != NULL;
    free(text);
    return told && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
