/* config: THE table of settings */
#include "config.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lag.h"
#include "rate.h"
#include "routes.h"

#define AT(member) offsetof(struct config, member)

/* flag and variable; type; where in struct config; bounds of a number; default; meaning; can change while serving */
const struct setting config_settings[] = {
    {"listen", "CLAIMD_LISTEN", SETTING_ADDRESS, AT(listen), 0, 0, "127.0.0.1:8080",
     "address to serve on: HOST:PORT, or a unix socket, unix:/PATH or unix:@NAME", false},
    {"listen-mode", "CLAIMD_LISTEN_MODE", SETTING_MODE, AT(listen_mode), 0, 0, "660",
     "octal, of the file of a unix socket", false},
    {"tls-certificate", "CLAIMD_TLS_CERTIFICATE", SETTING_TEXT, AT(tls_certificate), 0, 0, NULL,
     "PEM file of the server's certificate and those behind it; none: no TLS", false},
    {"tls-key", "CLAIMD_TLS_KEY", SETTING_TEXT, AT(tls_key), 0, 0, NULL, "PEM file of the certificate's key", false},
    {"tls-priorities", "CLAIMD_TLS_PRIORITIES", SETTING_TEXT, AT(tls_priorities), 0, 0, NULL,
     "GnuTLS' priority string; none: AEAD and forward secrecy; never below TLS 1.2", false},
    {"hsts", "CLAIMD_HSTS", SETTING_NUMBER, AT(hsts_s), 0, 99999999, "0",
     "s for which browsers that came by TLS shall come by nothing else; 0: they are told nothing", true},
    {"admin-listen", "CLAIMD_ADMIN_LISTEN", SETTING_ADDRESS, AT(admin_listen), 0, 0, NULL,
     "address for operators alone: /metrics, /healthz, /readyz; none: nowhere", false},
    {"database-url", "DATABASE_URL", SETTING_DATABASE, AT(database_url), 0, 0, "",
     "PostgreSQL; empty: as libpq's environment says", false},
    {"database-read-url", "DATABASE_READ_URL", SETTING_DATABASE, AT(read_url), 0, 0, NULL,
     "standbys that answer reads; none: the database does", false},
    {"replica-lag", "CLAIMD_REPLICA_LAG", SETTING_NUMBER, AT(replica_lag_ms), 1000, LAG_MOST_MS, "2000",
     "ms that an answer from a standby may be out of date", true},
    {"pooled", "CLAIMD_POOLED", SETTING_POOLED, AT(pooled), 0, 0, "none",
     "lent by a pooler, for a transaction each: none, the read URL's sessions, or all", false},
    {"listen-url", "CLAIMD_LISTEN_URL", SETTING_DATABASE, AT(listen_url), 0, 0, NULL,
     "the database, past a pooler, to listen to; none: its own", false},
    {"migrate-url", "CLAIMD_MIGRATE_URL", SETTING_DATABASE, AT(migrate_url), 0, 0, NULL,
     "the same, as the role that migrates, and for all other commands; none: the database's", false},
    {"service-role", "CLAIMD_SERVICE_ROLE", SETTING_TEXT, AT(service_role), 0, 0, NULL,
     "role of the database's URL, to which migrations grant what it needs", false},
    {"migrate", "CLAIMD_MIGRATE", SETTING_SWITCH, AT(migrate), 0, 0, NULL, "bring the schema up to date before serving",
     false},
    {"threads", "CLAIMD_THREADS", SETTING_NUMBER, AT(threads), 0, THREADS_MAX, "0", "that serve; 0: one a core", false},
    {"db-connections", "CLAIMD_DB_CONNECTIONS", SETTING_NUMBER, AT(db_connections), 1, 64, "1",
     "to the database, a thread, for reading, each pipelined", false},
    {"request-timeout", "CLAIMD_REQUEST_TIMEOUT", SETTING_NUMBER, AT(request_timeout_ms), 10, 600000, "5000",
     "ms for the database to answer", true},
    {"idle-timeout", "CLAIMD_IDLE_TIMEOUT", SETTING_NUMBER, AT(idle_timeout_s), 1, 3600, "60",
     "s for a client to ask again, and to take an answer or a part of it", true},
    {"head-timeout", "CLAIMD_HEAD_TIMEOUT", SETTING_NUMBER, AT(head_timeout_s), 1, 3600, "20",
     "s for a request's head to come, all of it", true},
    {"body-timeout", "CLAIMD_BODY_TIMEOUT", SETTING_NUMBER, AT(body_timeout_s), 1, 3600, "60",
     "s for a body to come, all of it, or 1,024 bytes more of an import", true},
    {"total-timeout", "CLAIMD_TOTAL_TIMEOUT", SETTING_NUMBER, AT(total_timeout_s), 1, 86400, "120",
     "s for a request in all, unless it is of parts that go on, or waits for changes", true},
    {"max-connections", "CLAIMD_MAX_CONNECTIONS", SETTING_NUMBER, AT(max_connections), 1, 100000, "4000",
     "of clients, a thread", false},
    {"address-connections", "CLAIMD_ADDRESS_CONNECTIONS", SETTING_NUMBER, AT(address_connections), 0, 1000000, "1000",
     "of one address, all threads together; 0: no limit", true},
    {"address-rate", "CLAIMD_ADDRESS_RATE", SETTING_NUMBER, AT(address_rate), 0, RATE_MOST, "0",
     "requests/s of one address; 0: no limit", true},
    {"token-rate", "CLAIMD_TOKEN_RATE", SETTING_NUMBER, AT(token_rate), 0, RATE_MOST, "0",
     "requests/s by one token; 0: no limit", true},
    {"rate-window", "CLAIMD_RATE_WINDOW", SETTING_NUMBER, AT(rate_window_s), 1, 3600, "10",
     "s whose requests may come at once", true},
    {"trusted-proxies", "CLAIMD_TRUSTED_PROXIES", SETTING_PEERS, AT(trusted_proxies), 0, 0, NULL,
     "addresses, networks and unix that say for whom they ask", true},
    {"trusted-field", "CLAIMD_TRUSTED_FIELD", SETTING_FIELD, AT(trusts_standard), 0, 0, "x-forwarded-for",
     "or forwarded: the header field that they write", true},
    {"head-bytes", "CLAIMD_HEAD_BYTES", SETTING_NUMBER, AT(head_bytes), 4096, 1048576, "7168",
     "of memory a client, for the heads of a request and its answer", false},
    {"body-bytes", "CLAIMD_BODY_BYTES", SETTING_NUMBER, AT(body_bytes), 1024, 100000000, "1048576",
     "that a request may send, or a line of an import", true},
    {"page-most", "CLAIMD_PAGE_MOST", SETTING_NUMBER, AT(page_most), 1, LIMIT_MAX, "200", "items of a page", true},
    {"result-bytes", "CLAIMD_RESULT_BYTES", SETTING_NUMBER, AT(result_bytes), 65536, 999999999, "64000000",
     "of memory for what the database gives for an answer, or a part", true},
    {"memory-bytes", "CLAIMD_MEMORY_BYTES", SETTING_NUMBER, AT(memory_bytes), 1048576, 999999999, "512000000",
     "of memory for bodies and answers on their way, beside the cache", true},
    {"queue", "CLAIMD_QUEUE", SETTING_NUMBER, AT(queue), 1, 100000, "2000",
     "requests waiting for the database, a thread", true},
    {"cache-bytes", "CLAIMD_CACHE_BYTES", SETTING_NUMBER, AT(cache_bytes), 0, 999999999, "64000000",
     "of memory for finished answers, all threads together; 0: none", false},
    {"max-age", "CLAIMD_MAX_AGE", SETTING_NUMBER, AT(max_age_s), 0, 31536000, "10",
     "s that caches may keep an answer without asking", true},
    {"stale-if-error", "CLAIMD_STALE_IF_ERROR", SETTING_NUMBER, AT(stale_if_error_s), 0, 31536000, "86400",
     "s that an answer is given after it was last known to be right, while the database is away; 0: never", true},
    {"cors-origins", "CLAIMD_CORS_ORIGINS", SETTING_ORIGINS, AT(cors_origins), 0, 0, "*",
     "of web pages that may read answers; *: all", true},
    {"read", "CLAIMD_READ", SETTING_READERS, AT(closed), 0, 0, "open", "open to all, or with a token", true},
    {"secret", "CLAIMD_SECRET", SETTING_SECRET, AT(secret), 0, 0, NULL,
     "16 to 64 bytes that seal cursors; none: the database has some", false},
    {"log-requests", "CLAIMD_LOG_REQUESTS", SETTING_SWITCH, AT(log_requests), 0, 0, NULL, "a log line for each request",
     true},
    {"slow-ms", "CLAIMD_SLOW_MS", SETTING_NUMBER, AT(slow_ms), 0, 600000, "1000",
     "ms from which on a request or a query is logged as slow; 0: none is", true},
    {"trace-database", "CLAIMD_TRACE_DATABASE", SETTING_SWITCH, AT(trace_database), 0, 0, NULL,
     "tell the database the traceparent of each query, which it then parses anew", false},
    {"user", "CLAIMD_USER", SETTING_TEXT, AT(user), 0, 0, NULL,
     "to become once it listens, where it was started by root; none: whoever started it", false},
    {"no-sandbox", "CLAIMD_NO_SANDBOX", SETTING_SWITCH, AT(no_sandbox), 0, 0, NULL,
     "leave all system calls to the process that serves", false},
    {"config", "CLAIMD_CONFIG", SETTING_TEXT, AT(file), 0, 0, NULL,
     "file of settings, NAME=VALUE a line with the variables' names; flags and variables beat it", false},
    {"ready", NULL, SETTING_SWITCH, AT(ready), 0, 0, NULL, "health: can it reach the database, too", false},
    {"skip", NULL, SETTING_SWITCH, AT(skip), 0, 0, NULL, "import: leave out what is refused", false},
    {"name", NULL, SETTING_TEXT, AT(name), 0, 0, NULL, "token: its name", false},
    {"scope", NULL, SETTING_TEXT, AT(scope), 0, 0, NULL, "token: read, write or admin", false},
    {"expires", NULL, SETTING_TEXT, AT(expires), 0, 0, NULL, "token: when it ends", false},
    {"lang", NULL, SETTING_LANGUAGE, AT(language), 0, 0, NULL, "figure: the language of the text", false},
    {"format", NULL, SETTING_TEXT, AT(format), 0, 0, NULL, "export and import: what is written or read", false},
    {NULL, NULL, SETTING_TEXT, 0, 0, 0, NULL, NULL, false},
};

