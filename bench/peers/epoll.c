/* epoll: a bare loop that answers every request with the same bytes: epoll RESPONSE_FILE PORT */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512, REQUEST_MAX = 8192, RESPONSE_MAX = 1 << 20, BACKLOG = 4096 };

static char response[RESPONSE_MAX];
static size_t response_size;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void read_response(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail(path);
    response_size = fread(response, 1, sizeof(response), file);
    fclose(file);
}

static int listen_on(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, BACKLOG) < 0)
        fail("listen");
    return fd;
}

static void watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        fail("epoll_ctl");
}

/* A client has one request under way at a time, and what is read at once is a whole one. */
static void answer(int fd)
{
    char request[REQUEST_MAX];
    ssize_t size = recv(fd, request, sizeof(request), 0);
    if (size > 0 && send(fd, response, response_size, MSG_NOSIGNAL) == (ssize_t)response_size)
        return;
    if (size < 0 && errno == EAGAIN)
        return;
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: epoll RESPONSE_FILE PORT\n", stderr);
        return 2;
    }
    read_response(argv[1]);
    int epoll = epoll_create1(0), listener = listen_on((uint16_t)strtoul(argv[2], NULL, 10));
    watch(epoll, listener);
    while (true) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++)
            if (events[i].data.fd == listener)
                watch(epoll, accept4(listener, NULL, NULL, SOCK_NONBLOCK));
            else
                answer(events[i].data.fd);
    }
}
