/* listener: the sockets that the threads accept on */
#include "listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024, ADDRESS_MAX = 300 };

static int listener_socket(const struct sockaddr *name, socklen_t size, bool shared)
{
    int fd = socket(name->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){shared}, sizeof(int));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (bind(fd, name, size) == 0 && (!shared || listen(fd, BACKLOG) == 0))
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

/* With SO_REUSEPORT two servers of one user would share a port without a word, so first try without. */
static bool listener_probe(struct sockaddr *name, socklen_t *size)
{
    int fd = listener_socket(name, *size, false);
    if (fd < 0)
        return false;
    getsockname(fd, name, size);
    close(fd);
    return true;
}

static bool complain(const char *host, const char *port, const char *reason)
{
    fprintf(stderr, "claimd: cannot listen on %s:%s: %s.\n", host, port, reason);
    return false;
}

static bool resolve(const char *host, const char *port, struct sockaddr_storage *ret_name, socklen_t *ret_size)
{
    struct addrinfo wanted = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found;
    int fault = getaddrinfo(host, port, &wanted, &found);
    if (fault)
        return complain(host, port, gai_strerror(fault));
    memcpy(ret_name, found->ai_addr, found->ai_addrlen);
    *ret_size = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static void describe(const struct sockaddr *name, socklen_t size, char address[static ADDRESS_MAX])
{
    char host[256] = "", port[16] = "";
    getnameinfo(name, size, host, sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(address, ADDRESS_MAX, name->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

bool listener_open(const char *host, const char *port, unsigned count, int sockets[], char address[static 300])
{
    struct sockaddr_storage storage;
    struct sockaddr *name = (struct sockaddr *)&storage;
    socklen_t size;
    if (!resolve(host, port, &storage, &size))
        return false;
    if (!listener_probe(name, &size))
        return complain(host, port, strerror(errno));
    for (unsigned i = 0; i < count; i++) {
        sockets[i] = listener_socket(name, size, true);
        if (sockets[i] >= 0)
            continue;
        complain(host, port, strerror(errno));
        while (i--)
            close(sockets[i]);
        return false;
    }
    describe(name, size, address);
    return true;
}
