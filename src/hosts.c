/* hosts: connections to one of several servers */
#include "hosts.h"

#include <stddef.h>
#include <string.h>

#include "arena.h"

static unsigned length_of(const char *list)
{
    unsigned count = 1;
    for (; *list; list++)
        count += *list == ',';
    return count;
}

/* The comma list, beginning with another of its members. */
static const char *turned(struct arena *arena, const char *list, unsigned first)
{
    const char *place = list;
    for (unsigned i = 0; i < first; i++)
        place = strchr(place, ',') + 1;
    return place == list ? list : arena_format(arena, "%s,%.*s", place, (int)(place - list - 1), list);
}

static bool is_list(const char *keyword)
{
    return strcmp(keyword, "host") == 0 || strcmp(keyword, "hostaddr") == 0 || strcmp(keyword, "port") == 0;
}

static unsigned hosts_of(const PQconninfoOption *options)
{
    unsigned count = 1;
    for (const PQconninfoOption *option = options; option->keyword; option++)
        if (option->val && is_list(option->keyword) && length_of(option->val) > count)
            count = length_of(option->val);
    return count;
}

/* One port may be that of all hosts. What libpq will refuse, it gets as it is. */
static const char *value_of(struct arena *arena, const PQconninfoOption *option, unsigned hosts, unsigned first)
{
    bool turns = is_list(option->keyword) && length_of(option->val) == hosts;
    return turns ? turned(arena, option->val, first % hosts) : option->val;
}

static PGconn *connect_by(const PQconninfoOption *options, const char *wanted, unsigned first)
{
    enum { OPTIONS_MAX = 64 };
    const char *names[OPTIONS_MAX + 3] = {"fallback_application_name"},
                                    *values[OPTIONS_MAX + 3] = {"claimd/" CLAIMD_VERSION};
    unsigned count = 1, hosts = hosts_of(options);
    struct arena arena;
    arena_init(&arena);
    if (wanted) {
        names[count] = "target_session_attrs";
        values[count++] = wanted;
    }
    for (const PQconninfoOption *option = options; option->keyword && count < OPTIONS_MAX; option++) {
        if (!option->val)
            continue;
        names[count] = option->keyword;
        values[count++] = value_of(&arena, option, hosts, first);
    }
    PGconn *connection = PQconnectStartParams(names, values, 0);
    arena_release(&arena);
    return connection;
}

PGconn *hosts_connect(const char *url, const char *wanted, unsigned first)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    PGconn *connection = options ? connect_by(options, wanted, first) : NULL;
    PQconninfoFree(options);
    return connection;
}
