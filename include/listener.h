/* listener: an address, and the sockets that the threads accept on
 *
 * Each thread has a socket of its own: on a port one with a queue of its own (SO_REUSEPORT), on a unix socket the same
 * one, once more.
 */
#ifndef CLAIMD_LISTENER_H
#define CLAIMD_LISTENER_H

#include <stdbool.h>
#include <sys/types.h>

#include "address.h"

struct listener {
    char address[ADDRESS_TEXT];        /* where it listens: port 0 has become a port */
    int *sockets;                      /* non-blocking, one for each thread, which closes it */
    char file[sizeof(struct address)]; /* of a unix socket that was made here; "": none */
    dev_t device;                      /* of that file */
    ino_t inode;
};

/* Listens for `count` threads, port 0 being any free one. The file of a unix socket gets the mode; one that is there
 * already is replaced if it is a socket on which nobody listens. False after one sentence on stderr, with nothing left
 * open and no file. Only while there is one thread: the umask is the process's. */
bool listener_open(struct listener *listener, const struct address *address, unsigned mode, unsigned count);

/* The same of a socket that listens already. */
bool listener_adopt(struct listener *listener, int fd, unsigned count);

/* Removes the file of a unix socket, unless it is another one by now. To be called while the sockets are open still: so
 * it cannot be the next server's. */
void listener_release(struct listener *listener);

#endif
