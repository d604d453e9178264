/* options: flags and environment are read, a flag beats the environment, and a wrong value is one sentence */
#include "options.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"

enum { WORDS_MAX = 32 };

static const char *const variables[] = {"CLAIMD_LISTEN",       "DATABASE_URL",           "CLAIMD_MIGRATE",
                                        "CLAIMD_THREADS",      "CLAIMD_DB_CONNECTIONS",  "CLAIMD_REQUEST_TIMEOUT",
                                        "CLAIMD_IDLE_TIMEOUT", "CLAIMD_MAX_CONNECTIONS", "CLAIMD_QUEUE",
                                        "CLAIMD_LOG_REQUESTS", "CLAIMD_MAX_AGE",         "CLAIMD_CORS_ORIGINS"};

static struct config config;
static char line[2000]; /* config's texts belong to it */
static char *told;      /* what options_read() wrote to stderr */

static int begin(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
        unsetenv(variables[i]);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(told);
    told = NULL;
    return 0;
}

/* Reads the command line "claimd <flags>", split at spaces. */
static bool reads(const char *flags)
{
    char *words[WORDS_MAX + 1] = {NULL}, *rest = line;
    int count = 0;
    snprintf(line, sizeof(line), "claimd%s%s", *flags ? " " : "", flags);
    while (rest && count < WORDS_MAX)
        words[count++] = strsep(&rest, " ");
    optind = 0; /* getopt's own state is of the last command line */
    free(told);
    struct capture capture = capture_begin();
    bool good = options_read(&config, count, words);
    told = capture_end(capture);
    return good;
}

static void assert_reads(const char *flags)
{
    if (!reads(flags))
        fail_msg("\"%s\" is refused: %s", flags, told);
    assert_string_equal(told, "");
}

/* Refused with one sentence that names `culprit`. */
static void assert_refused(const char *flags, const char *culprit)
{
    if (reads(flags))
        fail_msg("\"%s\" is taken", flags);
    assert_ptr_equal(strstr(told, "claimd: "), told);
    assert_ptr_equal(strchr(told, '\n'), told + strlen(told) - 1);
    if (!strstr(told + strlen("claimd: "), culprit))
        fail_msg("\"%s\" is refused without a word about %s: %s", flags, culprit, told);
}

static void nothing_told_gives_the_defaults(void **state)
{
    (void)state;
    assert_reads("");
    assert_int_equal(config.command, COMMAND_SERVE);
    assert_string_equal(config.listen.host, "127.0.0.1");
    assert_string_equal(config.listen.port, "8080");
    assert_string_equal(config.database_url, "");
    assert_int_equal(config.threads, 0);
    assert_int_equal(config.db_connections, 1);
    assert_int_equal(config.request_timeout_ms, 5000);
    assert_int_equal(config.idle_timeout_s, 60);
    assert_int_equal(config.max_connections, 4000);
    assert_int_equal(config.queue, 2000);
    assert_int_equal(config.max_age_s, 10);
    assert_int_equal(config.stale_if_error_s, 86400);
    assert_string_equal(config.cors_origins, "*");
    assert_false(config.log_requests);
    assert_false(config.migrate);
    assert_false(config.ready);
}

static void assert_all_told(void)
{
    assert_string_equal(config.listen.host, "::1");
    assert_string_equal(config.listen.port, "0");
    assert_string_equal(config.database_url, "postgres://db/claims");
    assert_int_equal(config.threads, 2);
    assert_int_equal(config.db_connections, 3);
    assert_int_equal(config.request_timeout_ms, 400);
    assert_int_equal(config.idle_timeout_s, 5);
    assert_int_equal(config.max_connections, 6);
    assert_int_equal(config.queue, 7);
    assert_int_equal(config.max_age_s, 8);
    assert_string_equal(config.cors_origins, "https://a.example,http://localhost:8080");
    assert_true(config.log_requests);
    assert_true(config.migrate);
}

static void flags_tell_everything(void **state)
{
    (void)state;
    assert_reads("serve --listen [::1]:0 --database-url postgres://db/claims --migrate --threads 2 --db-connections=3 "
                 "--request-timeout 400 --idle-timeout=5 --max-connections 6 --queue=7 --log-requests "
                 "--max-age 8 --cors-origins https://a.example,http://localhost:8080");
    assert_all_told();
}

