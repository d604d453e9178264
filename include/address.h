/* address: where a server listens: HOST:PORT, [IPv6]:PORT, or a unix socket, unix:/path or, without a file, unix:@name
 */
#ifndef CLAIMD_ADDRESS_H
#define CLAIMD_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* Of a unix socket `port` is empty and `host` begins with "unix:". */
struct address {
    char host[256];
    char port[8];
};

/* Room for one as text. */
enum { ADDRESS_TEXT = 300 };

/* As the system takes it. */
struct address_name {
    struct sockaddr_storage storage;
    socklen_t size;
};

/* False if the text is none of these. */
bool address_read(const char *text, struct address *ret);
void address_write(const struct address *address, char text[static ADDRESS_TEXT]);

bool address_is_local(const struct address *address);

/* The file of a unix socket; NULL of all others. */
const char *address_file(const struct address *address);

/* Asks the resolver where a host has to be looked up, which may take its time. NULL, or why it cannot be resolved. */
const char *address_resolve(const struct address *address, struct address_name *ret);

/* What a bound socket is bound to, as text. */
void address_of_socket(int fd, char text[static ADDRESS_TEXT]);

#endif
