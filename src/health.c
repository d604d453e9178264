/* health: asks the server on this machine how it is */
#include "health.h"

#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* A server that listens everywhere is asked on loopback. */
static struct address reachable(const struct address *address)
{
    struct address ret = *address;
    if (strcmp(address->host, "0.0.0.0") == 0)
        strcpy(ret.host, "127.0.0.1");
    else if (strcmp(address->host, "::") == 0)
        strcpy(ret.host, "::1");
    return ret;
}

static int connect_to(const struct address *address)
{
    struct address_name name;
    struct timeval patience = {.tv_sec = 2};
    if (address_resolve(address, &name) != NULL)
        return -1;
    int fd = socket(name.storage.ss_family, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (connect(fd, (struct sockaddr *)&name.storage, name.size) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static ssize_t ask_plainly(int fd, const char *request, size_t size, char answer[], size_t room)
{
    if (send(fd, request, size, MSG_NOSIGNAL) != (ssize_t)size)
        return 0;
    return recv(fd, answer, room, MSG_WAITALL);
}

/* It is asked how it is, and told nothing: that it is who it says need not be proved. */
static ssize_t ask_by_tls(int fd, const char *request, size_t size, char answer[], size_t room)
{
    gnutls_session_t session;
    gnutls_certificate_credentials_t nobody;
    ssize_t received = 0;
    gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL);
    gnutls_certificate_allocate_credentials(&nobody);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, nobody);
    gnutls_set_default_priority(session);
    gnutls_transport_set_int(session, fd);
    if (gnutls_handshake(session) == 0 && gnutls_record_send(session, request, size) == (ssize_t)size)
        received = gnutls_record_recv(session, answer, room);
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(nobody);
    return received;
}

static int status_of(int fd, bool tls, const char *path)
{
    char request[64], text[64];
    size_t size = (size_t)snprintf(request, sizeof(request), "GET %s HTTP/1.0\r\n\r\n", path);
    ssize_t received = (tls ? ask_by_tls : ask_plainly)(fd, request, size, text, sizeof(text) - 1);
    text[received > 0 ? received : 0] = 0;
    const char *status = strncmp(text, "HTTP/1.", 7) == 0 ? strchr(text, ' ') : NULL;
    return status ? (int)strtol(status, NULL, 10) : 0;
}

int health_check(const struct address *address, bool tls, bool ready)
{
    char text[ADDRESS_TEXT];
    struct address where = reachable(address);
    int fd = connect_to(&where);
    int status = fd < 0 ? 0 : status_of(fd, tls, ready ? "/readyz" : "/healthz");
    if (fd >= 0)
        close(fd);
    if (status == 200)
        return 0;
    address_write(address, text);
    if (status)
        fprintf(stderr, "claimd: the server answers %d.\n", status);
    else
        fprintf(stderr, "claimd: no server answers on %s.\n", text);
    return 1;
}
