/* client: the connections of one thread, and how long each may take
 *
 * libmicrohttpd's own timeout would begin anew with every byte, so that a client that trickles stayed for ever, and
 * would end half an answer like a whole one. Here the time is bounded in which a client asks again, in which a head and
 * behind it a body, or a block of a long one, must come, in which an answer, or a block of a long one, must be taken,
 * and that of a request in all.
 */
#ifndef CLAIMD_CLIENT_H
#define CLAIMD_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "peer.h"

/* What it does, or is to do. */
enum client_phase {
    CLIENT_RESTS, /* it has had its answer; it may ask again, and has begun to perhaps */
    CLIENT_ASKS,  /* it sends the head of a request: it has just come, or the request line is there */
    CLIENT_SENDS, /* a body */
    CLIENT_TAKES, /* its answer, once that is there */
    CLIENT_PHASES
};

struct client {
    struct client *next, *previous;
    int fd;
    struct peer peer;
    bool counted; /* among those of its address */
    bool fresh;   /* none of its requests has ended yet */
    enum client_phase phase;
    bool patient;   /* it waits for its answer, or for its turn to send more */
    bool ended;     /* it had no more to send when it was looked at last */
    bool goes_on;   /* its body, or its answer, is of blocks */
    uint64_t since; /* loop_now() when the phase, the last block of it, or the wait began */
    uint64_t begun; /* the same of the request, less what it has waited */
};

/* All of one thread's clients. */
struct clients {
    struct client ring;
    unsigned count;
    uint64_t added; /* how many there have been */
};

void clients_init(struct clients *clients);

/* A client on the connected socket, which stays the caller's, at that address. Owned by `clients` until
 * client_remove(). */
struct client *client_add(struct clients *clients, int fd, const struct sockaddr *address);
void client_remove(struct clients *clients, struct client *client);

/* The client's next phase: its time begins anew, at that loop_now(). */
void client_turn(struct client *client, enum client_phase phase, uint64_t now);

/* A block of what it sends or takes is there: the time for the next one begins, and that for the request in all does
 * not count. */
void client_go_on(struct client *client, uint64_t now);

/* Whether there is one that has connected and not been answered yet: its request may be on its way. */
bool clients_any_fresh(const struct clients *clients);

/* What the client waits for from that loop_now() to its next turn is not bounded, and counts for no time of its own. */
void client_wait(struct client *client, uint64_t now);

/* Ends the connection so that the client can see that its answer is not whole; whoever reads the socket closes it. */
void client_break_off(struct client *client);

/* The same of all that are in the middle of a request. */
void clients_break_off(struct clients *clients);

/* How long is too long, in milliseconds. */
struct client_times {
    uint64_t phase[CLIENT_PHASES], request;
};

/* Shuts down the sockets of those that take longer to ask than they may, and breaks off those that are in the middle of
 * a request, also when they have ended their side of the connection in the middle of a body. */
void clients_sweep(struct clients *clients, const struct client_times *most);

#endif
