/* config: what the program was told to do, by flags and environment */
#include "config.h"

#include <ctype.h>
#include <getopt.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char config_help[] = "claimd: serves claims, their sources and comparisons of their figures over HTTP\n"
                           "\n"
                           "usage: claimd [serve] [flags]      serve until SIGTERM or SIGINT\n"
                           "       claimd migrate up|status    bring the schema up to date, or show it\n"
                           "       claimd export [COLLECTION] [--format ndjson|csv|jsonld]\n"
                           "       claimd import [FILE|-] [--skip] [--format ndjson|claimreview]\n"
                           "       claimd token create --name N --scope read|write|admin [--expires T]\n"
                           "       claimd token list | token revoke --name N\n"
                           "       claimd health [--ready]     ask the server on this machine; status 0 or 1\n"
                           "       claimd figure TEXT|- [--lang TAG] | routes | version | help\n"
                           "\n"
                           "flag and environment variable              default\n"
                           "  --listen           CLAIMD_LISTEN           127.0.0.1:8080\n"
                           "  --database-url     DATABASE_URL            libpq's own environment\n"
                           "  --migrate-url      CLAIMD_MIGRATE_URL      that, for all commands\n"
                           "  --service-role     CLAIMD_SERVICE_ROLE     that migrations grant to\n"
                           "  --migrate          CLAIMD_MIGRATE=1        off   migrate before serving\n"
                           "  --threads          CLAIMD_THREADS          0     one a core\n"
                           "  --db-connections   CLAIMD_DB_CONNECTIONS   1     a thread, pipelined\n"
                           "  --request-timeout  CLAIMD_REQUEST_TIMEOUT  5000  ms for the database to answer\n"
                           "  --idle-timeout     CLAIMD_IDLE_TIMEOUT     60    s for a client to ask\n"
                           "  --max-connections  CLAIMD_MAX_CONNECTIONS  4000  clients a thread\n"
                           "  --head-bytes       CLAIMD_HEAD_BYTES       7168  of memory a client, for heads\n"
                           "  --body-bytes       CLAIMD_BODY_BYTES       1048576 that a request may send\n"
                           "  --queue            CLAIMD_QUEUE            2000  requests waiting, a thread\n"
                           "  --cache-bytes      CLAIMD_CACHE_BYTES      64000000 of answers; 0: none\n"
                           "  --max-age          CLAIMD_MAX_AGE          10    s caches may keep an answer\n"
                           "  --cors-origins     CLAIMD_CORS_ORIGINS     *     of pages that may ask\n"
                           "  --read             CLAIMD_READ             open  or token: reading takes one\n"
                           "  --log-requests     CLAIMD_LOG_REQUESTS=1   off   a log line for each request\n";

enum setting_type {
    SETTING_TEXT,
    SETTING_NUMBER,
    SETTING_SWITCH,
    SETTING_DATABASE,
    SETTING_ADDRESS,
    SETTING_ORIGINS,
    SETTING_READERS,
    SETTING_LANGUAGE
};

/* One setting: THE table of flags and environment variables. */
struct setting {
    const char *flag, *variable;
    enum setting_type type;
    size_t offset; /* in struct config */
    unsigned low, high;
};

#define AT(member) offsetof(struct config, member)

static const struct setting settings[] = {
    {"listen", "CLAIMD_LISTEN", SETTING_ADDRESS, 0, 0, 0},
    {"database-url", "DATABASE_URL", SETTING_DATABASE, AT(database_url), 0, 0},
    {"migrate-url", "CLAIMD_MIGRATE_URL", SETTING_DATABASE, AT(migrate_url), 0, 0},
    {"service-role", "CLAIMD_SERVICE_ROLE", SETTING_TEXT, AT(service_role), 0, 0},
    {"migrate", "CLAIMD_MIGRATE", SETTING_SWITCH, AT(migrate), 0, 0},
    {"threads", "CLAIMD_THREADS", SETTING_NUMBER, AT(threads), 0, THREADS_MAX},
    {"db-connections", "CLAIMD_DB_CONNECTIONS", SETTING_NUMBER, AT(db_connections), 1, 64},
    {"request-timeout", "CLAIMD_REQUEST_TIMEOUT", SETTING_NUMBER, AT(request_timeout_ms), 10, 600000},
    {"idle-timeout", "CLAIMD_IDLE_TIMEOUT", SETTING_NUMBER, AT(idle_timeout_s), 1, 3600},
    {"max-connections", "CLAIMD_MAX_CONNECTIONS", SETTING_NUMBER, AT(max_connections), 1, 100000},
    {"head-bytes", "CLAIMD_HEAD_BYTES", SETTING_NUMBER, AT(head_bytes), 4096, 1048576},
    {"body-bytes", "CLAIMD_BODY_BYTES", SETTING_NUMBER, AT(body_bytes), 1024, 100000000},
    {"queue", "CLAIMD_QUEUE", SETTING_NUMBER, AT(queue), 1, 100000},
    {"cache-bytes", "CLAIMD_CACHE_BYTES", SETTING_NUMBER, AT(cache_bytes), 0, 999999999},
    {"max-age", "CLAIMD_MAX_AGE", SETTING_NUMBER, AT(max_age_s), 0, 31536000},
    {"cors-origins", "CLAIMD_CORS_ORIGINS", SETTING_ORIGINS, AT(cors_origins), 0, 0},
    {"read", "CLAIMD_READ", SETTING_READERS, AT(closed), 0, 0},
    {"log-requests", "CLAIMD_LOG_REQUESTS", SETTING_SWITCH, AT(log_requests), 0, 0},
    {"ready", NULL, SETTING_SWITCH, AT(ready), 0, 0},
    {"skip", NULL, SETTING_SWITCH, AT(skip), 0, 0},
    {"name", NULL, SETTING_TEXT, AT(name), 0, 0},
    {"scope", NULL, SETTING_TEXT, AT(scope), 0, 0},
    {"expires", NULL, SETTING_TEXT, AT(expires), 0, 0},
    {"lang", NULL, SETTING_LANGUAGE, AT(language), 0, 0},
    {"format", NULL, SETTING_TEXT, AT(format), 0, 0},
};

