/* edition: what all threads of a server are told together, the settings and the certificate, and how that is renewed
 *
 * An edition does not change once it is told. None is freed before the end: threads may hold texts of each.
 */
#ifndef CLAIMD_EDITION_H
#define CLAIMD_EDITION_H

#include "config.h"
#include "tls.h"

struct edition {
    struct config config;
    struct tls *tls; /* shared with editions of the same certificate; NULL: none is shown */
    struct edition *older;
};

/* The first; takes over what is the config's own. NULL after one sentence on stderr if the certificate cannot be used.
 */
struct edition *edition_first(const struct config *config);

/* Reads the command line's settings and the certificate anew. `*edition` becomes the next one, with the values of all
 * settings that can change while serving (see the table; the log names those that cannot) and how many they are, or
 * stays if there is nothing new. False after the log has told what is wrong. */
bool edition_renew(struct edition **edition, int argc, char *const argv[], unsigned *ret_changed);

/* Frees it and all older ones. */
void edition_release(struct edition *edition);

#endif
