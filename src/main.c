/* main: the program's commands */
#include <jansson.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bulk.h"
#include "config.h"
#include "console.h"
#include "export.h"
#include "health.h"
#include "memory.h"
#include "migrate.h"
#include "options.h"
#include "routes.h"
#include "server.h"
#include "token.h"

/* Whoever started the program sees which signal ended it. A container's first process lives on, as signals have no
 * default action for it, and can but say so by its status. */
static void on_stop(int number)
{
    raise(number);
    _exit(128 + number);
}

/* Until the server takes them, if it does. What whoever started the program has it ignore, as a shell does for what it
 * runs beside itself, stays so. */
static void end_on(int number)
{
    struct sigaction end = {.sa_handler = on_stop, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)}, before;
    sigaction(number, &end, &before);
    if (before.sa_handler == SIG_IGN)
        sigaction(number, &before, NULL);
}

static int serve(struct config *config, int argc, char *argv[])
{
    sigset_t hangup; /* what is asked of a server before it serves is done once it does */
    sigemptyset(&hangup);
    sigaddset(&hangup, SIGHUP);
    sigprocmask(SIG_BLOCK, &hangup, NULL);
    if (config->migrate && migrate_up(config->migrate_url, config->service_role) != 0) {
        config_release(config);
        return SERVER_FAILED;
    }
    return server_run(config, argc, argv);
}

/* Those of the API: pages and their files are no part of the contract. */
static int print_routes(void)
{
    for (const struct route *route = routes; route->path; route++) {
        if (route->shape == SHAPE_PAGE || route->shape == SHAPE_ASSET)
            continue;
        for (const char *method = route->methods ? route->methods : routes_reading; *method; method++)
            if (*method != ' ')
                putchar(*method);
        printf(" %s ", route->path);
        for (const struct param *param = route->params; param && param->name; param++)
            if (param == route->params || strcmp(param->name, param[-1].name) != 0)
                printf("%s%s", param == route->params ? "" : ",", param->name);
        puts(route->params ? "" : "-");
    }
    return 0;
}

static int print(const char *text)
{
    fputs(text, stdout);
    return 0;
}

/* What does not serve. */
static int run(const struct config *config)
{
    switch (config->command) {
    case COMMAND_MIGRATE_UP:
        return migrate_up(config->migrate_url, config->service_role);
    case COMMAND_MIGRATE_STATUS:
        return migrate_status(config->migrate_url);
    case COMMAND_EXPORT:
        return export_data(config->migrate_url, config->operand, config->format);
    case COMMAND_IMPORT:
        return bulk_import(config->migrate_url, config->operand, config->format, config->skip);
    case COMMAND_TOKEN_CREATE:
        return token_create(config->migrate_url, config->name, config->scope, config->expires);
    case COMMAND_TOKEN_LIST:
        return token_list(config->migrate_url);
    case COMMAND_TOKEN_REVOKE:
        return token_revoke(config->migrate_url, config->name);
    case COMMAND_HEALTH:
        return health_check(&config->listen, config->tls_certificate, config->ready);
    case COMMAND_FIGURE:
        return console_figure(config->operand, config->language);
    case COMMAND_ROUTES:
        return print_routes();
    case COMMAND_SETTINGS:
        options_print_settings(stdout);
        return 0;
    case COMMAND_VERSION:
        return print("claimd " CLAIMD_VERSION "\n");
    default:
        return print(options_help);
    }
}

static void *take_for_crypto(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return memory_take(size);
}

static void *resize_for_crypto(void *old, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return memory_resize(old, size);
}

static void free_for_crypto(void *bytes, const char *file, int line)
{
    (void)file, (void)line;
    free(bytes);
}

/* Without memory Jansson would take a part of a document for the whole, and OpenSSL a lock that is not there. */
static void lend_memory(void)
{
    json_set_alloc_funcs(memory_take, free);
    CRYPTO_set_mem_functions(take_for_crypto, resize_for_crypto, free_for_crypto);
}

int main(int argc, char *argv[])
{
    struct config config;
    end_on(SIGTERM);
    end_on(SIGINT);
    lend_memory();
    if (!options_read(&config, argc, argv))
        return SERVER_MISCONFIGURED;
    if (config.command == COMMAND_SERVE)
        return serve(&config, argc, argv);
    int status = run(&config);
    config_release(&config);
    return status;
}
