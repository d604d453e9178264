/* client: the connections of one thread, and how long each may take
 *
 * libmicrohttpd's own timeout would begin anew with every byte, so that a client that trickles stayed for ever, and
 * would end half an answer like a whole one. Here the time is bounded in which a head, and behind it a body, or a block
 * of a long one, must come, and in which an answer, or a block of a long one, must be taken.
 */
#ifndef CLAIMD_CLIENT_H
#define CLAIMD_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

struct client {
    struct client *next, *previous;
    int fd;
    bool fresh;     /* none of its requests has ended yet */
    bool busy;      /* a request was read and has not ended */
    bool patient;   /* it waits for its answer, or for its turn to send more */
    uint64_t since; /* loop_now() when that began to be so */
};

/* All of one thread's clients. */
struct clients {
    struct client ring;
    unsigned count;
    uint64_t added; /* how many there have been */
};

void clients_init(struct clients *clients);

/* A client on the connected socket, which stays the caller's. Owned by `clients` until client_remove(). */
struct client *client_add(struct clients *clients, int fd);
void client_remove(struct clients *clients, struct client *client);

/* A request of the client begins, goes on or ends: its time begins anew, at that loop_now(). */
void client_turn(struct client *client, bool busy, uint64_t now);

/* Whether there is one that has connected and not been answered yet: its request may be on its way. */
bool clients_any_fresh(const struct clients *clients);

/* What the client waits for now is not bounded, until its next turn. */
void client_wait(struct client *client);

/* Ends the connection so that the client can see that its answer is not whole; whoever reads the socket closes it. */
void client_break_off(struct client *client);

/* The same of all that are busy. */
void clients_break_off(struct clients *clients);

/* Shuts down the sockets of those that have been idle for too long, and breaks off those that are busy for too long. */
void clients_sweep(struct clients *clients, uint64_t idle_ms, uint64_t busy_ms);

#endif
