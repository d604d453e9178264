/* error: THE table of everything that can go wrong with a request, and one such failure */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

static const struct error_kind kinds[ERROR_CODES] = {
    [ERROR_MERGED] = {307, "merged", "It is another thing by now", false,
                      "It was merged into the one that Location leads to, until that is undone."},
    [ERROR_MALFORMED_REQUEST] = {400, "malformed-request", "The request is malformed", false,
                                 "The request breaks the rules of HTTP or of percent-encoding, or two servers could "
                                 "read it differently. Its connection is closed."},
    [ERROR_UNEXPECTED_BODY] = {400, "unexpected-body", "The request must not have a body", false,
                               "This path only answers questions; send the request without a body."},
    [ERROR_INVALID_BODY] =
        {400, "invalid-body", "The request's body is not JSON", false,
         "The body cannot be read as JSON (RFC 8259), has a member twice in one object, or nests too "
         "deep, or there is nothing in it that this path takes; the detail says so, and where."},
    [ERROR_UNKNOWN_PARAMETER] = {400, "unknown-parameter", "There is no such parameter here", false,
                                 "The query string has a parameter that this path does not know. Parameters are never "
                                 "ignored; errors names each."},
    [ERROR_REPEATED_PARAMETER] =
        {400, "repeated-parameter", "A parameter is given more than once", false,
         "A parameter stands more than once in the query string. Several values go into one, separated by commas."},
    [ERROR_INVALID_PARAMETER] = {400, "invalid-parameter", "A parameter has a value that it cannot take", false,
                                 "A parameter's value is not of its type, or the values do not go together; errors "
                                 "names each and says what it takes."},
    [ERROR_INVALID_CURSOR] =
        {400, "invalid-cursor", "The cursor does not belong to this list", false,
         "A cursor goes on with the list that it came from, with the same filters and order. Start again without it."},
    [ERROR_RESULT_TOO_LARGE] = {400, "result-too-large", "The answer would be too large", false,
                                "Ask for less at once: fewer items, fewer figures, less embedded. CLAIMD_RESULT_BYTES "
                                "is how much an operator lets through."},
    [ERROR_UNAUTHORIZED] =
        {401, "unauthorized", "The request needs a token", false,
         "Send a bearer token that is known and has neither expired nor been revoked, in Authorization."},
    [ERROR_FORBIDDEN] = {403, "forbidden", "The token is not one for this", false,
                         "The token is known, but not for what was asked; an operator can create one that is."},
    [ERROR_NOT_FOUND] = {404, "not-found", "There is nothing here", false,
                         "There is no such path, or nothing has the id in it."},
    [ERROR_METHOD_NOT_ALLOWED] = {405, "method-not-allowed", "The method is not allowed here", false,
                                  "The path is right, the method is not; Allow lists those that are."},
    [ERROR_NOT_ACCEPTABLE] =
        {406, "not-acceptable", "There is no such form of this answer", false,
         "Accept admits none of the media types that this path answers with; the detail lists them. "
         "Ask for one of them, or leave Accept out."},
    [ERROR_CONFLICT] =
        {409, "conflict", "Other data stand in the way", false,
         "The id is taken, something else refers to what was to be retracted, or it is, or is not, merged."},
    [ERROR_GONE] =
        {410, "gone", "This was retracted", false,
         "There was something by this id; the detail says why it was retracted. Its revisions are still there."},
    [ERROR_PRECONDITION_FAILED] = {412, "precondition-failed", "It is not as the request expects", false,
                                   "It has changed since the ETag in If-Match was given, or it is there although "
                                   "If-None-Match says that it must not "
                                   "be. Get it again, and decide anew."},
    [ERROR_BODY_TOO_LARGE] = {413, "body-too-large", "The request's body is too large", false,
                              "Send less at once; CLAIMD_BODY_BYTES is how much an operator lets through."},
    [ERROR_URI_TOO_LONG] = {414, "uri-too-long", "The URI is too long", false,
                            "Shorten the path and query; long lists can be asked for in parts."},
    [ERROR_UNSUPPORTED_MEDIA_TYPE] = {415, "unsupported-media-type", "The body is of a type that is not taken here",
                                      false, "Say by Content-Type what the body is; the detail names what is taken."},
    [ERROR_INVALID_DOCUMENT] =
        {422, "invalid-document", "The document cannot be taken as it is", false,
         "Members are missing, not of their types, or do not agree with each other or with the data; "
         "errors names each by its JSON pointer."},
    [ERROR_KEY_REUSED] = {422, "key-reused", "The Idempotency-Key is that of another request", false,
                          "A key stands for one request, with its target and body. Send another one with a new key."},
    [ERROR_PRECONDITION_REQUIRED] = {428, "precondition-required", "Say which state of it you are changing", false,
                                     "What is there is changed with If-Match alone: the ETag that you have of it, so "
                                     "that no other's change is lost."},
    [ERROR_RATE_LIMITED] = {429, "rate-limited", "The client asks too often", false,
                            "It has used up what it may ask at once. RateLimit-Policy says how much that is, RateLimit "
                            "how much is left and when it is whole again, Retry-After when the next is answered."},
    [ERROR_HEADERS_TOO_LARGE] = {431, "headers-too-large", "The request's header fields are too large", false,
                                 "Send fewer or shorter header fields; cookies are of no use here."},
    [ERROR_INTERNAL] =
        {500, "internal", "The service failed", false,
         "Something failed that should not; the log of the service says what, under the request's X-Request-Id."},
    [ERROR_OVERLOADED] = {503, "overloaded", "The service has too much to do", true,
                          "More requests wait for the database, or more memory is held for clients, than the service "
                          "lets. Try again after the time that Retry-After names."},
    [ERROR_DATABASE_UNAVAILABLE] =
        {503, "database-unavailable", "The database cannot be reached", true,
         "The service runs, but cannot reach its database. Try again after the time that Retry-After names."},
    [ERROR_NOT_READY] = {503, "not-ready", "The service is not ready", true,
                         "The service is of another version than its database's schema, and an operator has to run "
                         "claimd migrate up; or "
                         "that is still being looked at, or the service stops. The detail says which."},
    [ERROR_OUTCOME_UNKNOWN] = {503, "outcome-unknown", "It is not known whether it was done", false,
                               "The database said nothing in time, or the connection to it was lost, while the change "
                               "was being committed. Look whether it is there, in an answer without Age, before you "
                               "send it again."},
    [ERROR_TIMEOUT] =
        {504, "timeout", "The answer took too long", false,
         "The database did not answer within the service's time. Ask for less at once, or try again later."},
};

