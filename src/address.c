/* address: where a server listens */
#include "address.h"

#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

static const char local[] = "unix:";

enum { LOCAL = sizeof(local) - 1 };

/* Behind the scheme stands a whole path, or an abstract name behind "@", either with room for a zero. */
static bool read_local(const char *text, struct address *ret)
{
    size_t size = strlen(text + LOCAL), room = sizeof(((struct sockaddr_un *)NULL)->sun_path);
    if ((text[LOCAL] != '/' && text[LOCAL] != '@') || size < 2 || size >= room)
        return false;
    snprintf(ret->host, sizeof(ret->host), "%s", text);
    *ret->port = 0;
    return true;
}

bool address_read(const char *text, struct address *ret)
{
    if (strncmp(text, local, LOCAL) == 0 && !strchr("0123456789", text[LOCAL]))
        return read_local(text, ret);
    bool bracketed = *text == '[';
    const char *host = text + bracketed, *behind = host + strcspn(host, bracketed ? "]" : ":");
    const char *colon = bracketed && *behind ? behind + 1 : behind, *port = *colon == ':' ? colon + 1 : "";
    size_t size = (size_t)(behind - host), digits = strspn(port, "0123456789");
    bool good = size > 0 && size < sizeof(ret->host) && digits > 0 && digits < 6 && !port[digits] &&
                strtoul(port, NULL, 10) <= 65535;
    if (!good)
        return false;
    snprintf(ret->host, sizeof(ret->host), "%.*s", (int)size, host);
    snprintf(ret->port, sizeof(ret->port), "%s", port);
    return true;
}

bool address_is_local(const struct address *address)
{
    return !*address->port;
}

const char *address_file(const struct address *address)
{
    return address_is_local(address) && address->host[LOCAL] == '/' ? address->host + LOCAL : NULL;
}

static void put_text(const char *host, const char *port, char text[static ADDRESS_TEXT])
{
    snprintf(text, ADDRESS_TEXT, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

void address_write(const struct address *address, char text[static ADDRESS_TEXT])
{
    if (address_is_local(address))
        snprintf(text, ADDRESS_TEXT, "%s", address->host);
    else
        put_text(address->host, address->port, text);
}

/* An abstract name begins with a zero, and is as long as the address says. */
static void name_local(const char *path, struct address_name *ret)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    size_t size = strlen(path);
    memcpy(name.sun_path, path, size);
    if (*path == '@')
        *name.sun_path = 0;
    else
        size++;
    memcpy(&ret->storage, &name, sizeof(name));
    ret->size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
}

const char *address_resolve(const struct address *address, struct address_name *ret)
{
    if (address_is_local(address)) {
        name_local(address->host + LOCAL, ret);
        return NULL;
    }
    struct addrinfo wanted = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found;
    int fault = getaddrinfo(address->host, address->port, &wanted, &found);
    if (fault)
        return gai_strerror(fault);
    memcpy(&ret->storage, found->ai_addr, found->ai_addrlen);
    ret->size = found->ai_addrlen;
    freeaddrinfo(found);
    return NULL;
}

static void put_local(const struct sockaddr_un *name, socklen_t size, char text[static ADDRESS_TEXT])
{
    size_t path = size - offsetof(struct sockaddr_un, sun_path);
    bool named = path > 1 && !*name->sun_path;
    snprintf(text, ADDRESS_TEXT, "%s%s%.*s", local, named ? "@" : "", (int)(path - named), name->sun_path + named);
}

void address_of_socket(int fd, char text[static ADDRESS_TEXT])
{
    struct sockaddr_storage storage = {0};
    struct sockaddr *name = (struct sockaddr *)&storage;
    socklen_t size = sizeof(storage);
    char host[256] = "", port[16] = "";
    getsockname(fd, name, &size);
    if (name->sa_family == AF_UNIX) {
        put_local((struct sockaddr_un *)&storage, size, text);
        return;
    }
    getnameinfo(name, size, host, sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
    put_text(host, port, text);
}
