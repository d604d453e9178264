/* supervisor: what a service manager and the process that it started tell each other */
#include "supervisor.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "address.h"

enum { FIRST_SOCKET = 3 };

/* A variable that is a number and no other text; 0: it is not there. */
static unsigned long long number_of(const char *name)
{
    const char *text = getenv(name);
    size_t digits = text ? strspn(text, "0123456789") : 0;
    return digits && digits < 19 && !text[digits] ? strtoull(text, NULL, 10) : 0;
}

/* Whether it is meant for this process, where it says for which. */
static bool is_ours(const char *name)
{
    const char *text = getenv(name);
    return !text || number_of(name) == (unsigned long long)getpid();
}

/* ---- sockets ---- */

static bool is_listening(int fd)
{
    int type = 0, listens = 0;
    socklen_t size = sizeof(int);
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM &&
           getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens;
}

static bool take_socket(struct supervisor *supervisor, int fd, char fault[static SUPERVISOR_FAULT])
{
    if (!is_listening(fd)) {
        snprintf(fault, SUPERVISOR_FAULT,
                 "descriptor %d, which was passed to listen on, is no stream socket that listens.", fd);
        return false;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    supervisor->sockets[supervisor->count++] = fd;
    return true;
}

static bool take_sockets(struct supervisor *supervisor, char fault[static SUPERVISOR_FAULT])
{
    unsigned long long count = number_of("LISTEN_PID") == (unsigned long long)getpid() ? number_of("LISTEN_FDS") : 0;
    if (count > SUPERVISOR_SOCKETS_MAX) {
        snprintf(fault, SUPERVISOR_FAULT, "more than %d sockets were passed to listen on.", SUPERVISOR_SOCKETS_MAX);
        return false;
    }
    for (int i = 0; i < (int)count; i++)
        if (!take_socket(supervisor, FIRST_SOCKET + i, fault))
            return false;
    return true;
}

/* ---- datagrams ---- */

/* A manager that does not read for so long goes without. */
static const struct timeval patience = {.tv_sec = 1};

/* The name is that of a unix socket, with a file or without. */
static int connect_to(const char *told)
{
    char text[ADDRESS_TEXT];
    struct address address;
    struct address_name name;
    snprintf(text, sizeof(text), "unix:%s", told ? told : "");
    if (!address_read(text, &address) || !address_is_local(&address) || address_resolve(&address, &name) != NULL)
        return -1;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (fd >= 0 && connect(fd, (struct sockaddr *)&name.storage, name.size) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void say(const struct supervisor *supervisor, const char *text)
{
    if (supervisor->fd >= 0)
        send(supervisor->fd, text, strlen(text), MSG_NOSIGNAL);
}

void supervisor_ready(const struct supervisor *supervisor, const char *status)
{
    char text[400];
    snprintf(text, sizeof(text), "READY=1\nSTATUS=%.350s", status);
    say(supervisor, text);
}

void supervisor_reloading(const struct supervisor *supervisor)
{
    char text[64];
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
             (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
    say(supervisor, text);
}

void supervisor_stopping(const struct supervisor *supervisor)
{
    say(supervisor, "STOPPING=1\nSTATUS=Finishes what is under way.");
}

void supervisor_alive(const struct supervisor *supervisor)
{
    say(supervisor, "WATCHDOG=1");
}

/* ---- life ---- */

bool supervisor_init(struct supervisor *supervisor, char fault[static SUPERVISOR_FAULT])
{
    static const char *const names[] = {"LISTEN_PID",    "LISTEN_FDS",    "LISTEN_FDNAMES",
                                        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"};
    *supervisor = (struct supervisor){.fd = connect_to(getenv("NOTIFY_SOCKET"))};
    if (supervisor->fd >= 0 && is_ours("WATCHDOG_PID"))
        supervisor->watchdog_us = number_of("WATCHDOG_USEC");
    bool good = take_sockets(supervisor, fault);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        unsetenv(names[i]);
    return good;
}

void supervisor_release(struct supervisor *supervisor)
{
    if (supervisor->fd >= 0)
        close(supervisor->fd);
}
