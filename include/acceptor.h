/* acceptor: takes the clients of one thread from the sockets that it listens on
 *
 * Where threads listen on one socket a client wakes one of them (EPOLLEXCLUSIVE). While a thread can take no more, its
 * clients wait in the system's queue.
 */
#ifndef CLAIMD_ACCEPTOR_H
#define CLAIMD_ACCEPTOR_H

#include <stdbool.h>
#include <sys/socket.h>

#include "loop.h"

enum { ACCEPTOR_SOCKETS_MAX = 16 };

struct acceptor {
    struct loop *loop;
    struct acceptor_socket {
        struct loop_watch watch;
        struct acceptor *acceptor;
    } sockets[ACCEPTOR_SOCKETS_MAX];
    unsigned count;
    bool resting;

    /* A client has connected: the socket, non-blocking, is the callee's from now on. */
    void (*accepted)(struct acceptor *acceptor, int fd, const struct sockaddr *name, socklen_t size);
};

void acceptor_init(struct acceptor *acceptor, struct loop *loop,
                   void (*accepted)(struct acceptor *acceptor, int fd, const struct sockaddr *name, socklen_t size));

/* Takes a listening socket, and begins to accept on it. */
bool acceptor_add(struct acceptor *acceptor, int fd);

/* Takes nobody until acceptor_go_on(), which may be called at any time; where the system lacks memory, it rests still
 * afterwards. It rests by itself when the process has no descriptors left. */
void acceptor_rest(struct acceptor *acceptor);
void acceptor_go_on(struct acceptor *acceptor);

/* Takes those who wait already, and then nobody any more; closes the sockets. */
void acceptor_end(struct acceptor *acceptor);

#endif
