/* exchange: one HTTP request and its reply over a socket pair, through libmicrohttpd and nothing else of the service */
#ifndef CLAIMD_TEST_EXCHANGE_H
#define CLAIMD_TEST_EXCHANGE_H

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EXCHANGE_POOL = 40 * 1024, EXCHANGE_TURNS = 40000, EXCHANGE_REPLY_MAX = 64 * 1024 };

struct exchange {
    /* Gives the response, and sets the status if it is not 200. */
    struct MHD_Response *(*answer)(struct MHD_Connection *connection, const struct exchange *exchange,
                                   unsigned *status);

    /* Has the response, which was queued and is not sent yet; the request has to ask that the connection be closed.
     * NULL: the response is the exchange's, to be changed and destroyed. */
    void (*queued)(struct MHD_Response *response);

    const char *method, *target; /* in libmicrohttpd's read buffer */
    size_t target_size;
    const char *version;
};

static inline void *exchange_target(void *context, const char *target, struct MHD_Connection *connection)
{
    struct exchange *exchange = context;
    (void)connection;
    exchange->target = target;
    exchange->target_size = strlen(target);
    return NULL;
}

static inline enum MHD_Result exchange_handle(void *context, struct MHD_Connection *connection, const char *url,
                                              const char *method, const char *version, const char *upload,
                                              size_t *upload_size, void **state)
{
    struct exchange *exchange = context;
    unsigned status = MHD_HTTP_OK;
    (void)url, (void)upload, (void)upload_size, (void)state;
    exchange->method = method;
    exchange->version = version;
    struct MHD_Response *response = exchange->answer(connection, exchange, &status);
    if (!exchange->queued)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    if (exchange->queued)
        exchange->queued(response);
    else
        MHD_destroy_response(response);
    return result;
}

/* Sends the request, `piece` bytes a turn, and reads until the connection is closed. False if it is not. */
static inline bool exchange_turns(struct MHD_Daemon *daemon, int client, const char *request, size_t size, size_t piece,
                                  char *reply)
{
    size_t sent = 0, received = 0;
    for (int turn = 0; turn < EXCHANGE_TURNS; turn++) {
        size_t left = size - sent < piece ? size - sent : piece;
        ssize_t moved = left ? send(client, request + sent, left, MSG_NOSIGNAL) : 0;
        sent += moved > 0 ? (size_t)moved : 0;
        MHD_run(daemon);
        moved = recv(client, reply + received, EXCHANGE_REPLY_MAX - received, 0);
        if (moved == 0)
            return true;
        received += moved > 0 ? (size_t)moved : 0;
    }
    return false;
}

/* The reply's text, which the caller frees; NULL if there was none. */
static inline char *exchange_run(struct exchange *exchange, const char *request, size_t size, size_t piece)
{
    int ends[2];
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, exchange_handle, exchange,
                         MHD_OPTION_URI_LOG_CALLBACK, exchange_target, exchange, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                         (size_t)EXCHANGE_POOL, MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_END);
    if (!daemon || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
        return NULL;
    char *reply = calloc(1, EXCHANGE_REPLY_MAX + 1);
    MHD_add_connection(daemon, ends[1], (const struct sockaddr *)&name, sizeof(name));
    if (!exchange_turns(daemon, ends[0], request, size, piece, reply)) {
        free(reply);
        reply = NULL;
    }
    close(ends[0]);
    MHD_stop_daemon(daemon);
    return reply;
}

#endif
