/* sandbox: what a server gives up for good before it serves: its rank, and the system calls that it has no use for
 *
 * All of it is of the process, and of what it would start. To be called while there is one thread.
 */
#ifndef CLAIMD_SANDBOX_H
#define CLAIMD_SANDBOX_H

#include <stdbool.h>

enum { SANDBOX_FAULT = 300 };

/* Becomes the user, with the groups that it is in, and gives up all capabilities; NULL: stays who it is, and gives them
 * up unless that is root. False with a sentence in `fault` if that cannot be, or could be undone. */
bool sandbox_become(const char *user, char fault[static SANDBOX_FAULT]);

/* From now on no system call is let through but those by which a server serves that listens, has its threads to start
 * and reads files; `removes`: and one that removes them. What only an intruder would call (another program, another
 * process's memory, the kernel's own affairs) ends the process, all else fails with EPERM. Nothing that is started can
 * have more rights (no_new_privs). False with a sentence in `fault` where the kernel cannot do that. */
bool sandbox_enter(bool removes, char fault[static SANDBOX_FAULT]);

/* Whether this build goes without: what looks on, a sanitizer or a count of lines, calls what it likes. */
bool sandbox_is_left_out(void);

#endif
