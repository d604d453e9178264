/* access: who may read, where reading takes a token
 *
 * What a token may is asked of the primary, and known for a second: that long a revoked token may still be taken. A
 * standby is not believed: how far it is behind is known of changes of the data alone, and a token that is revoked is
 * none.
 */
#ifndef CLAIMD_ACCESS_H
#define CLAIMD_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "secret.h"

struct request;
struct renewal;

enum { ACCESS_KNOWN = 32 };

/* The tokens of one thread that were good a moment ago. */
struct access {
    struct {
        char digest[SECRET_DIGEST_SIZE];
        uint64_t until; /* loop_now() */
    } known[ACCESS_KNOWN];
    unsigned next;            /* to be replaced */
    struct renewal *renewals; /* that are under way */
};

/* Whether the request may read. If not, it is READY and refused, or WAITING, and `go_on` is called if it may: it then
 * does what it would have done here. */
bool access_granted(struct request *request, void (*go_on)(struct request *request));

/* Whether it is known that a request that was let read still may. */
bool access_lasts(struct request *request);

/* Asks whether it may, with all others that read by its token; `go_on` is told. False if it cannot be asked now. */
bool access_renew(struct request *request, void (*go_on)(struct request *request, bool good));

/* The request does not wait to be told any more. Harmless if it did not. */
void access_leave(struct request *request);

#endif