enum { SETTINGS = sizeof(settings) / sizeof(*settings) };

static __attribute__((format(printf, 1, 2))) bool complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("claimd: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return false;
}

static bool read_number(const struct setting *setting, const char *name, const char *value, unsigned *ret)
{
    size_t digits = strspn(value, "0123456789");
    unsigned long number = digits && digits < 10 && !value[digits] ? strtoul(value, NULL, 10) : setting->high + 1ul;
    if (number < setting->low || number > setting->high)
        return complain("%s must be a whole number from %u to %u, not \"%s\".", name, setting->low, setting->high,
                        value);
    *ret = (unsigned)number;
    return true;
}

static bool read_switch(const char *name, const char *value, bool *ret)
{
    if (strcmp(value, "1") != 0 && strcmp(value, "0") != 0)
        return complain("%s must be 0 or 1, not \"%s\".", name, value);
    *ret = *value == '1';
    return true;
}

static bool read_readers(const char *name, const char *value, bool *ret_closed)
{
    *ret_closed = strcmp(value, "token") == 0;
    return *ret_closed || strcmp(value, "open") == 0 || complain("%s must be open or token, not \"%s\".", name, value);
}

/* HOST:PORT or [IPv6]:PORT */
static bool read_address(const char *name, const char *value, struct config *config)
{
    bool bracketed = *value == '[';
    const char *host = value + bracketed, *behind = host + strcspn(host, bracketed ? "]" : ":");
    const char *colon = bracketed && *behind ? behind + 1 : behind, *port = *colon == ':' ? colon + 1 : "";
    size_t size = (size_t)(behind - host), digits = strspn(port, "0123456789");
    bool good = size > 0 && size < sizeof(config->host) && digits > 0 && digits < 6 && !port[digits] &&
                strtoul(port, NULL, 10) <= 65535;
    if (!good)
        return complain("%s must be HOST:PORT, not \"%s\".", name, value);
    snprintf(config->host, sizeof(config->host), "%.*s", (int)size, host);
    snprintf(config->port, sizeof(config->port), "%s", port);
    return true;
}

/* The connection string itself is not repeated: it may hold a password. */
static bool read_database(const char *name, const char *value, const char **ret)
{
    char *fault = NULL;
    PQconninfoOption *options = PQconninfoParse(value, &fault);
    PQconninfoFree(options);
    PQfreemem(fault);
    *ret = value;
    return options || !*value || complain("%s is not a PostgreSQL connection string or URI.", name);
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
    return good || complain("%s must be * or origins such as https://example.org, separated by commas, not \"%s\".",
                            name, value);
}

static bool read_language(const char *name, const char *value, enum figure_language *ret)
{
    *ret = figure_language_of(value);
    return *ret != FIGURE_ANY_LANGUAGE || complain("%s must be de, en, es, fr or it, not \"%s\".", name, value);
}

static bool set(struct config *config, const struct setting *setting, const char *name, const char *value)
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
    case SETTING_ADDRESS:
        return read_address(name, value, config);
    case SETTING_ORIGINS:
        return read_origins(name, value, member);
    case SETTING_LANGUAGE:
        return read_language(name, value, member);
    default:
        return read_database(name, value, member);
    }
}

