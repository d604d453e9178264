/* error: THE table of everything that can go wrong with a request, and one such failure
 *
 * A failure becomes a problem document (RFC 9457) in reply.c. Codes and slugs are part of the API: clients test them.
 */
#ifndef CLAIMD_ERROR_H
#define CLAIMD_ERROR_H

#include <stdbool.h>
#include <stddef.h>

enum error_code {
    ERROR_NONE,
    ERROR_MERGED,
    ERROR_MALFORMED_REQUEST,
    ERROR_UNEXPECTED_BODY,
    ERROR_INVALID_BODY,
    ERROR_UNKNOWN_PARAMETER,
    ERROR_REPEATED_PARAMETER,
    ERROR_INVALID_PARAMETER,
    ERROR_INVALID_CURSOR,
    ERROR_RESULT_TOO_LARGE,
    ERROR_UNAUTHORIZED,
    ERROR_FORBIDDEN,
    ERROR_NOT_FOUND,
    ERROR_METHOD_NOT_ALLOWED,
    ERROR_NOT_ACCEPTABLE,
    ERROR_CONFLICT,
    ERROR_GONE,
    ERROR_PRECONDITION_FAILED,
    ERROR_BODY_TOO_LARGE,
    ERROR_URI_TOO_LONG,
    ERROR_UNSUPPORTED_MEDIA_TYPE,
    ERROR_INVALID_DOCUMENT,
    ERROR_KEY_REUSED,
    ERROR_PRECONDITION_REQUIRED,
    ERROR_RATE_LIMITED,
    ERROR_HEADERS_TOO_LARGE,
    ERROR_INTERNAL,
    ERROR_OVERLOADED,
    ERROR_DATABASE_UNAVAILABLE,
    ERROR_NOT_READY,
    ERROR_OUTCOME_UNKNOWN,
    ERROR_TIMEOUT,
    ERROR_CODES,
};

struct error_kind {
    unsigned status;     /* HTTP status (RFC 9110, section 15; RFC 6585 for 431) */
    const char *slug;    /* the problem's type is /problems/<slug> */
    const char *title;   /* the same for every occurrence */
    bool retry;          /* the same request may succeed soon: Retry-After */
    const char *meaning; /* what happened and what to do, for the page that the type leads to */
};

const struct error_kind *error_kind(enum error_code code);

/* The kind of that slug, or NULL. */
const struct error_kind *error_kind_find(const char *slug);

enum { ERROR_FAULTS_MAX = 8, ERROR_TEXT_MAX = 256 };

/* What is wrong with one parameter. */
struct error_fault {
    char parameter[64];
    char detail[ERROR_TEXT_MAX];
};

/* One failure. A fault beyond ERROR_FAULTS_MAX is dropped: the client has enough to mend. */
struct error {
    enum error_code code;
    size_t faults_count;
    char detail[ERROR_TEXT_MAX];
    struct error_fault faults[ERROR_FAULTS_MAX];
    const char *problems;      /* of a document: JSON, an array of objects with a pointer and a detail; NULL: none */
    const char *field, *value; /* a header field that goes with it, or NULL */
};

/* None yet. Zeroing all of it would cost more than most requests have to do. */
void error_init(struct error *error);

/* The first failure of a request decides its code and detail; later ones are dropped. */
void error_set(struct error *error, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A failure of one parameter: joins those already there, and sets the error if there was none. */
void error_fault(struct error *error, enum error_code code, const char *parameter, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
