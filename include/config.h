/* config: THE table of settings, each with its flag, its environment variable, its bounds, its default and its meaning
 */
#ifndef CLAIMD_CONFIG_H
#define CLAIMD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "figure/meaning.h"
#include "peer.h"

enum command {
    COMMAND_SERVE,
    COMMAND_MIGRATE_UP,
    COMMAND_MIGRATE_STATUS,
    COMMAND_EXPORT,
    COMMAND_IMPORT,
    COMMAND_TOKEN_CREATE,
    COMMAND_TOKEN_LIST,
    COMMAND_TOKEN_REVOKE,
    COMMAND_HEALTH,
    COMMAND_FIGURE,
    COMMAND_ROUTES,
    COMMAND_SETTINGS,
    COMMAND_VERSION,
    COMMAND_HELP
};

enum { THREADS_MAX = 256 };

/* Which URLs lead through a pooler that lends sessions by transaction. */
enum pooled { POOLED_NONE, POOLED_READ, POOLED_ALL };

struct config {
    enum command command;
    struct address listen;
    struct address admin_listen;           /* nowhere, unless it is told */
    unsigned listen_mode;                  /* of the file of a unix socket */
    const char *tls_certificate, *tls_key; /* files; NULL: no TLS */
    const char *tls_priorities;            /* NULL: the usual ones */
    unsigned hsts_s;                       /* how long browsers shall come by TLS alone; 0: they are not told */
    const char *cors_origins;              /* comma list of web origins that may read answers; "*": all */
    const char *database_url;              /* "" leaves all to libpq's environment; never logged */
    const char *read_url;                  /* of standbys that answer reads; NULL: none */
    const char *listen_url;                /* the database, for the connection that listens; NULL: database_url */
    const char *migrate_url;               /* for migrations and tokens; NULL: database_url */
    const char *service_role;              /* the role of database_url, where it is another one; NULL: the same */
    const char *secret;                    /* that cursors are sealed by; NULL: the database's; never logged */
    unsigned threads;                      /* 0: one a core */
    unsigned db_connections;               /* a thread */
    unsigned request_timeout_ms;
    enum pooled pooled;
    unsigned replica_lag_ms; /* that an answer from read_url may be out of date */
    unsigned idle_timeout_s;
    unsigned head_timeout_s;           /* for a request's head to come */
    unsigned body_timeout_s;           /* for a body to come, or of an import a part */
    unsigned total_timeout_s;          /* for a request in all, but for one of parts */
    unsigned max_connections;          /* a thread */
    unsigned address_connections;      /* of one address, all threads together; 0: no limit */
    unsigned address_rate, token_rate; /* requests a second of one; 0: no limit */
    unsigned rate_window_s;            /* of the rate may come at once */
    struct peers trusted_proxies;
    bool trusts_standard;      /* proxies write Forwarded, not X-Forwarded-For */
    unsigned page_most;        /* items of a page */
    unsigned result_bytes;     /* of memory for one result of the database */
    unsigned memory_bytes;     /* for what clients have sent and are sent, beside the cache, all threads together */
    unsigned head_bytes;       /* of memory of a connection, for the heads of a request and its answer */
    unsigned body_bytes;       /* that a request may send */
    unsigned queue;            /* requests waiting for the database, a thread */
    unsigned cache_bytes;      /* of memory for finished answers, all threads together; 0: none is kept */
    unsigned max_age_s;        /* how long caches may keep an answer without asking */
    unsigned stale_if_error_s; /* how old an answer may be that is given while the database is away; 0: none is */
    unsigned slow_ms;          /* a request that takes so long is logged; 0: none is */
    const char *file;          /* that settings were read from; NULL: none */
    char *lines;               /* of that file, to which texts belong; owned */
    bool log_requests;
    bool trace_database; /* tell the database on whose behalf it is asked */
    const char *user;    /* to become; NULL: none other */
    bool no_sandbox;     /* system calls are not filtered */
    bool closed;         /* reading takes a token */
    bool migrate;        /* before serving */
    bool ready;          /* health asks for readiness */
    bool skip;           /* import leaves out what is refused */

    /* What the command is given: a text that figures are read from ("-": the lines of standard input), a file, or the
     * name of a collection; NULL: nothing. */
    const char *operand;
    enum figure_language language; /* of the text */
    const char *format;            /* of what is exported or imported; NULL: lines */

    /* of a token; NULL: not given */
    const char *name, *scope, *expires;
};

enum setting_type {
    SETTING_TEXT,
    SETTING_NUMBER,
    SETTING_SWITCH,
    SETTING_DATABASE,
    SETTING_ADDRESS,
    SETTING_MODE,
    SETTING_ORIGINS,
    SETTING_READERS,
    SETTING_SECRET,
    SETTING_PEERS,
    SETTING_FIELD,
    SETTING_POOLED,
    SETTING_LANGUAGE
};

struct setting {
    const char *flag, *variable; /* variable NULL: what a command is given, which nothing outlasts */
    enum setting_type type;
    size_t offset; /* in struct config */
    unsigned low, high;
    const char *standard; /* the value that it has unless told; NULL: none, 0 or off */
    const char *meaning;  /* and the unit */
    bool live;            /* a server that runs takes another value */
};

/* At most so many, behind which one ends the table whose flag is NULL. */
enum { CONFIG_SETTINGS_MAX = 62 };
extern const struct setting config_settings[];

/* Keeps one sentence that says why what was told cannot be, for config_fault(); always false. Of one thread. */
__attribute__((format(printf, 1, 2))) bool config_complain(const char *format, ...);
const char *config_fault(void);

/* Everything as it is unless told. */
void config_init(struct config *config);

/* Sets one; false after a complaint about what is wrong with the value of `name`, under which it was given.
 * The value belongs to the caller, who keeps it as long as the config. */
bool config_set(struct config *config, const struct setting *setting, const char *name, const char *value);

/* Frees what is the config's own. */
void config_release(struct config *config);

/* Whether both have the same value of it. */
bool config_same(const struct config *a, const struct config *b, const struct setting *setting);

/* Gives it the value that it has in `from`, to which a text goes on to belong. */
void config_keep(struct config *config, const struct config *from, const struct setting *setting);

#endif
