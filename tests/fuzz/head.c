/* head: a request's head that guard takes, behind libmicrohttpd, can be read in one way only */
#include <ctype.h>
#include <strings.h>

#include "asked.h"
#include "exchange.h"
#include "fields.h"
#include "guard.h"
#include "sealed.h"

enum { TURNS = 12 };

/* Of the request that was judged last. The target is a copy: libmicrohttpd takes it apart in its place. */
static struct error error;
static char *target;
static size_t head_size;
static bool taken;

/* ---- the head, read strictly (RFC 9112, sections 2.2, 3, 5 and 6) ---- */

struct head {
    unsigned hosts, lengths, encodings;
};

static bool is_among(char byte, const char *set)
{
    return byte && strchr(set, byte);
}

static bool is_name(const char *name, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)name[i]) && !is_among(name[i], "!#$%&'*+-.^_`|~"))
            return false;
    return size;
}

static bool is_field(const char *line, const char *end, const char *name)
{
    size_t size = strlen(name);
    return (size_t)(end - line) > size && strncasecmp(line, name, size) == 0 && line[size] == ':';
}

static void hold_length(const char *value, const char *end)
{
    while (value < end && is_among(*value, " \t"))
        value++;
    while (value < end && is_among(end[-1], " \t"))
        end--;
    HOLDS(value < end);
    for (; value < end; value++)
        HOLDS(isdigit((unsigned char)*value));
}

static void hold_field(struct head *head, const char *line, const char *end)
{
    const char *colon = memchr(line, ':', (size_t)(end - line));
    HOLDS(colon && is_name(line, (size_t)(colon - line)));
    for (const char *byte = line; byte < end; byte++)
        HOLDS((unsigned char)*byte >= ' ' ? *byte != 0x7F : *byte == '\t');
    head->hosts += is_field(line, end, "Host");
    head->encodings += is_field(line, end, "Transfer-Encoding");
    if (is_field(line, end, "Content-Length")) {
        head->lengths++;
        hold_length(colon + 1, end);
    }
}

static void hold_request_line(const char *line, const char *end)
{
    unsigned spaces = 0;
    for (const char *byte = line; byte < end; byte++) {
        HOLDS((unsigned char)*byte >= ' ');
        spaces += *byte == ' ';
    }
    HOLDS(spaces == 2);
}

/* Whether libmicrohttpd leaves it at a NUL, so that guard cannot tell it from a CR or LF. */
static bool is_end(const char *byte)
{
    return !*byte || is_among(*byte, "\r\n") || (*byte == ':' && byte[-1] == '\n');
}

static size_t count_ends(const char *byte, const char *end)
{
    size_t count = 0;
    while (byte + count < end && is_end(byte + count))
        count++;
    return count;
}

static void hold_head(const char *first, const char *end)
{
    enum { ONE = 2, LAST = 4 };
    struct head head = {0};
    for (const char *line = first, *stop; line < end; line = stop + count_ends(stop, end)) {
        for (stop = line; stop < end && !is_end(stop);)
            stop++;
        HOLDS(count_ends(stop, end) == (stop + LAST == end ? LAST : ONE));
        if (line == first)
            hold_request_line(line, stop);
        else
            hold_field(&head, line, stop);
    }
    HOLDS(head.hosts <= 1 && head.lengths <= 1 && !(head.lengths && head.encodings));
}

/* ---- libmicrohttpd ---- */

static void *keep_target(void *context, const char *sent, struct MHD_Connection *connection)
{
    free(target);
    target = memory_text(sent);
    return exchange_target(context, sent, connection);
}

/* As the handler has it. */
static void read_on(struct MHD_Connection *connection)
{
    struct arena arena;
    struct fields fields;
    struct params params;
    arena_init(&arena);
    fields_read(&fields, &arena, connection);
    if (target_read(&arena, MHD_HTTP_METHOD_GET, target, &params, &error))
        hold_way_back(&arena, MHD_HTTP_METHOD_GET, &params);
    else
        hold_refusal(&error);
    taken = error.code != ERROR_MALFORMED_REQUEST;
    arena_release(&arena);
}

static struct MHD_Response *judge(struct MHD_Connection *connection, const struct exchange *exchange, unsigned *status)
{
    const struct guard_line line = {exchange->method,  exchange->target, exchange->target_size, 0,
                                    exchange->version, EXCHANGE_POOL};
    guard_check(connection, &line, &error);
    head_size = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
    *status = MHD_HTTP_BAD_REQUEST;
    if (error.code)
        hold_refusal(&error);
    else
        read_on(connection);
    return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
}

static void deliver(struct MHD_Daemon *daemon, const uint8_t *data, size_t size)
{
    int ends[2];
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    HOLDS(send(ends[0], data, size, MSG_NOSIGNAL) == (ssize_t)size);
    MHD_add_connection(daemon, ends[1], (const struct sockaddr *)&name, sizeof(name));
    for (int turn = 0; turn < TURNS; turn++)
        MHD_run(daemon);
    close(ends[0]);
    MHD_run(daemon);
}

/* Behind the empty lines before it, and those that begin with a NUL, which libmicrohttpd takes for such. A line ends
 * with a LF. */
static const char *request_line(const char *head)
{
    while (!*head || strncmp(head, "\r\n", 2) == 0 || *head == '\n') {
        while (*head != '\n')
            head++;
        head++;
    }
    return head;
}

/* The bytes of a head */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct exchange exchange = {.answer = judge};
    error_init(&error);
    sealed_begin();
    taken = false;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, exchange_handle, &exchange, MHD_OPTION_URI_LOG_CALLBACK, keep_target,
        &exchange, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)EXCHANGE_POOL, MHD_OPTION_END);
    HOLDS(daemon);
    if (size)
        deliver(daemon, data, size);
    MHD_stop_daemon(daemon);
    if (taken) {
        const char *head = request_line((const char *)data);
        hold_head(head, head + head_size);
    }
    return 0;
}
