/* negotiate: what form of an answer a client prefers (RFC 9110, section 12; RFC 7240)
 */
#ifndef CLAIMD_NEGOTIATE_H
#define CLAIMD_NEGOTIATE_H

#include <stdbool.h>

enum { QUALITY_MOST = 1000 };

/* How much a field such as Accept-Encoding wants `name`, from 0 (not at all) to QUALITY_MOST: its own weight where it
 * is listed, that of "*" otherwise, and 0 where neither is, or the field is NULL. */
unsigned negotiate_quality(const char *field, const char *name);

enum coding { CODING_IDENTITY, CODING_GZIP, CODING_BROTLI };

/* The content coding for an Accept-Encoding field: the most wanted, of equal ones the smallest. Identity where there is
 * no field or nothing else will do, even if the client would rather not have it. */
enum coding negotiate_coding(const char *accept_encoding);

/* How much an Accept field (NULL: all) wants a media type; the most specific of its ranges decides. Parameters other
 * than the weight are not looked at, on either side. */
unsigned negotiate_media_type(const char *accept, const char *media_type);

/* Whether a Content-Type field (NULL: absent) names the media type, whatever its parameters (RFC 9110, section 8.3). */
bool negotiate_is_type(const char *content_type, const char *media_type);

/* Whether a Prefer field (NULL: none) has the preference, as in count=exact. */
bool negotiate_prefers(const char *prefer, const char *name, const char *value);

#endif