_Static_assert(sizeof(config_settings) / sizeof(*config_settings) <= CONFIG_SETTINGS_MAX + 1,
               "what reads flags has room for each");

static char fault[1000];

bool config_complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    static const char cut[] = "….";
    int size = vsnprintf(fault, sizeof(fault), format, arguments);
    va_end(arguments);
    if (size >= (int)sizeof(fault))
        memcpy(fault + sizeof(fault) - sizeof(cut), cut, sizeof(cut));
    return false;
}

const char *config_fault(void)
{
    return fault;
}

static bool read_number(const struct setting *setting, const char *name, const char *value, unsigned *ret)
{
    size_t digits = strspn(value, "0123456789");
    unsigned long number = digits && digits < 10 && !value[digits] ? strtoul(value, NULL, 10) : setting->high + 1ul;
    if (number < setting->low || number > setting->high)
        return config_complain("%s must be a whole number from %u to %u, not \"%s\".", name, setting->low,
                               setting->high, value);
    *ret = (unsigned)number;
    return true;
}

static bool read_switch(const char *name, const char *value, bool *ret)
{
    if (strcmp(value, "1") != 0 && strcmp(value, "0") != 0)
        return config_complain("%s must be 0 or 1, not \"%s\".", name, value);
    *ret = *value == '1';
    return true;
}

