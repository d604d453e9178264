/* acceptor: takes the clients of one thread from the sockets that it listens on */
#include "acceptor.h"

#include <errno.h>
#include <unistd.h>

#include "memory.h"

/* In one turn of the loop, so that those who are there already get theirs; and of those who wait when it ends, as the
 * system would turn them away. */
enum { AT_ONCE = 16, AT_THE_END = 1024 };

static bool is_exhausted(int fault)
{
    return fault == EMFILE || fault == ENFILE || fault == ENOBUFS || fault == ENOMEM;
}

static void take(struct acceptor *acceptor, int socket, int most)
{
    for (int i = 0; i < most && !acceptor->resting; i++) {
        struct sockaddr_storage name = {0};
        socklen_t size = sizeof(name);
        int fd = accept4(socket, (struct sockaddr *)&name, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (is_exhausted(errno))
                acceptor_rest(acceptor);
            return;
        }
        acceptor->accepted(acceptor, fd, (struct sockaddr *)&name, size);
    }
}

static void on_clients(struct loop_watch *watch, uint32_t events)
{
    (void)events;
    take(container_of(watch, struct acceptor_socket, watch)->acceptor, watch->fd, AT_ONCE);
}

void acceptor_init(struct acceptor *acceptor, struct loop *loop,
                   void (*accepted)(struct acceptor *acceptor, int fd, const struct sockaddr *name, socklen_t size))
{
    *acceptor = (struct acceptor){.loop = loop, .accepted = accepted};
}

static bool watch(struct acceptor *acceptor, struct acceptor_socket *socket)
{
    return loop_watch(acceptor->loop, &socket->watch, EPOLLIN | EPOLLEXCLUSIVE);
}

bool acceptor_add(struct acceptor *acceptor, int fd)
{
    struct acceptor_socket *socket = &acceptor->sockets[acceptor->count++];
    *socket = (struct acceptor_socket){.watch = {.fd = fd, .ready = on_clients}, .acceptor = acceptor};
    return watch(acceptor, socket);
}

static void unwatch_first(struct acceptor *acceptor, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        loop_unwatch(acceptor->loop, &acceptor->sockets[i].watch);
}

void acceptor_rest(struct acceptor *acceptor)
{
    if (!acceptor->resting)
        unwatch_first(acceptor, acceptor->count);
    acceptor->resting = true;
}

/* All of them or none. */
void acceptor_go_on(struct acceptor *acceptor)
{
    for (unsigned i = 0; i < acceptor->count && acceptor->resting; i++)
        if (!watch(acceptor, &acceptor->sockets[i])) {
            unwatch_first(acceptor, i);
            return;
        }
    acceptor->resting = false;
}

/* Who waits in the system's queue has connected as far as he knows, and would see a reset. */
void acceptor_end(struct acceptor *acceptor)
{
    for (unsigned i = 0; i < acceptor->count; i++)
        take(acceptor, acceptor->sockets[i].watch.fd, AT_THE_END);
    acceptor_rest(acceptor);
    for (unsigned i = 0; i < acceptor->count; i++)
        close(acceptor->sockets[i].watch.fd);
    acceptor->count = 0;
}
