/* health: asks the server on this machine how it is */
#include "health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* A server that listens everywhere is asked on loopback. */
static struct address reachable(const struct address *address)
{
    struct address ret = *address;
    if (strcmp(address->host, "0.0.0.0") == 0)
        strcpy(ret.host, "127.0.0.1");
    else if (strcmp(address->host, "::") == 0)
        strcpy(ret.host, "::1");
    return ret;
}

static int connect_to(const struct address *address)
{
    struct address_name name;
    struct timeval patience = {.tv_sec = 2};
    if (address_resolve(address, &name) != NULL)
        return -1;
    int fd = socket(name.storage.ss_family, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (connect(fd, (struct sockaddr *)&name.storage, name.size) != 0) {
        close(fd);
        fd = -1;
    }
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

int health_check(const struct address *address, bool ready)
{
    char text[ADDRESS_TEXT];
    struct address where = reachable(address);
    int fd = connect_to(&where);
    int status = fd < 0 ? 0 : status_of(fd, ready ? "/readyz" : "/healthz");
    if (fd >= 0)
        close(fd);
    if (status == 200)
        return 0;
    address_write(address, text);
    if (status)
        fprintf(stderr, "claimd: the server answers %d.\n", status);
    else
        fprintf(stderr, "claimd: no server answers on %s.\n", text);
    return 1;
}