static void the_environment_tells_everything(void **state)
{
    (void)state;
    static const char *const values[] = {"[::1]:0", "postgres://db/claims",
                                         "1",       "2",
                                         "3",       "400",
                                         "5",       "6",
                                         "7",       "1",
                                         "8",       "https://a.example,http://localhost:8080"};
    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
        setenv(variables[i], values[i], 1);
    assert_reads("");
    assert_all_told();
}

static void a_flag_beats_the_environment(void **state)
{
    (void)state;
    setenv("CLAIMD_THREADS", "8", 1);
    setenv("CLAIMD_LISTEN", "0.0.0.0:1", 1);
    setenv("CLAIMD_MIGRATE", "0", 1);
    setenv("DATABASE_URL", "postgres://one/db", 1);
    assert_reads("--threads 9 --listen localhost:2 --migrate --database-url host=two");
    assert_int_equal(config.threads, 9);
    assert_string_equal(config.listen.host, "localhost");
    assert_string_equal(config.listen.port, "2");
    assert_true(config.migrate);
    assert_string_equal(config.database_url, "host=two");
}

static void the_last_flag_decides(void **state)
{
    (void)state;
    assert_reads("--threads 3 --threads 4");
    assert_int_equal(config.threads, 4);
}

static void an_empty_variable_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
        setenv(variables[i], "", 1);
    assert_reads("");
    assert_int_equal(config.queue, 2000);
    assert_string_equal(config.listen.host, "127.0.0.1");
}

static void a_switch_can_be_turned_off(void **state)
{
    (void)state;
    setenv("CLAIMD_LOG_REQUESTS", "0", 1);
    assert_reads("");
    assert_false(config.log_requests);
}

static void commands_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        enum command command;
    } cases[] = {
        {"serve", COMMAND_SERVE},
        {"migrate up", COMMAND_MIGRATE_UP},
        {"migrate status", COMMAND_MIGRATE_STATUS},
        {"health", COMMAND_HEALTH},
        {"health --ready", COMMAND_HEALTH},
        {"figure 5", COMMAND_FIGURE},
        {"figure -", COMMAND_FIGURE},
        {"--lang de figure 5", COMMAND_FIGURE},
        {"routes", COMMAND_ROUTES},
        {"version", COMMAND_VERSION},
        {"help", COMMAND_HELP},
        {"--help", COMMAND_HELP},
        {"-h", COMMAND_HELP},
        {"migrate --help", COMMAND_HELP},
        {"--threads 2 migrate up", COMMAND_MIGRATE_UP},
        {"migrate --database-url host=x up", COMMAND_MIGRATE_UP},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_reads(cases[i].words);
        assert_int_equal(config.command, cases[i].command);
    }
}

static void health_may_ask_for_readiness(void **state)
{
    (void)state;
    assert_reads("health");
    assert_false(config.ready);
    assert_reads("health --ready");
    assert_true(config.ready);
}

static void figure_takes_a_text_and_its_language(void **state)
{
    (void)state;
    assert_reads("figure 5");
    assert_string_equal(config.operand, "5");
    assert_int_equal(config.language, FIGURE_ANY_LANGUAGE);
    assert_reads("figure - --lang fr-CH");
    assert_string_equal(config.operand, "-");
    assert_int_equal(config.language, FIGURE_FRENCH);
    assert_reads("figure --lang=it -- -5");
    assert_string_equal(config.operand, "-5");
    assert_refused("figure 5 --lang pt", "--lang");
    assert_refused("figure 5 --lang", "--lang");
}

