/* negotiate: what form of an answer a client prefers (RFC 9110, section 12)
 */
#ifndef CLAIMD_NEGOTIATE_H
#define CLAIMD_NEGOTIATE_H

/* How much a field such as Accept-Encoding wants `name`, from 0 (not at all) to 1000: its own weight where it is
 * listed, that of "*" otherwise, and 0 where neither is, or the field is NULL. */
unsigned negotiate_quality(const char *field, const char *name);

enum coding { CODING_IDENTITY, CODING_GZIP, CODING_BROTLI };

/* The content coding for an Accept-Encoding field: the most wanted, of equal ones the smallest. Identity where there is
 * no field or nothing else will do, even if the client would rather not have it. */
enum coding negotiate_coding(const char *accept_encoding);

#endif
