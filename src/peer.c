/* peer: who is at the other end of a connection, and for whom a proxy speaks */
#include "peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "hash.h"

enum { MAPPED_BITS = 96, NETWORK_BYTES = 8 };

static const unsigned char mapped[MAPPED_BITS / 8] = {[10] = 0xFF, [11] = 0xFF};

/* The well-known prefix of NAT64 (RFC 6052, section 2.1). */
static const unsigned char translated[MAPPED_BITS / 8] = {0x00, 0x64, 0xFF, 0x9B};

static bool is_mapped(const unsigned char bytes[static 16])
{
    return memcmp(bytes, mapped, sizeof(mapped)) == 0;
}

struct peer peer_of(const struct sockaddr *address)
{
    struct peer peer = {.local = address->sa_family == AF_UNIX};
    if (address->sa_family == AF_INET6) {
        memcpy(peer.bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, sizeof(peer.bytes));
    } else if (address->sa_family == AF_INET) {
        memcpy(peer.bytes, mapped, sizeof(mapped));
        memcpy(peer.bytes + sizeof(mapped), &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
    }
    return peer;
}

/* ---- as text ---- */

/* An address alone. */
static bool read_bare(const char *text, size_t size, struct peer *ret)
{
    char copy[INET6_ADDRSTRLEN];
    if (size >= sizeof(copy))
        return false;
    memcpy(copy, text, size);
    copy[size] = 0;
    *ret = (struct peer){.local = false};
    if (inet_pton(AF_INET6, copy, ret->bytes) == 1)
        return true;
    memcpy(ret->bytes, mapped, sizeof(mapped));
    return inet_pton(AF_INET, copy, ret->bytes + sizeof(mapped)) == 1;
}

static bool is_port(const char *text, size_t size)
{
    return size > 1 && size < 7 && *text == ':' && strspn(text + 1, "0123456789") >= size - 1;
}

bool peer_read(const char *text, size_t size, struct peer *ret)
{
    const char *bracket = size && *text == '[' ? memchr(text, ']', size) : NULL;
    if (bracket) {
        size_t inner = (size_t)(bracket - text) - 1, behind = size - inner - 2;
        return memchr(text + 1, ':', inner) && read_bare(text + 1, inner, ret) &&
               (!behind || is_port(bracket + 1, behind));
    }
    const char *colon = memchr(text, ':', size);
    size_t host = colon ? (size_t)(colon - text) : size;
    bool has_port = colon && is_port(colon, size - host) && memchr(text, '.', host);
    return read_bare(text, has_port ? host : size, ret);
}

void peer_write(const struct peer *peer, char text[static PEER_TEXT_SIZE])
{
    if (peer->local)
        snprintf(text, PEER_TEXT_SIZE, "unix");
    else if (is_mapped(peer->bytes))
        inet_ntop(AF_INET, peer->bytes + sizeof(mapped), text, PEER_TEXT_SIZE);
    else
        inet_ntop(AF_INET6, peer->bytes, text, PEER_TEXT_SIZE);
}

/* The IPv4 address that stands at the end of one, as a mapped one. */
static struct peer embedded(const struct peer *peer)
{
    struct peer four = *peer;
    memcpy(four.bytes, mapped, sizeof(mapped));
    return four;
}

uint64_t peer_hash(const struct peer *peer)
{
    if (memcmp(peer->bytes, translated, sizeof(translated)) != 0)
        return hash_of(peer->bytes, is_mapped(peer->bytes) ? sizeof(peer->bytes) : NETWORK_BYTES);
    struct peer four = embedded(peer);
    return hash_of(four.bytes, sizeof(four.bytes));
}

/* ---- networks ---- */

/* -1 where it is no number of bits. */
static int read_bits(const char *text, size_t size, unsigned most)
{
    if (!size || size > 3 || strspn(text, "0123456789") < size)
        return -1;
    unsigned long bits = strtoul(text, NULL, 10);
    return bits <= most ? (int)bits : -1;
}

static bool read_network(const char *text, size_t size, struct peers *ret)
{
    const char *slash = memchr(text, '/', size);
    size_t host = slash ? (size_t)(slash - text) : size;
    struct peer peer;
    if (ret->count == PEERS_MAX || !read_bare(text, host, &peer))
        return false;
    unsigned above = memchr(text, ':', host) ? 0 : MAPPED_BITS, most = 128 - above;
    int bits = slash ? read_bits(slash + 1, size - host - 1, most) : (int)most;
    memcpy(ret->list[ret->count].bytes, peer.bytes, sizeof(peer.bytes));
    ret->list[ret->count++].bits = above + (unsigned)bits;
    return bits >= 0;
}

bool peers_read(const char *text, struct peers *ret)
{
    static const char local[] = "unix";
    *ret = (struct peers){.count = 0};
    bool good = *text;
    for (const char *next = text; good && *next; next += *next == ',') {
        size_t size = strcspn(next, ",");
        bool is_local = size == strlen(local) && strncmp(next, local, size) == 0;
        ret->local |= is_local;
        good = is_local || read_network(next, size, ret);
        next += size;
        good = good && (!*next || next[1]);
    }
    return good;
}

static bool begins_alike(const unsigned char *a, const unsigned char *b, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    return memcmp(a, b, whole) == 0 && (!rest || !((a[whole] ^ b[whole]) >> (8 - rest)));
}

bool peers_have(const struct peers *peers, const struct peer *peer)
{
    if (peer->local)
        return peers->local;
    for (unsigned i = 0; i < peers->count; i++)
        if (begins_alike(peers->list[i].bytes, peer->bytes, peers->list[i].bits))
            return true;
    return false;
}

/* ---- the way from the client ---- */

/* Those nearest to us are kept; a way that is longer ends there. */
enum { HOPS_MAX = 16 };

struct hop {
    const char *text;
    size_t size; /* 0: it is not told */
};

struct hops {
    struct hop list[HOPS_MAX];
    unsigned count; /* how many there were: the last is at (count - 1) % HOPS_MAX */
};

static struct hop trim(const char *text, size_t size)
{
    while (size && strchr(" \t", text[size - 1]))
        size--;
    while (size && strchr(" \t", *text)) {
        text++;
        size--;
    }
    return (struct hop){text, size};
}

/* Up to the separator that stands in no quoted string (RFC 9110, section 5.6.4), or to the end, which may lie in one.
 */
static size_t part_size(const char *text, size_t size, char separator, bool *ret_open)
{
    bool quoted = false;
    size_t at = 0;
    for (; at < size && (quoted || text[at] != separator); at++) {
        if (text[at] == '"')
            quoted = !quoted;
        else if (quoted && text[at] == '\\' && at + 1 < size)
            at++;
    }
    *ret_open = quoted;
    return at;
}

/* The value of `for` in one element of a Forwarded; one that is given twice is not told, and none where a quoted string
 * does not end: the client may have begun it, to take in what the proxy wrote. */
static struct hop for_whom(const char *element, size_t size)
{
    static const char name[] = "for=";
    struct hop found = {NULL, 0};
    unsigned times = 0;
    bool open = false;
    for (size_t at = 0, part; at < size; at += part + 1) {
        part = part_size(element + at, size - at, ';', &open);
        struct hop pair = trim(element + at, part);
        if (pair.size < strlen(name) || strncasecmp(pair.text, name, strlen(name)) != 0)
            continue;
        found = (struct hop){pair.text + strlen(name), pair.size - strlen(name)};
        times++;
    }
    bool quoted = found.size > 1 && *found.text == '"' && found.text[found.size - 1] == '"';
    if (quoted)
        found = (struct hop){found.text + 1, found.size - 2};
    return times == 1 && !open ? found : (struct hop){NULL, 0};
}

static void read_hops(const char *field, bool standard, struct hops *ret)
{
    size_t size = strlen(field);
    bool open;
    ret->count = 0;
    for (size_t at = 0, part; at <= size; at += part + 1) {
        part = standard ? part_size(field + at, size - at, ',', &open) : strcspn(field + at, ",");
        ret->list[ret->count++ % HOPS_MAX] = standard ? for_whom(field + at, part) : trim(field + at, part);
    }
}

struct peer peers_client(const struct peers *trusted, const struct peer *nearest, const char *field, bool standard)
{
    struct peer found = *nearest, next;
    struct hops hops;
    if (!field || !peers_have(trusted, nearest))
        return found;
    read_hops(field, standard, &hops);
    unsigned last = hops.count > HOPS_MAX ? hops.count - HOPS_MAX : 0;
    for (unsigned i = hops.count; i > last && peers_have(trusted, &found); i--) {
        struct hop hop = hops.list[(i - 1) % HOPS_MAX];
        if (!peer_read(hop.text ? hop.text : "", hop.size, &next))
            break;
        found = next;
    }
    return found;
}
