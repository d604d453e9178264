/* fields: the header fields of a request that the service reads */
#include "fields.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    size_t size;
} known[] = {
#define NAMED(name)                                                                                                    \
    {                                                                                                                  \
        name, sizeof(name) - 1                                                                                         \
    }
    [FIELD_ACCEPT] = NAMED(MHD_HTTP_HEADER_ACCEPT),
    [FIELD_ACCEPT_ENCODING] = NAMED(MHD_HTTP_HEADER_ACCEPT_ENCODING),
    [FIELD_AUTHORIZATION] = NAMED(MHD_HTTP_HEADER_AUTHORIZATION),
    [FIELD_CONTENT_ENCODING] = NAMED(MHD_HTTP_HEADER_CONTENT_ENCODING),
    [FIELD_CONTENT_TYPE] = NAMED(MHD_HTTP_HEADER_CONTENT_TYPE),
    [FIELD_DATA_VERSION] = NAMED("Data-Version"),
    [FIELD_FORWARDED] = NAMED("Forwarded"),
    [FIELD_IDEMPOTENCY_KEY] = NAMED("Idempotency-Key"),
    [FIELD_IF_MATCH] = NAMED(MHD_HTTP_HEADER_IF_MATCH),
    [FIELD_IF_MODIFIED_SINCE] = NAMED(MHD_HTTP_HEADER_IF_MODIFIED_SINCE),
    [FIELD_IF_NONE_MATCH] = NAMED(MHD_HTTP_HEADER_IF_NONE_MATCH),
    [FIELD_LAST_EVENT_ID] = NAMED("Last-Event-ID"),
    [FIELD_ORIGIN] = NAMED(MHD_HTTP_HEADER_ORIGIN),
    [FIELD_PREFER] = NAMED("Prefer"),
    [FIELD_TRACEPARENT] = NAMED("traceparent"),
    [FIELD_X_FORWARDED_FOR] = NAMED("X-Forwarded-For"),
    [FIELD_X_REQUEST_ID] = NAMED("X-Request-Id"),
};

struct reading {
    struct fields *fields;
    struct arena *arena;
};

static enum MHD_Result read_field(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                  const char *value, size_t value_size)
{
    const struct reading *reading = context;
    (void)kind, (void)value_size;
    for (int field = 0; field < FIELDS; field++) {
        if (known[field].size != name_size || strncasecmp(known[field].name, name, name_size) != 0)
            continue;
        const char **known_value = &reading->fields->values[field];
        *known_value = *known_value ? arena_format(reading->arena, "%s, %s", *known_value, value) : value;
        break;
    }
    return MHD_YES;
}

void fields_read(struct fields *fields, struct arena *arena, struct MHD_Connection *connection)
{
    struct reading reading = {fields, arena};
    *fields = (struct fields){0};
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, read_field, &reading);
}
