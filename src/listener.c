/* listener: an address, and the sockets that the threads accept on */
#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"

enum { BACKLOG = 1024, SOCKET = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC };

static bool complain(const struct listener *listener, const char *reason)
{
    fprintf(stderr, "claimd: cannot listen on %s: %s.\n", listener->address, reason);
    return false;
}

static int close_failed(int fd)
{
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

/* The sockets of all threads before this one; what went wrong with its own is known still. */
static bool give_up(struct listener *listener, unsigned before)
{
    while (before--)
        close_failed(listener->sockets[before]);
    return false;
}

static const struct sockaddr *sockaddr_of(const struct address_name *name)
{
    return (const struct sockaddr *)&name->storage;
}

/* Copies of the first socket, for the other threads. */
static bool share(struct listener *listener, unsigned count)
{
    for (unsigned i = 1; i < count; i++) {
        listener->sockets[i] = fcntl(*listener->sockets, F_DUPFD_CLOEXEC, 0);
        if (listener->sockets[i] < 0)
            return give_up(listener, i);
    }
    return true;
}

/* ---- ports ---- */

static int port_socket(const struct address_name *name, bool shared)
{
    int fd = socket(name->storage.ss_family, SOCKET, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){shared}, sizeof(int));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (bind(fd, sockaddr_of(name), name->size) == 0 && (!shared || listen(fd, BACKLOG) == 0))
        return fd;
    return close_failed(fd);
}

/* With SO_REUSEPORT two servers of one user would share a port without a word, so first try without. */
static bool probe(struct address_name *name)
{
    int fd = port_socket(name, false);
    if (fd < 0)
        return false;
    getsockname(fd, (struct sockaddr *)&name->storage, &name->size);
    close(fd);
    return true;
}

static bool open_port(struct listener *listener, struct address_name *name, unsigned count)
{
    if (!probe(name))
        return false;
    for (unsigned i = 0; i < count; i++) {
        listener->sockets[i] = port_socket(name, true);
        if (listener->sockets[i] < 0)
            return give_up(listener, i);
    }
    return true;
}

/* ---- unix sockets ---- */

/* A socket of which nobody takes connections any more: whoever listened has ended without a farewell. */
static bool is_stale(const struct address_name *name, const char *file)
{
    struct stat found;
    if (lstat(file, &found) != 0 || !S_ISSOCK(found.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCKET, 0);
    bool stale = fd >= 0 && connect(fd, sockaddr_of(name), name->size) != 0 && errno == ECONNREFUSED;
    close(fd);
    return stale;
}

static bool bind_file(int fd, const struct address_name *name, const char *file)
{
    if (bind(fd, sockaddr_of(name), name->size) == 0)
        return true;
    if (errno != EADDRINUSE || !file)
        return false;
    if (is_stale(name, file))
        return unlink(file) == 0 && bind(fd, sockaddr_of(name), name->size) == 0;
    errno = EADDRINUSE;
    return false;
}

static void remember_file(struct listener *listener, const char *file)
{
    struct stat made;
    if (!file || lstat(file, &made) != 0)
        return;
    snprintf(listener->file, sizeof(listener->file), "%s", file);
    listener->device = made.st_dev;
    listener->inode = made.st_ino;
}

/* The file has its mode from the first moment on. */
static int local_socket(struct listener *listener, const struct address_name *name, const char *file, unsigned mode)
{
    int fd = socket(AF_UNIX, SOCKET, 0);
    mode_t before = umask(0777 & ~mode);
    bool bound = fd >= 0 && bind_file(fd, name, file);
    umask(before);
    if (bound)
        remember_file(listener, file);
    return bound && listen(fd, BACKLOG) == 0 ? fd : close_failed(fd);
}

/* False: somebody has held it for so long that it is no start. */
static bool lock_soon(int fd)
{
    static const struct timespec moment = {.tv_nsec = 10000000};
    for (unsigned left = 100; left; left--) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
            return true;
        nanosleep(&moment, NULL);
    }
    return false;
}

/* Of all that begin at once one finds out whether a file is stale, and listens before the next one looks: until then
 * its own would look so, too. Where the folder cannot be read it is not locked, nor where others hold it for ever. */
static int lock_folder(const char *file)
{
    char folder[sizeof(struct address)];
    snprintf(folder, sizeof(folder), "%.*s/", (int)(strrchr(file, '/') - file), file);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && !lock_soon(fd) ? close_failed(fd) : fd;
}

static bool open_local(struct listener *listener, const struct address_name *name, const char *file, unsigned mode,
                       unsigned count)
{
    int lock = file ? lock_folder(file) : -1, fd = local_socket(listener, name, file, mode);
    if (lock >= 0)
        close_failed(lock);
    if (fd < 0)
        return false;
    *listener->sockets = fd;
    return share(listener, count);
}

void listener_release(struct listener *listener)
{
    struct stat found;
    if (*listener->file && lstat(listener->file, &found) == 0 && found.st_dev == listener->device &&
        found.st_ino == listener->inode)
        unlink(listener->file);
    free(listener->sockets);
    *listener = (struct listener){.file = ""};
}

/* ---- both ---- */

bool listener_open(struct listener *listener, const struct address *address, unsigned mode, unsigned count)
{
    struct address_name name;
    *listener = (struct listener){.file = ""};
    address_write(address, listener->address);
    const char *fault = address_resolve(address, &name);
    if (fault)
        return complain(listener, fault);
    listener->sockets = memory_alloc(count * sizeof(*listener->sockets));
    bool good = address_is_local(address) ? open_local(listener, &name, address_file(address), mode, count)
                                          : open_port(listener, &name, count);
    if (!good) {
        complain(listener, strerror(errno));
        listener_release(listener);
        return false;
    }
    address_of_socket(*listener->sockets, listener->address);
    return true;
}

bool listener_adopt(struct listener *listener, int fd, unsigned count)
{
    *listener = (struct listener){.file = "", .sockets = memory_alloc(count * sizeof(*listener->sockets))};
    address_of_socket(fd, listener->address);
    *listener->sockets = fd;
    if (share(listener, count))
        return true;
    complain(listener, strerror(errno));
    listener_release(listener);
    return false;
}
