/* supervisor: what a service manager and the process that it started tell each other, by systemd's protocols
 *
 * Sockets that it listens on already come with the environment (sd_listen_fds(3)); how the service is goes as datagrams
 * to a socket that the environment names (sd_notify(3)). Without a manager all of it does nothing.
 */
#ifndef CLAIMD_SUPERVISOR_H
#define CLAIMD_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

enum { SUPERVISOR_SOCKETS_MAX = 16, SUPERVISOR_FAULT = 300 };

struct supervisor {
    int fd;               /* that datagrams go to; -1: nobody listens */
    uint64_t watchdog_us; /* how long it waits for a sign of life; 0: for ever */
    int sockets[SUPERVISOR_SOCKETS_MAX];
    unsigned count;
};

/* Takes from the environment what is meant for this process, so that nobody takes it again. The sockets are the
 * caller's, and non-blocking. False with a sentence in `fault` if they are none that can be listened on. */
bool supervisor_init(struct supervisor *supervisor, char fault[static SUPERVISOR_FAULT]);
void supervisor_release(struct supervisor *supervisor);

/* Each says what is so from now on; `status` is a line for people. */
void supervisor_ready(const struct supervisor *supervisor, const char *status);
void supervisor_reloading(const struct supervisor *supervisor);
void supervisor_stopping(const struct supervisor *supervisor);

/* The process is alive, all of it. */
void supervisor_alive(const struct supervisor *supervisor);

#endif