const struct error_kind *error_kind(enum error_code code)
{
    return &kinds[code];
}

const struct error_kind *error_kind_find(const char *slug)
{
    for (int code = ERROR_NONE + 1; code < ERROR_CODES; code++)
        if (strcmp(kinds[code].slug, slug) == 0)
            return &kinds[code];
    return NULL;
}

/* Formats into `room` bytes. A text that is cut does not end in the middle of a character, which would not be UTF-8. */
static void format_whole(char *text, size_t room, const char *format, va_list arguments)
{
    int size = vsnprintf(text, room, format, arguments);
    if ((size_t)size >= room)
        text[utf8_whole(text, room - 1)] = 0;
}

static __attribute__((format(printf, 3, 4))) void copy_whole(char *text, size_t room, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_whole(text, room, format, arguments);
    va_end(arguments);
}

void error_init(struct error *error)
{
    error->code = ERROR_NONE;
    error->faults_count = 0;
    error->problems = error->field = error->value = NULL;
}

void error_set(struct error *error, enum error_code code, const char *format, ...)
{
    if (error->code)
        return;
    va_list arguments;
    va_start(arguments, format);
    error->code = code;
    format_whole(error->detail, sizeof(error->detail), format, arguments);
    va_end(arguments);
}

void error_fault(struct error *error, enum error_code code, const char *parameter, const char *format, ...)
{
    char detail[ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    format_whole(detail, sizeof(detail), format, arguments);
    va_end(arguments);

    error_set(error, code, "%s", detail);
    if (error->faults_count == ERROR_FAULTS_MAX)
        return;
    struct error_fault *fault = &error->faults[error->faults_count++];
    copy_whole(fault->parameter, sizeof(fault->parameter), "%s", parameter);
    copy_whole(fault->detail, sizeof(fault->detail), "%s", detail);
}