static void unknown_commands_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *words, *culprit;
    } cases[] = {{"go", "go"},
                 {"Serve", "Serve"},
                 {"migrate", "migrate"},
                 {"migrate down", "migrate"},
                 {"migrate up now", "migrate"},
                 {"serve now", "serve"},
                 {"figure", "figure"},
                 {"figure 5 6", "figure"},
                 {"version version", "version"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_refused(cases[i].words, cases[i].culprit);
}

static void unknown_flags_are_refused(void **state)
{
    (void)state;
    assert_refused("--nothing", "--nothing");
    assert_refused("--nothing=5", "--nothing");
    assert_refused("serve -x", "-x");
    assert_refused("--migrate=1", "--migrate takes no value");
}

static void joined_short_flags_are_refused_by_name(void **state)
{
    (void)state;
    assert_refused("-xy", "-x");
    assert_refused("serve -hx", "-");
}

static void a_flag_without_its_value_is_refused(void **state)
{
    (void)state;
    assert_refused("--threads", "--threads");
    assert_refused("serve --listen", "--listen");
}

/* Flag and variable take the same numbers and no others. */
static void numbers_keep_their_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *flag, *variable;
        size_t offset;
        long low, high;
    } cases[] = {
        {"--threads", "CLAIMD_THREADS", offsetof(struct config, threads), 0, THREADS_MAX},
        {"--db-connections", "CLAIMD_DB_CONNECTIONS", offsetof(struct config, db_connections), 1, 64},
        {"--request-timeout", "CLAIMD_REQUEST_TIMEOUT", offsetof(struct config, request_timeout_ms), 10, 600000},
        {"--idle-timeout", "CLAIMD_IDLE_TIMEOUT", offsetof(struct config, idle_timeout_s), 1, 3600},
        {"--max-connections", "CLAIMD_MAX_CONNECTIONS", offsetof(struct config, max_connections), 1, 100000},
        {"--queue", "CLAIMD_QUEUE", offsetof(struct config, queue), 1, 100000},
        {"--max-age", "CLAIMD_MAX_AGE", offsetof(struct config, max_age_s), 0, 31536000},
        {"--stale-if-error", "CLAIMD_STALE_IF_ERROR", offsetof(struct config, stale_if_error_s), 0, 31536000},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        for (int step = -1; step <= 1; step++) {
            char low[100], high[100], value[20];
            bool outside_low = step<0, outside_high = step> 0;
            snprintf(low, sizeof(low), "%s=%ld", cases[i].flag, cases[i].low + step);
            snprintf(high, sizeof(high), "%s=%ld", cases[i].flag, cases[i].high + step);
            assert_int_equal(reads(low), !outside_low);
            assert_int_equal(reads(high), !outside_high);
            snprintf(value, sizeof(value), "%ld", cases[i].high + step);
            setenv(cases[i].variable, value, 1);
            assert_int_equal(reads(""), !outside_high);
            if (!outside_high)
                assert_int_equal(*(unsigned *)(void *)((char *)&config + cases[i].offset), cases[i].high + step);
            unsetenv(cases[i].variable);
        }
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const values[] = {
        "", "x", "5x", "+5", "-5", "5.0", "0x5", "1e1", "1,0", "4294967298", "99999999999999999999999"};
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        char flags[100];
        snprintf(flags, sizeof(flags), "--queue=%s", values[i]);
        assert_refused(flags, "--queue");
    }
}

static void a_wrong_variable_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
        setenv(variables[i], "nonsense", 1);
        assert_refused("", variables[i]);
        unsetenv(variables[i]);
    }
}

static void addresses_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *value, *host, *port;
    } cases[] = {
        {"127.0.0.1:80", "127.0.0.1", "80"}, {"localhost:65535", "localhost", "65535"},
        {"[::]:8080", "::", "8080"},         {"[fe80::1%eth0]:1", "fe80::1%eth0", "1"},
        {"0.0.0.0:0", "0.0.0.0", "0"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char flags[100];
        snprintf(flags, sizeof(flags), "--listen %s", cases[i].value);
        assert_reads(flags);
        assert_string_equal(config.listen.host, cases[i].host);
        assert_string_equal(config.listen.port, cases[i].port);
    }
}

static void wrong_addresses_are_refused_as_given(void **state)
{
    (void)state;
    static const char *const values[] = {"localhost",       ":80",         "localhost:", "localhost:x",
                                         "localhost:65536", "[]:80",       "[::1]",      "[::1]:-1",
                                         "host:80x",        "host:123456", "[::1]:99999"};
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        char flags[100], quoted[100];
        snprintf(flags, sizeof(flags), "--listen %s", values[i]);
        snprintf(quoted, sizeof(quoted), "\"%s\"", values[i]);
        assert_refused(flags, "--listen");
        assert_refused(flags, quoted);
    }
}