static bool read_readers(const char *name, const char *value, bool *ret_closed)
{
    *ret_closed = strcmp(value, "token") == 0;
    return *ret_closed || strcmp(value, "open") == 0 ||
           config_complain("%s must be open or token, not \"%s\".", name, value);
}

static bool read_pooled(const char *name, const char *value, enum pooled *ret)
{
    static const char *const words[] = {[POOLED_NONE] = "none", [POOLED_READ] = "read", [POOLED_ALL] = "all"};
    for (*ret = POOLED_NONE; *ret <= POOLED_ALL; ++*ret)
        if (strcmp(value, words[*ret]) == 0)
            return true;
    return config_complain("%s must be none, read or all, not \"%s\".", name, value);
}

static bool read_address(const char *name, const char *value, struct address *ret)
{
    return address_read(value, ret) || config_complain("%s must be HOST:PORT or unix:/PATH, not \"%s\".", name, value);
}

/* As chmod takes it. */
static bool read_mode(const char *name, const char *value, unsigned *ret)
{
    size_t digits = strspn(value, "01234567");
    *ret = (unsigned)strtoul(value, NULL, 8);
    return ((digits == 3 || (digits == 4 && *value == '0')) && !value[digits]) ||
           config_complain("%s must be an octal mode such as 660, not \"%s\".", name, value);
}

/* The connection string itself is not repeated: it may hold a password. */
static bool read_database(const char *name, const char *value, const char **ret)
{
    char *reason = NULL;
    PQconninfoOption *options = PQconninfoParse(value, &reason);
    PQconninfoFree(options);
    PQfreemem(reason);
    *ret = value;
    return options || !*value || config_complain("%s is not a PostgreSQL connection string or URI.", name);
}

/* Scheme, host and perhaps a port, as a browser's Origin says it (RFC 6454, section 6.2), or a list of such. */
static bool read_origins(const char *name, const char *value, const char **ret)
{
    static const char host[] = "abcdefghijklmnopqrstuvwxyz0123456789-.:[]";
    bool good = *value;
    *ret = value;
    if (strcmp(value, "*") == 0)
        return true;
    for (const char *next = value; good && *next; next += *next == ',') {
        size_t scheme = strncmp(next, "https://", 8) == 0 ? 8 : strncmp(next, "http://", 7) == 0 ? 7 : 0;
        size_t size = strspn(next + scheme, host);
        next += scheme + size;
        good = scheme && size && (!*next || (*next == ',' && next[1]));
    }
    return good ||
           config_complain("%s must be * or origins such as https://example.org, separated by commas, not \"%s\".",
                           name, value);
}

