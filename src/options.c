/* options: the command line and the environment */
#include "options.h"

#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "envfile.h"

/* Of the settings' flags, for getopt: above all characters. */
enum { FIRST = 256 };

const char options_help[] = "claimd: serves claims, their sources and comparisons of their figures over HTTP\n"
                            "\n"
                            "usage: claimd [serve] [flags]      serve until SIGTERM or SIGINT\n"
                            "       claimd migrate up|status    bring the schema up to date, or show it\n"
                            "       claimd export [COLLECTION] [--format ndjson|csv|jsonld]\n"
                            "       claimd import [FILE|-] [--skip] [--format ndjson|claimreview]\n"
                            "       claimd token create --name N --scope read|write|admin [--expires T]\n"
                            "       claimd token list | token revoke --name N\n"
                            "       claimd health [--ready]     ask the server on this machine; status 0 or 1\n"
                            "       claimd figure TEXT|- [--lang TAG] | routes | settings | version | help\n"
                            "\n"
                            "the settings needed most, as flags or in the environment; a flag beats that\n"
                            "  --listen           CLAIMD_LISTEN           127.0.0.1:8080\n"
                            "  --database-url     DATABASE_URL            libpq's own environment\n"
                            "  --migrate          CLAIMD_MIGRATE=1        off   migrate before serving\n"
                            "  --threads          CLAIMD_THREADS          0     one a core\n"
                            "  --request-timeout  CLAIMD_REQUEST_TIMEOUT  5000  ms for the database to answer\n"
                            "  --cache-bytes      CLAIMD_CACHE_BYTES      64000000 of answers; 0: none\n"
                            "  --max-age          CLAIMD_MAX_AGE          10    s caches may keep an answer\n"
                            "  --read             CLAIMD_READ             open  or token: reading takes one\n"
                            "  --log-requests     CLAIMD_LOG_REQUESTS=1   off   a log line for each request\n"
                            "\n"
                            "claimd settings lists all of them with their defaults.\n";

static bool read_environment(struct config *config)
{
    for (const struct setting *setting = config_settings; setting->flag; setting++) {
        const char *value = setting->variable ? getenv(setting->variable) : NULL;
        if (value && *value && !config_set(config, setting, setting->variable, value))
            return false;
    }
    return true;
}

/* A value behind a misspelt flag is not repeated: it may be a secret. A short one may stand within a word. */
static bool complain_of_flag(int found, char *const argv[])
{
    const char *word = argv[optind - 1];
    if (found == ':')
        return config_complain("%s needs a value.", word);
    if (optopt >= FIRST)
        return config_complain("%.*s takes no value.", (int)strcspn(word, "="), word);
    if (isgraph(optopt))
        return config_complain("there is no flag -%c; see claimd help.", optopt);
    return config_complain("there is no flag %.*s; see claimd help.", (int)strcspn(word, "="), word);
}

static bool read_flag(struct config *config, const struct setting *setting)
{
    char name[64];
    snprintf(name, sizeof(name), "--%s", setting->flag);
    return config_set(config, setting, name, optarg ? optarg : "1");
}

static bool read_flags(struct config *config, int argc, char *const argv[])
{
    struct option options[CONFIG_SETTINGS_MAX + 2] = {{"help", no_argument, NULL, 'h'}}; /* and an empty one */
    for (int i = 0; config_settings[i].flag; i++) {
        int argument = config_settings[i].type == SETTING_SWITCH ? no_argument : required_argument;
        options[i + 1] = (struct option){config_settings[i].flag, argument, NULL, FIRST + i};
    }
    opterr = 0;
    for (int found; (found = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
        if (found == 'h')
            config->command = COMMAND_HELP;
        else if (found < FIRST)
            return complain_of_flag(found, argv);
        else if (!read_flag(config, &config_settings[found - FIRST]))
            return false;
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
        {"settings", NULL, COMMAND_SETTINGS},
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
    return config_complain("there is no command %s%s; see claimd help.", words[0],
                           count > 1 ? " with these arguments" : "");
}

/* What a command on a token cannot do without. */
static bool check_token(const struct config *config)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    static const char *const scopes[] = {"read", "write", "admin"};
    bool creates = config->command == COMMAND_TOKEN_CREATE, known = false;
    if ((creates || config->command == COMMAND_TOKEN_REVOKE) && !config->name)
        return config_complain("name the token: --name.");
    if (!creates)
        return true;
    for (size_t i = 0; i < sizeof(scopes) / sizeof(*scopes); i++)
        known |= config->scope && strcmp(config->scope, scopes[i]) == 0;
    if (!known)
        return config_complain("say what the token may do: --scope read, write or admin.");
    size_t size = strspn(config->name, letters);
    return (!config->name[size] && size && size <= 64 && isalnum((unsigned char)*config->name)) ||
           config_complain("a token's name is up to 64 letters, digits, dots, hyphens and underscores.");
}

static bool check_pooled(const struct config *config)
{
    if (config->pooled == POOLED_READ && !config->read_url)
        return config_complain("--pooled read needs --database-read-url.");
    return config->pooled != POOLED_ALL || config->listen_url ||
           config_complain("what leads through a pooler cannot be listened to: --pooled all needs --listen-url.");
}

static bool read_told(struct config *config, int argc, char *const argv[])
{
    optind = 0; /* whether flags were read before or not */
    return read_environment(config) && read_flags(config, argc, argv);
}

/* Which file there is to read is told where what beats the file is told. */
static bool read_all(struct config *config, int argc, char *const argv[])
{
    config_init(config);
    if (!read_told(config, argc, argv))
        return false;
    const char *file = config->file;
    if (!file)
        return true;
    config_init(config);
    return envfile_read(config, file) && read_told(config, argc, argv);
}

static bool check_tls(const struct config *config)
{
    return !config->tls_certificate == !config->tls_key ||
           config_complain("a certificate and its key go together: --tls-certificate and --tls-key.");
}

bool options_reread(struct config *config, int argc, char *const argv[])
{
    bool good = read_all(config, argc, argv) && read_command(config, argc - optind, argv + optind) &&
                check_token(config) && check_tls(config) && check_pooled(config);
    config->migrate_url = config->migrate_url ? config->migrate_url : config->database_url;
    if (!good)
        config_release(config);
    return good;
}

bool options_read(struct config *config, int argc, char *const argv[])
{
    bool good = options_reread(config, argc, argv);
    if (!good)
        fprintf(stderr, "claimd: %s\n", config_fault());
    return good;
}

/* In columns as wide as the widest, which the reader's tools can split at two blanks and more. */
void options_print_settings(FILE *to)
{
    fprintf(to, "%-20s  %-26s  %-14s  %-6s  %s\n", "FLAG", "VARIABLE", "DEFAULT", "LIVE", "MEANING");
    for (const struct setting *setting = config_settings; setting->flag; setting++) {
        const char *standard = setting->standard && *setting->standard ? setting->standard : "-";
        if (setting->variable)
            fprintf(to, "--%-18s  %-26s  %-14s  %-6s  %s\n", setting->flag, setting->variable, standard,
                    setting->live ? "yes" : "no", setting->meaning);
    }
}
