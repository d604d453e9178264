/* gate: what a request must pass by its head alone, before its body is read and anything is done for it */
#include "gate.h"

#include <string.h>
#include <strings.h>

#include "guard.h"
#include "import.h"
#include "intent.h"
#include "parse.h"
#include "quota.h"
#include "routes.h"
#include "target.h"

struct head {
    struct request *request;
    struct guard_finding finding;
    struct error fault; /* that two servers could read it differently, or that it is too long */
};

/* The bytes of a target's cursor: the link to the next page may be that much longer than what led to it. */
static size_t cursor_size(const char *target)
{
    static const char name[] = "cursor=";
    for (const char *found = strchr(target, '?'); found; found = strpbrk(found, "&")) {
        found++;
        if (strncmp(found, name, strlen(name)) == 0)
            return strcspn(found, "&");
    }
    return 0;
}

static void read_head(struct request *request, const char *method, const char *version, struct head *ret)
{
    struct guard_line line = {.method = method,
                              .target = request->target_received,
                              .target_size = strlen(request->target),
                              .cursor_size = cursor_size(request->target),
                              .version = version,
                              .head_most = request_head_most(request)};
    ret->request = request;
    error_init(&ret->fault);
    ret->finding = guard_check(request->connection, &line, &ret->fault);
    request->head_size = ret->finding.head_size;
}

static bool reads(const struct request *request)
{
    return request_has_method(request, MHD_HTTP_METHOD_GET) || request_has_method(request, MHD_HTTP_METHOD_HEAD) ||
           request_has_method(request, MHD_HTTP_METHOD_OPTIONS);
}

static bool only_reads(const struct head *head)
{
    return reads(head->request) && !head->finding.body;
}

static enum shape shape_of(const struct request *request)
{
    return request_has_method(request, MHD_HTTP_METHOD_OPTIONS) ? SHAPE_HEALTH : request->params.route->shape;
}

/* ---- checks ---- */

static bool is_probe(const struct head *head)
{
    const char *target = head->request->target;
    return only_reads(head) && !head->fault.code && (strcmp(target, "/healthz") == 0 || strcmp(target, "/readyz") == 0);
}

/* 429 */
static void check_rate(const struct head *head, struct error *error)
{
    if (head->request->service->rated && !is_probe(head))
        quota_take(head->request, error);
}

/* 400, 414, 431 */
static void check_framing(const struct head *head, struct error *error)
{
    if (head->fault.code)
        *error = head->fault;
}

/* 404, 405, and 400 for parameters. Who only reads may be answered from memory before the target is read. */
static void check_target(const struct head *head, struct error *error)
{
    struct request *request = head->request;
    if (!only_reads(head))
        target_read(&request->arena, request->method, request->target, &request->params, error);
}

/* 401 without a token, 415 for the media type, 400 for a body where none is read. */
static void check_purpose(const struct head *head, struct error *error)
{
    const struct request *request = head->request;
    if (only_reads(head))
        return;
    enum shape shape = shape_of(request);
    if (shape == SHAPE_WRITE)
        intent_may_begin(request, error);
    else if (shape == SHAPE_IMPORT)
        import_may_begin(request, error);
    else if (shape == SHAPE_PARSE)
        parse_may_begin(request, error);
    else if (head->finding.body)
        error_set(error, ERROR_UNEXPECTED_BODY, "This service reads no request bodies here.");
}

/* 415. Nothing is unpacked: what a few bytes would become is not known before. */
static void check_coding(const struct head *head, struct error *error)
{
    const char *coding = request_field(head->request, FIELD_CONTENT_ENCODING);
    if (!head->finding.body || !coding || strcasecmp(coding, "identity") == 0)
        return;
    error_set(error, ERROR_UNSUPPORTED_MEDIA_TYPE, "Bodies are taken as they are, without a Content-Encoding.");
    error->field = "Accept-Encoding";
    error->value = "identity";
}

/* 413 */
static void check_size(const struct head *head, struct error *error)
{
    const struct request *request = head->request;
    if (head->finding.length > request->service->body_most && shape_of(request) != SHAPE_IMPORT)
        gate_refuse_size(request, error);
}

/* THE order, which docs/engine.md explains. */
static void (*const checks[])(const struct head *, struct error *) = {check_rate,    check_framing, check_target,
                                                                      check_purpose, check_coding,  check_size};

/* ---- all of them ---- */

void gate_refuse_size(const struct request *request, struct error *error)
{
    error_set(error, ERROR_BODY_TOO_LARGE, "A body may have %zu bytes.", request->service->body_most);
}

enum gate gate_pass(struct request *request, const char *method, const char *version, struct error *error)
{
    struct head head;
    read_head(request, method, version, &head);
    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks) && !error->code; i++)
        checks[i](&head, error);
    if (!error->code)
        return GATE_OPEN;
    return head.finding.body || head.fault.code ? GATE_CLOSED : GATE_REFUSED;
}
