/* admin: what operators and their tools ask of the process, on an address of its own: /metrics, /healthz, /readyz */
#include "admin.h"

#include <jansson.h>
#include <libpq-fe.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "exposition.h"
#include "memory.h"
#include "process.h"
#include "readiness.h"

/* A few scrapers; whoever is slow leaves room for others. */
enum { CLIENTS_MOST = 16, TIMEOUT_S = 10 };

struct admin {
    struct MHD_Daemon *daemon;
    const struct metrics *const *metrics;
    unsigned count;
};

static const char text_type[] = "text/plain; charset=utf-8";

static void write_build(struct buffer *text)
{
    char libpq[16];
    snprintf(libpq, sizeof(libpq), "%d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000);
    exposition_family(text, "claimd_build_info", "gauge", "Always 1: the versions of the program and its libraries.");
    exposition_count(text, "claimd_build_info",
                     LABELS({"version", CLAIMD_VERSION}, {"libmicrohttpd", MHD_get_version()}, {"libpq", libpq},
                            {"jansson", jansson_version_str()}),
                     1);
}

/* Takes the bytes. */
static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, const char *type, char *bytes,
                              size_t size)
{
    struct MHD_Response *response = memory_made(MHD_create_response_from_buffer(size, bytes, MHD_RESPMEM_MUST_FREE));
    document_tell(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    document_tell(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned status, const char *text)
{
    char *line = memory_format("%s\n", text);
    return answer(connection, status, text_type, line, strlen(line));
}

static enum MHD_Result answer_metrics(const struct admin *admin, struct MHD_Connection *connection)
{
    struct buffer text = BUFFER_INIT;
    size_t size;
    metrics_write(admin->metrics, admin->count, &text);
    write_build(&text);
    process_write(&text);
    char *bytes = buffer_detach(&text, &size);
    return answer(connection, MHD_HTTP_OK, exposition_media_type, bytes, size);
}

/* As clients are told. */
static enum MHD_Result answer_ready(struct MHD_Connection *connection)
{
    struct error error;
    error_init(&error);
    if (readiness_of_all(&error))
        return answer_text(connection, MHD_HTTP_OK, "ready");
    return answer_text(connection, error_kind(error.code)->status, error.detail);
}

/* A body is not for anything here, and goes unread. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size, void **known)
{
    static int marker;
    const struct admin *admin = context;
    bool reads = strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    (void)version, (void)upload;
    if (*upload_size || !*known) {
        *known = &marker;
        *upload_size = 0;
        return MHD_YES;
    }
    if (reads && strcmp(url, "/metrics") == 0)
        return answer_metrics(admin, connection);
    if (reads && strcmp(url, "/readyz") == 0)
        return answer_ready(connection);
    if (reads && strcmp(url, "/healthz") == 0)
        return answer_text(connection, MHD_HTTP_OK, "ok");
    return answer_text(connection, MHD_HTTP_NOT_FOUND, "There is /metrics, /healthz and /readyz, to be read.");
}

struct admin *admin_start(int socket, const struct metrics *const metrics[], unsigned count)
{
    struct admin *admin = memory_alloc(sizeof(*admin));
    *admin = (struct admin){.metrics = metrics, .count = count};
    admin->daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, admin, MHD_OPTION_LISTEN_SOCKET,
                         socket, MHD_OPTION_CONNECTION_LIMIT, CLIENTS_MOST, MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_S,
                         MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (admin->daemon)
        return admin;
    free(admin);
    return NULL;
}

void admin_stop(struct admin *admin)
{
    if (!admin)
        return;
    MHD_stop_daemon(admin->daemon);
    free(admin);
}