static void an_overlong_host_is_refused(void **state)
{
    (void)state;
    char flags[400];
    snprintf(flags, sizeof(flags), "--listen %0255d:80", 0);
    assert_reads(flags);
    assert_int_equal(strlen(config.listen.host), 255);
    snprintf(flags, sizeof(flags), "--listen %0256d:80", 0);
    assert_refused(flags, "--listen");
}

static void an_ipv6_address_wants_brackets(void **state)
{
    (void)state;
    assert_refused("--listen ::1", "--listen");
    assert_refused("--listen ::1:8080", "--listen");
}

static void origins_are_taken(void **state)
{
    (void)state;
    static const char *const values[] = {"*",
                                         "https://example.org",
                                         "http://localhost:8080",
                                         "http://[::1]:80",
                                         "https://a.example,https://b.example",
                                         "https://xn--bcher-kva.example"};
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        char flags[200];
        snprintf(flags, sizeof(flags), "--cors-origins %s", values[i]);
        assert_reads(flags);
        assert_string_equal(config.cors_origins, values[i]);
        snprintf(flags, sizeof(flags), "--cors-origins=%s", values[i]);
        assert_reads(flags);
    }
}

/* What no browser would ever send as its Origin allows nobody, and somebody meant to allow somebody. */
static void what_is_no_origin_is_refused(void **state)
{
    (void)state;
    static const char *const values[] = {"null",
                                         "**",
                                         "*,https://a.example",
                                         "https://a.example,*",
                                         "example.org",
                                         "//example.org",
                                         "https:/example.org",
                                         "https://",
                                         "https://,https://a.example",
                                         "https://example.org/",
                                         "https://example.org/path",
                                         "https://Example.org",
                                         "HTTPS://example.org",
                                         "https://*.example.org",
                                         "ftp://example.org",
                                         "https://a.example,",
                                         ",https://a.example",
                                         "https://a.example,,https://b.example",
                                         "https://a.example;https://b.example",
                                         "https://bücher.example"};
    assert_refused("--cors-origins=", "--cors-origins");
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        char flags[200];
        snprintf(flags, sizeof(flags), "--cors-origins=%s", values[i]);
        assert_refused(flags, "--cors-origins");
    }
}

static void a_connection_string_is_taken_in_each_form(void **state)
{
    (void)state;
    assert_reads("--database-url postgresql:///claims?host=/run/postgresql");
    assert_reads("--database-url host=/run/postgresql");
    assert_reads("--database-url=");
    assert_string_equal(config.database_url, "");
}

/* Where it is wrong, what is told must not hold its password. */
static void a_password_is_never_told(void **state)
{
    (void)state;
    static const char *const flags[] = {"--database-url password=hush,nonsense=x", "--database-url=hush",
                                        "--database-url postgres://me:hush@[::1/db",
                                        "--database-url postgres://me:hush@host/db?nonsense=1"};
    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
        reads(flags[i]);
        assert_null(strstr(told, "hush"));
    }
}

static void a_password_behind_a_misspelt_flag_is_not_told(void **state)
{
    (void)state;
    assert_refused("--databse-url=postgres://me:hush@host/db", "--databse-url");
    assert_null(strstr(told, "hush"));
}

static void the_help_fits_a_screen(void **state)
{
    (void)state;
    int lines = 0;
    for (const char *at = options_help; *at; lines++) {
        size_t width = strcspn(at, "\n");
        assert_in_range(width, 0, 80);
        at += width + (at[width] == '\n');
    }
    assert_in_range(lines, 1, 30);
}

