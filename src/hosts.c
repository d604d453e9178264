/* hosts: connections to one of several servers */
#include "hosts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "arena.h"
#include "resolver.h"

/* What libpq is to be told of where servers are: comma lists, of which the nth members belong together. */
struct lists {
    const char *host, *hostaddr, *port; /* NULL: not told */
};

/* Where a keyword's value goes, if it is a list. */
static const char **list_of(struct lists *lists, const char *keyword)
{
    return strcmp(keyword, "host") == 0       ? &lists->host
           : strcmp(keyword, "hostaddr") == 0 ? &lists->hostaddr
           : strcmp(keyword, "port") == 0     ? &lists->port
                                              : NULL;
}

/* ---- lists ---- */

static unsigned length_of(const char *list)
{
    unsigned count = 1;
    for (; *list; list++)
        count += *list == ',';
    return count;
}

/* A list of one is of all: a port may be. "" where there is no list. */
static const char *member(struct arena *arena, const char *list, unsigned index)
{
    if (!list)
        return "";
    for (unsigned i = 0; i < index && strchr(list, ','); i++)
        list = strchr(list, ',') + 1;
    return arena_copy(arena, list, strcspn(list, ","));
}

static void append(struct arena *arena, const char **list, const char *text)
{
    *list = *list ? arena_format(arena, "%s,%s", *list, text) : text;
}

/* ---- what is told of a host ---- */

static bool is_address(const char *host)
{
    struct in6_addr address;
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

/* What libpq finds without asking anybody: a folder of sockets (an abstract one by its @), an address. */
static bool is_found(const char *host, const char *address)
{
    return *address || !*host || *host == '/' || *host == '@' || is_address(host);
}

static void tell(struct arena *arena, struct lists *lists, const char *host, const char *address, const char *port)
{
    append(arena, &lists->host, host);
    append(arena, &lists->hostaddr, address);
    append(arena, &lists->port, port);
}

/* Each of its addresses as a host of its own, with its name; none where none is known. */
static void tell_found(struct arena *arena, struct lists *lists, const char *host, const char *port, const char **fault)
{
    const char *addresses = resolver_addresses(arena, host, fault);
    unsigned count = addresses ? length_of(addresses) : 0;
    for (unsigned i = 0; i < count; i++)
        tell(arena, lists, host, member(arena, addresses, i), port);
}

static unsigned hosts_of(const struct lists *lists)
{
    const char *list = lists->host ? lists->host : lists->hostaddr;
    return list ? length_of(list) : 1;
}

/* libpq refuses others. */
static bool agree(const struct lists *lists)
{
    unsigned hosts = hosts_of(lists), ports = lists->port ? length_of(lists->port) : 1;
    return (ports == 1 || ports == hosts) && (!lists->hostaddr || length_of(lists->hostaddr) == hosts);
}

static struct lists find_servers(struct arena *arena, const struct lists *given, const char **fault)
{
    struct lists found = {0};
    for (unsigned i = 0; i < hosts_of(given); i++) {
        const char *host = member(arena, given->host, i), *address = member(arena, given->hostaddr, i);
        const char *port = member(arena, given->port, i);
        if (is_found(host, address))
            tell(arena, &found, host, address, port);
        else
            tell_found(arena, &found, host, port, fault);
    }
    return found;
}

/* Beginning with another one. */
static struct lists turned(struct arena *arena, const struct lists *found, unsigned first)
{
    struct lists turned = {0};
    for (unsigned i = 0; i < hosts_of(found); i++) {
        unsigned index = (first + i) % hosts_of(found);
        tell(arena, &turned, member(arena, found->host, index), member(arena, found->hostaddr, index),
             member(arena, found->port, index));
    }
    return turned;
}

/* Whatever of it the URL leaves out, libpq's environment says, or a service file that this names. */
static void add_defaults(struct arena *arena, struct lists *lists)
{
    bool located = lists->host || lists->hostaddr;
    if (located && lists->port)
        return;
    PQconninfoOption *defaults = PQconndefaults();
    for (const PQconninfoOption *option = defaults; option && option->keyword; option++) {
        const char **list = list_of(lists, option->keyword);
        bool is_free = list && !*list && (list == &lists->port || !located);
        if (is_free && option->val)
            *list = arena_copy(arena, option->val, strlen(option->val));
    }
    PQconninfoFree(defaults);
}

/* ---- connecting ---- */

enum { OPTIONS_MAX = 64 };

/* Options as libpq takes them. */
struct told {
    const char *names[OPTIONS_MAX + 1], *values[OPTIONS_MAX + 1];
    unsigned count;
};

static void add(struct told *told, const char *name, const char *value)
{
    if (!value || told->count == OPTIONS_MAX)
        return;
    told->names[told->count] = name;
    told->values[told->count++] = value;
}

static PGconn *connect_by(struct arena *arena, const PQconninfoOption *options, const char *wanted, unsigned first,
                          const char **fault)
{
    struct lists lists = {0};
    struct told told = {0};
    add(&told, "fallback_application_name", "claimd/" CLAIMD_VERSION);
    add(&told, "target_session_attrs", wanted);
    for (const PQconninfoOption *option = options; option->keyword; option++) {
        const char **list = list_of(&lists, option->keyword);
        if (list)
            *list = option->val;
        else
            add(&told, option->keyword, option->val);
    }
    add_defaults(arena, &lists);
    if (agree(&lists)) {
        struct lists found = find_servers(arena, &lists, fault);
        if (!found.host)
            return NULL;
        lists = turned(arena, &found, first);
    }
    add(&told, "host", lists.host);
    add(&told, "hostaddr", lists.hostaddr);
    add(&told, "port", lists.port);
    return PQconnectStartParams(told.names, told.values, 0);
}

PGconn *hosts_connect(const char *url, const char *wanted, unsigned first, const char **ret_fault)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    struct arena arena;
    arena_init(&arena);
    *ret_fault = "the URL cannot be understood";
    PGconn *connection = options ? connect_by(&arena, options, wanted, first, ret_fault) : NULL;
    arena_release(&arena);
    PQconninfoFree(options);
    return connection;
}
