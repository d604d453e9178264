/* reply: the responses that the service gives */
#include "reply.h"

#include <jansson.h>
#include <string.h>

#include "memory.h"

static const char media_json[] = "application/json", media_problem[] = "application/problem+json";

void reply_header(struct MHD_Response *response, const char *name, const char *value)
{
    MHD_add_response_header(response, name, value);
}

static struct MHD_Response *reply_owned(char *bytes, size_t size, const char *media_type)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(size, bytes, MHD_RESPMEM_MUST_FREE);
    reply_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, media_type);
    return response;
}

struct MHD_Response *reply_json(struct buffer *body)
{
    size_t size;
    char *bytes = buffer_detach(body, &size);
    return reply_owned(bytes, size, media_json);
}

struct MHD_Response *reply_static(const char *bytes, size_t size, const char *media_type)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(size, (void *)bytes, MHD_RESPMEM_PERSISTENT);
    reply_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, media_type);
    return response;
}

static void json_free_at(json_t **value)
{
    json_decref(*value);
}

static json_t *faults_json(const struct error *error)
{
    json_t *faults = json_array();
    for (size_t i = 0; i < error->faults_count; i++)
        json_array_append_new(
            faults, json_pack("{ss ss}", "parameter", error->faults[i].parameter, "detail", error->faults[i].detail));
    return faults;
}

struct MHD_Response *reply_problem(const struct error *error)
{
    const struct error_kind *kind = error_kind(error->code);
    _cleanup_(json_free_at) json_t *problem =
        json_pack("{ss+ ss si ss}", "type", "/problems/", kind->slug, "title", kind->title, "status", (int)kind->status,
                  "detail", error->detail);
    if (error->faults_count)
        json_object_set_new(problem, "errors", faults_json(error));
    char *text = json_dumps(problem, JSON_COMPACT);
    struct MHD_Response *response = reply_owned(text, strlen(text), media_problem);
    if (kind->retry)
        reply_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
    if (error->code == ERROR_METHOD_NOT_ALLOWED)
        reply_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    return response;
}
