/* health: asks the server on this machine how it is */
#include "health.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* A server that listens everywhere is asked on loopback. */
static const char *reachable(const char *host)
{
    if (strcmp(host, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(host, "::") == 0 ? "::1" : host;
}

static int connect_to(const char *host, const char *port)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM}, *found;
    struct timeval patience = {.tv_sec = 2};
    if (getaddrinfo(reachable(host), port, &wanted, &found) != 0)
        return -1;
    int fd = socket(found->ai_family, found->ai_socktype, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

static int status_of(int fd, const char *path)
{
    char text[64] = "";
    int size = snprintf(text, sizeof(text), "GET %s HTTP/1.0\r\n\r\n", path);
    if (send(fd, text, (size_t)size, MSG_NOSIGNAL) != size)
        return 0;
    ssize_t received = recv(fd, text, sizeof(text) - 1, MSG_WAITALL);
    text[received > 0 ? received : 0] = 0;
    const char *status = strncmp(text, "HTTP/1.", 7) == 0 ? strchr(text, ' ') : NULL;
    return status ? (int)strtol(status, NULL, 10) : 0;
}

int health_check(const char *host, const char *port, bool ready)
{
    int fd = connect_to(host, port);
    int status = fd < 0 ? 0 : status_of(fd, ready ? "/readyz" : "/healthz");
    if (fd >= 0)
        close(fd);
    if (status == 200)
        return 0;
    if (status)
        fprintf(stderr, "claimd: the server answers %d.\n", status);
    else
        fprintf(stderr, "claimd: no server answers on %s:%s.\n", host, port);
    return 1;
}
