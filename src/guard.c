/* guard: refuses requests that two servers could read differently */
#include "guard.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

struct census {
    unsigned hosts, lengths, encodings;
    bool empty;   /* the Content-Length is 0 */
    bool control; /* a control character in a name or a value */
    size_t size;
};

static bool has_control(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)bytes[i] < 0x20 ? bytes[i] != '\t' : bytes[i] == 0x7F)
            return true;
    return false;
}

static enum MHD_Result count_header(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                    const char *value, size_t value_size)
{
    struct census *census = context;
    (void)kind;
    census->size += name_size + value_size + strlen(": \r\n");
    census->control |= has_control(name, name_size) || has_control(value, value_size);
    census->hosts += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
    census->encodings += strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;
    if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
        census->lengths++;
        census->empty = value_size && strspn(value, "0") == value_size;
    }
    return MHD_YES;
}

static const char *framing_fault(const struct census *census, const char *version)
{
    if (census->control)
        return "A header field holds a control character.";
    if (census->hosts > 1)
        return "Host is given more than once.";
    if (!census->hosts && strcmp(version, MHD_HTTP_VERSION_1_1) == 0)
        return "HTTP/1.1 needs a Host.";
    if (census->lengths > 1)
        return "Content-Length is given more than once.";
    if (census->encodings && census->lengths)
        return "Content-Length and Transfer-Encoding exclude each other.";
    return NULL;
}

void guard_check(struct MHD_Connection *connection, const char *uri, const char *version, struct error *error)
{
    struct census census = {0};
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, count_header, &census);
    const char *fault = framing_fault(&census, version);
    if (fault)
        error_set(error, ERROR_MALFORMED_REQUEST, "%s", fault);
    else if (strlen(uri) > GUARD_URI_MAX)
        error_set(error, ERROR_URI_TOO_LONG, "The request target may have %d bytes.", GUARD_URI_MAX);
    else if (census.size > GUARD_HEADERS_MAX)
        error_set(error, ERROR_HEADERS_TOO_LARGE, "The header fields may have %d bytes in all.", GUARD_HEADERS_MAX);
    else if (census.encodings || (census.lengths && !census.empty))
        error_set(error, ERROR_UNEXPECTED_BODY, "This service reads no request bodies here.");
}