/* Of what a server can be told: the other flags are explained with their command. */
static void the_settings_are_all_listed(void **state)
{
    (void)state;
    char *listed;
    size_t size;
    FILE *to = open_memstream(&listed, &size);
    options_print_settings(to);
    fclose(to);
    for (const struct setting *setting = config_settings; setting->flag; setting++) {
        char flag[64];
        snprintf(flag, sizeof(flag), "--%s ", setting->flag);
        assert_int_equal(strstr(listed, flag) != NULL, setting->variable != NULL);
        if (setting->variable)
            assert_non_null(strstr(listed, setting->variable));
    }
    free(listed);
}

/* What stands in the table as a default is taken as if somebody had said it. */
static void every_default_is_one_that_could_be_told(void **state)
{
    (void)state;
    struct config one;
    config_init(&one);
    for (const struct setting *setting = config_settings; setting->flag; setting++)
        if (setting->standard)
            assert_true(config_set(&one, setting, setting->flag, setting->standard));
}

/* Whether a file that was read anew says something else is told by the value, of whatever type. */
static void every_setting_that_differs_is_another_until_it_is_kept(void **state)
{
    (void)state;
    static const char *const others[] = {[SETTING_TEXT] = "x",
                                         [SETTING_NUMBER] = "",
                                         [SETTING_SWITCH] = "1",
                                         [SETTING_MODE] = "600",
                                         [SETTING_DATABASE] = "host=elsewhere",
                                         [SETTING_ADDRESS] = "elsewhere:1",
                                         [SETTING_ORIGINS] = "https://a.example",
                                         [SETTING_READERS] = "token",
                                         [SETTING_SECRET] = "0123456789abcdef",
                                         [SETTING_PEERS] = "unix",
                                         [SETTING_FIELD] = "forwarded",
                                         [SETTING_POOLED] = "all",
                                         [SETTING_LANGUAGE] = "de"};
    for (const struct setting *setting = config_settings; setting->flag; setting++) {
        struct config one, other;
        char number[20];
        config_init(&one);
        config_init(&other);
        bool is_high = setting->standard && strtoul(setting->standard, NULL, 10) == setting->high;
        snprintf(number, sizeof(number), "%u", is_high ? setting->low : setting->high);
        assert_true(config_same(&one, &other, setting));
        assert_true(
            config_set(&other, setting, setting->flag, *others[setting->type] ? others[setting->type] : number));
        if (config_same(&one, &other, setting))
            fail_msg("another --%s is not noticed", setting->flag);
        config_keep(&other, &one, setting);
        assert_true(config_same(&one, &other, setting));
    }
}

static void every_flag_stands_once(void **state)
{
    (void)state;
    for (const struct setting *one = config_settings; one->flag; one++)
        for (const struct setting *other = one + 1; other->flag; other++) {
            assert_string_not_equal(one->flag, other->flag);
            assert_true(!one->variable || !other->variable || strcmp(one->variable, other->variable) != 0);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_told_gives_the_defaults),
        TEST(flags_tell_everything),
        TEST(the_environment_tells_everything),
        TEST(a_flag_beats_the_environment),
        TEST(the_last_flag_decides),
        TEST(an_empty_variable_is_none),
        TEST(a_switch_can_be_turned_off),
        TEST(commands_are_read),
        TEST(health_may_ask_for_readiness),
        TEST(figure_takes_a_text_and_its_language),
        TEST(unknown_commands_are_refused),
        TEST(unknown_flags_are_refused),
        TEST(joined_short_flags_are_refused_by_name),
        TEST(a_flag_without_its_value_is_refused),
        TEST(numbers_keep_their_bounds),
        TEST(what_is_no_number_is_refused),
        TEST(a_wrong_variable_is_named),
        TEST(addresses_are_read),
        TEST(wrong_addresses_are_refused_as_given),
        TEST(an_overlong_host_is_refused),
        TEST(an_ipv6_address_wants_brackets),
        TEST(origins_are_taken),
        TEST(what_is_no_origin_is_refused),
        TEST(a_connection_string_is_taken_in_each_form),
        TEST(a_password_is_never_told),
        TEST(a_password_behind_a_misspelt_flag_is_not_told),
        TEST(the_help_fits_a_screen),
        TEST(the_settings_are_all_listed),
        TEST(every_default_is_one_that_could_be_told),
        TEST(every_flag_stands_once),
        TEST(every_setting_that_differs_is_another_until_it_is_kept),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