static bool read_environment(struct config *config)
{
    for (int i = 0; i < SETTINGS; i++) {
        const char *value = settings[i].variable ? getenv(settings[i].variable) : NULL;
        if (value && *value && !set(config, &settings[i], settings[i].variable, value))
            return false;
    }
    return true;
}

/* A value behind a misspelt flag is not repeated: it may be a secret. A short one may stand within a word. */
static bool complain_of_flag(int found, char *const argv[])
{
    const char *word = argv[optind - 1];
    if (found == ':')
        return complain("%s needs a value.", word);
    if (isgraph(optopt))
        return complain("there is no flag -%c; see claimd help.", optopt);
    return complain("there is no flag %.*s; see claimd help.", (int)strcspn(word, "="), word);
}

static bool read_flags(struct config *config, int argc, char *const argv[])
{
    struct option options[SETTINGS + 2] = {{"help", no_argument, NULL, SETTINGS}};
    for (int i = 0; i < SETTINGS; i++)
        options[i + 1] = (struct option){settings[i].flag,
                                         settings[i].type == SETTING_SWITCH ? no_argument : required_argument, NULL, i};
    opterr = 0;
    for (int found; (found = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
        if (found == 'h' || found == SETTINGS) {
            config->command = COMMAND_HELP;
        } else if (found == '?' || found == ':') {
            return complain_of_flag(found, argv);
        } else {
            char name[64];
            snprintf(name, sizeof(name), "--%s", settings[found].flag);
            if (!set(config, &settings[found], name, optarg ? optarg : "1"))
                return false;
        }
    }
    return true;
}

static bool read_command(struct config *config, int count, char *const words[])
{
    static const struct {
        const char *first, *second; /* "": any text */
        enum command command;
    } commands[] = {
        {"serve", NULL, COMMAND_SERVE},
        {"migrate", "up", COMMAND_MIGRATE_UP},
        {"migrate", "status", COMMAND_MIGRATE_STATUS},
        {"export", "", COMMAND_EXPORT},
        {"export", NULL, COMMAND_EXPORT},
        {"import", "", COMMAND_IMPORT},
        {"import", NULL, COMMAND_IMPORT},
        {"token", "create", COMMAND_TOKEN_CREATE},
        {"token", "list", COMMAND_TOKEN_LIST},
        {"token", "revoke", COMMAND_TOKEN_REVOKE},
        {"health", NULL, COMMAND_HEALTH},
        {"figure", "", COMMAND_FIGURE},
        {"routes", NULL, COMMAND_ROUTES},
        {"version", NULL, COMMAND_VERSION},
        {"help", NULL, COMMAND_HELP},
    };
    if (count == 0 || config->command == COMMAND_HELP)
        return true;
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        if (strcmp(words[0], commands[i].first) != 0 || count != (commands[i].second ? 2 : 1))
            continue;
        bool takes_any = commands[i].second && !*commands[i].second;
        if (commands[i].second && !takes_any && strcmp(words[1], commands[i].second) != 0)
            continue;
        config->operand = takes_any ? words[1] : NULL;
        config->command = commands[i].command;
        return true;
    }
    return complain("there is no command %s%s; see claimd help.", words[0], count > 1 ? " with these arguments" : "");
}

/* What a command on a token cannot do without. */
static bool check_token(const struct config *config)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    static const char *const scopes[] = {"read", "write", "admin"};
    bool creates = config->command == COMMAND_TOKEN_CREATE, known = false;
    if ((creates || config->command == COMMAND_TOKEN_REVOKE) && !config->name)
        return complain("name the token: --name.");
    if (!creates)
        return true;
    for (size_t i = 0; i < sizeof(scopes) / sizeof(*scopes); i++)
        known |= config->scope && strcmp(config->scope, scopes[i]) == 0;
    if (!known)
        return complain("say what the token may do: --scope read, write or admin.");
    size_t size = strspn(config->name, letters);
    return (!config->name[size] && size && size <= 64 && isalnum((unsigned char)*config->name)) ||
           complain("a token's name is up to 64 letters, digits, dots, hyphens and underscores.");
}

bool config_read(struct config *config, int argc, char *const argv[])
{
    *config = (struct config){
        .command = COMMAND_SERVE,
        .host = "127.0.0.1",
        .port = "8080",
        .database_url = "",
        .db_connections = 1,
        .request_timeout_ms = 5000,
        .idle_timeout_s = 60,
        .max_connections = 4000,
        .queue = 2000,
        .head_bytes = 7168,
        .body_bytes = 1048576,
        .cache_bytes = 64000000,
        .max_age_s = 10,
        .cors_origins = "*",
    };
    bool good = read_environment(config) && read_flags(config, argc, argv) &&
                read_command(config, argc - optind, argv + optind) && check_token(config);
    config->migrate_url = config->migrate_url ? config->migrate_url : config->database_url;
    return good;
}