static bool read_peers(const char *name, const char *value, struct peers *ret)
{
    return peers_read(value, ret) ||
           config_complain("%s must be addresses, networks such as 10.0.0.0/8, and unix, separated by commas, not "
                           "\"%s\".",
                           name, value);
}

static bool read_field(const char *name, const char *value, bool *ret_standard)
{
    *ret_standard = strcmp(value, "forwarded") == 0;
    return *ret_standard || strcmp(value, "x-forwarded-for") == 0 ||
           config_complain("%s must be forwarded or x-forwarded-for, not \"%s\".", name, value);
}

/* It is not repeated. What is longer than a block of the hash would be cut. */
static bool read_secret(const char *name, const char *value, const char **ret)
{
    *ret = value;
    return (strlen(value) >= 16 && strlen(value) <= 64) || config_complain("%s must have 16 to 64 bytes.", name);
}

static bool read_language(const char *name, const char *value, enum figure_language *ret)
{
    *ret = figure_language_of(value);
    return *ret != FIGURE_ANY_LANGUAGE || config_complain("%s must be de, en, es, fr or it, not \"%s\".", name, value);
}

bool config_set(struct config *config, const struct setting *setting, const char *name, const char *value)
{
    void *member = (char *)config + setting->offset;
    switch (setting->type) {
    case SETTING_TEXT:
        *(const char **)member = value;
        return true;
    case SETTING_NUMBER:
        return read_number(setting, name, value, member);
    case SETTING_SWITCH:
        return read_switch(name, value, member);
    case SETTING_READERS:
        return read_readers(name, value, member);
    case SETTING_POOLED:
        return read_pooled(name, value, member);
    case SETTING_ADDRESS:
        return read_address(name, value, member);
    case SETTING_MODE:
        return read_mode(name, value, member);
    case SETTING_ORIGINS:
        return read_origins(name, value, member);
    case SETTING_PEERS:
        return read_peers(name, value, member);
    case SETTING_FIELD:
        return read_field(name, value, member);
    case SETTING_SECRET:
        return read_secret(name, value, member);
    case SETTING_LANGUAGE:
        return read_language(name, value, member);
    default:
        return read_database(name, value, member);
    }
}

void config_init(struct config *config)
{
    *config = (struct config){.command = COMMAND_SERVE};
    for (const struct setting *setting = config_settings; setting->flag; setting++)
        if (setting->standard)
            config_set(config, setting, setting->flag, setting->standard);
}

void config_release(struct config *config)
{
    free(config->lines);
}

static bool same_text(const void *a, const void *b)
{
    const char *one = *(char *const *)a, *other = *(char *const *)b;
    return one == other || (one && other && strcmp(one, other) == 0);
}

static bool same_address(const void *a, const void *b)
{
    const struct address *one = a, *other = b;
    return strcmp(one->host, other->host) == 0 && strcmp(one->port, other->port) == 0;
}

/* What struct config has of a setting of each type. */
static const struct {
    size_t size;
    bool (*same)(const void *a, const void *b); /* NULL: the same bytes are the same value */
} types[] = {
    [SETTING_TEXT] = {sizeof(char *), same_text},
    [SETTING_NUMBER] = {sizeof(unsigned), NULL},
    [SETTING_SWITCH] = {sizeof(bool), NULL},
    [SETTING_DATABASE] = {sizeof(char *), same_text},
    [SETTING_ADDRESS] = {sizeof(struct address), same_address},
    [SETTING_MODE] = {sizeof(unsigned), NULL},
    [SETTING_ORIGINS] = {sizeof(char *), same_text},
    [SETTING_READERS] = {sizeof(bool), NULL},
    [SETTING_SECRET] = {sizeof(char *), same_text},
    [SETTING_PEERS] = {sizeof(struct peers), NULL},
    [SETTING_FIELD] = {sizeof(bool), NULL},
    [SETTING_POOLED] = {sizeof(enum pooled), NULL},
    [SETTING_LANGUAGE] = {sizeof(enum figure_language), NULL},
};

bool config_same(const struct config *a, const struct config *b, const struct setting *setting)
{
    const void *of_a = (const char *)a + setting->offset, *of_b = (const char *)b + setting->offset;
    if (types[setting->type].same)
        return types[setting->type].same(of_a, of_b);
    return memcmp(of_a, of_b, types[setting->type].size) == 0;
}

void config_keep(struct config *config, const struct config *from, const struct setting *setting)
{
    memcpy((char *)config + setting->offset, (const char *)from + setting->offset, types[setting->type].size);
}
