/* client: the connections of one thread, and how long each may take */
#include "client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "loop.h"
#include "memory.h"

/* What the system keeps for a client beyond what is on its way. It would keep megabytes, and a slow reader would seem
 * to stand still until a third of them was taken. */
enum { SEND_AHEAD = 64 * 1024 };

void clients_init(struct clients *clients)
{
    *clients = (struct clients){.count = 0};
    clients->ring.next = clients->ring.previous = &clients->ring;
}

struct client *client_add(struct clients *clients, int fd, const struct sockaddr *address)
{
    struct client *client = memory_alloc(sizeof(*client));
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &(int){SEND_AHEAD}, sizeof(int));
    client->fd = fd;
    client->fresh = true;
    client->peer = peer_of(address);
    client->phase = CLIENT_ASKS;
    client->since = loop_now();
    client->previous = &clients->ring;
    client->next = clients->ring.next;
    client->next->previous = client;
    clients->ring.next = client;
    clients->count++;
    clients->added++;
    return client;
}

void client_remove(struct clients *clients, struct client *client)
{
    client->next->previous = client->previous;
    client->previous->next = client->next;
    clients->count--;
    free(client);
}

static bool is_busy(const struct client *client)
{
    return client->phase == CLIENT_SENDS || client->phase == CLIENT_TAKES;
}

void client_turn(struct client *client, enum client_phase phase, uint64_t now)
{
    client->fresh &= phase != CLIENT_RESTS;
    client->phase = phase;
    if (client->patient)
        client->begun += now - client->since;
    client->patient = false;
    client->since = now;
    if (phase != CLIENT_ASKS)
        return;
    client->begun = now;
    client->goes_on = false;
}

void client_go_on(struct client *client, uint64_t now)
{
    client_turn(client, client->phase, now);
    client->goes_on = true;
}

bool clients_any_fresh(const struct clients *clients)
{
    for (const struct client *client = clients->ring.next; client != &clients->ring; client = client->next)
        if (client->fresh)
            return true;
    return false;
}

void client_wait(struct client *client, uint64_t now)
{
    if (!client->patient)
        client->since = now;
    client->patient = true;
}

/* A reset. The orderly end of a connection would say to a client of HTTP/1.0 that it has the whole answer, and
 * libmicrohttpd shuts down before it closes, so that SO_LINGER would come too late. */
void client_break_off(struct client *client)
{
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    if (connect(client->fd, &nowhere, sizeof(nowhere)) != 0)
        shutdown(client->fd, SHUT_RDWR);
}

void clients_break_off(struct clients *clients)
{
    for (struct client *client = clients->ring.next; client != &clients->ring; client = client->next)
        if (is_busy(client))
            client_break_off(client);
}

static void cut_off(struct client *client)
{
    if (is_busy(client))
        client_break_off(client);
    else
        shutdown(client->fd, SHUT_RDWR);
}

/* It sends no more, though its body is not whole: libmicrohttpd would wait on. It has read what the system has of it by
 * the second time. */
static bool has_left(struct client *client)
{
    char byte;
    bool ended = client->phase == CLIENT_SENDS && !client->patient &&
                 recv(client->fd, &byte, sizeof(byte), MSG_PEEK | MSG_DONTWAIT) == 0;
    bool left = ended && client->ended;
    client->ended = ended;
    return left;
}

static bool is_late(const struct client *client, const struct client_times *most, uint64_t now)
{
    bool counts = is_busy(client) && !client->goes_on;
    return !client->patient &&
           (now - client->since > most->phase[client->phase] || (counts && now - client->begun > most->request));
}

void clients_sweep(struct clients *clients, const struct client_times *most)
{
    uint64_t now = loop_now();
    for (struct client *client = clients->ring.next; client != &clients->ring; client = client->next)
        if (has_left(client) || is_late(client, most, now))
            cut_off(client);
}
