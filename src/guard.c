/* guard: refuses requests that two servers could read differently */
#include "guard.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What the header fields of one request amount to. */
struct census {
    unsigned hosts, lengths, encodings;
    size_t length;    /* the Content-Length */
    bool control;     /* a control character in a value */
    bool nameless;    /* a name, or the method, that is no token */
    bool foreign;     /* a Transfer-Encoding that is not chunked alone */
    bool gap;         /* something between two texts that is not the end of a line */
    const char *next; /* where the next line must begin in the read buffer */
    size_t size;
};

/* Where the next line begins; NULL, where none does, if this one does not end there. */
static const char *behind_line(const char *end)
{
    return end[0] || end[1] ? NULL : end + strlen("\r\n");
}

static bool has_control(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)bytes[i] < 0x20 ? bytes[i] != '\t' : bytes[i] == 0x7F)
            return true;
    return false;
}

/* RFC 9110, section 5.6.2 */
static bool is_token(const char *text)
{
    static const bool token[UCHAR_MAX + 1] = {
        ['!'] = true,         ['#' ... '\''] = true, ['*'] = true,         ['+'] = true, ['-'] = true, ['.'] = true,
        ['0' ... '9'] = true, ['A' ... 'Z'] = true,  ['^' ... 'z'] = true, ['|'] = true, ['~'] = true};
    size_t size = 0;
    while (token[(unsigned char)text[size]])
        size++;
    return size && !text[size];
}

/* What libmicrohttpd notes of cookies: a copy of the field, and each of its pairs. */
static size_t cookies_size(const char *value, size_t size)
{
    size_t noted = size + GUARD_FIELD_COST;
    for (const char *next = value; (next = strchr(next, ';')); next++)
        noted += GUARD_FIELD_COST;
    return noted;
}

static enum MHD_Result count_header(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                    const char *value, size_t value_size)
{
    struct census *census = context;
    (void)kind;
    census->gap |= name != census->next;
    census->next = behind_line(value + value_size);
    census->size += name_size + value_size + strlen(": \r\n") + GUARD_FIELD_COST;
    if (strcasecmp(name, MHD_HTTP_HEADER_COOKIE) == 0)
        census->size += cookies_size(value, value_size);
    census->nameless |= !is_token(name);
    census->control |= has_control(value, value_size);
    census->hosts += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
    if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        census->encodings++;
        census->foreign |= strcasecmp(value, "chunked") != 0;
    }
    if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
        census->lengths++;
        census->length = strtoull(value, NULL, 10);
    }
    return MHD_YES;
}

static const char *framing_fault(const struct census *census, const char *version)
{
    if (census->nameless)
        return "The method, or the name of a header field, is not a token.";
    if (census->control)
        return "A header field holds a control character.";
    if (census->gap)
        return "The lines of the head must end with CR LF and hold no NUL.";
    if (census->hosts > 1)
        return "Host is given more than once.";
    if (!census->hosts && strcmp(version, MHD_HTTP_VERSION_1_1) == 0)
        return "HTTP/1.1 needs a Host.";
    if (census->lengths > 1)
        return "Content-Length is given more than once.";
    if (census->encodings && census->lengths)
        return "Content-Length and Transfer-Encoding exclude each other.";
    if (census->encodings > 1 || census->foreign)
        return "The only Transfer-Encoding here is chunked, once.";
    if (census->encodings && strcmp(version, MHD_HTTP_VERSION_1_1) != 0)
        return "Only HTTP/1.1 has Transfer-Encoding.";
    return NULL;
}

/* Behind the empty line that ends the head. */
static const char *head_end(struct MHD_Connection *connection, const struct guard_line *line)
{
    return line->method + MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
}

struct guard_finding guard_check(struct MHD_Connection *connection, const struct guard_line *line, struct error *error)
{
    struct census census = {.next = behind_line(line->version + strlen(line->version)), .size = line->target_size};
    census.nameless = !is_token(line->method);
    census.gap = line->target != line->method + strlen(line->method) + strlen(" ") ||
                 line->version != line->target + line->target_size + strlen(" ");
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, count_header, &census);
    census.gap = census.gap || !census.next || behind_line(census.next) != head_end(connection, line);
    const char *fault = framing_fault(&census, line->version);
    if (fault)
        error_set(error, ERROR_MALFORMED_REQUEST, "%s", fault);
    else if (line->cursor_size > GUARD_CURSOR_MAX || line->target_size - line->cursor_size > GUARD_URI_MAX)
        error_set(error, ERROR_URI_TOO_LONG, "The request target may have %d bytes.", GUARD_URI_MAX);
    else if (census.size > line->head_most)
        error_set(
            error, ERROR_HEADERS_TOO_LARGE,
            "The request target and the header fields may have %zu bytes in all, each field counting for %d more.",
            line->head_most, GUARD_FIELD_COST);
    return (struct guard_finding){census.encodings || census.length, census.length, census.size};
}
