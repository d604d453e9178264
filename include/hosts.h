/* hosts: connections to one of several servers
 *
 * libpq tries the hosts of a connection string one after the other, and waits for one that says nothing as long as it
 * is let. So each attempt begins with the next of them.
 */
#ifndef CLAIMD_HOSTS_H
#define CLAIMD_HOSTS_H

#include <libpq-fe.h>
#include <stdbool.h>

/* Starts to connect, as PQconnectStart() does, with the `first` of the url's hosts, counted round and from 0. What
 * `wanted` says of the server (libpq's target_session_attrs; NULL: nothing) is so unless the url says otherwise. */
PGconn *hosts_connect(const char *url, const char *wanted, unsigned first);

#endif
