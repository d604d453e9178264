/* hosts: connections to one of several servers
 *
 * libpq tries the hosts of a connection string one after the other, and waits for one that says nothing as long as it
 * is let. So each attempt begins with the next of them. It would also wait for name servers (resolver.h), so it gets
 * the hosts' addresses; the names stay beside them, for certificates and .pgpass.
 */
#ifndef CLAIMD_HOSTS_H
#define CLAIMD_HOSTS_H

#include <libpq-fe.h>
#include <stdbool.h>

/* Starts to connect, as PQconnectStart() does, with the `first` of the addresses of the url's hosts, counted round and
 * from 0. What `wanted` says of the server (libpq's target_session_attrs; NULL: nothing) is so unless the url says
 * otherwise. NULL: not even started, as no host's address is known; `ret_fault` is a static text that says why. */
PGconn *hosts_connect(const char *url, const char *wanted, unsigned first, const char **ret_fault);

#endif
