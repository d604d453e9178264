/* main: the program's commands */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "health.h"
#include "migrate.h"
#include "routes.h"
#include "server.h"

/* Signals have no default action for a container's first process, so until the server takes them somebody must. */
static void on_early_stop(int number)
{
    _exit(128 + number);
}

static int serve(const struct config *config)
{
    signal(SIGTERM, on_early_stop);
    signal(SIGINT, on_early_stop);
    if (config->migrate && migrate_up(config->database_url) != 0)
        return 1;
    return server_run(config);
}

static int print_routes(void)
{
    for (const struct route *route = routes; route->path; route++) {
        printf("GET %s ", route->path);
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

int main(int argc, char *argv[])
{
    struct config config;
    if (!config_read(&config, argc, argv))
        return 2;
    switch (config.command) {
    case COMMAND_MIGRATE_UP:
        return migrate_up(config.database_url);
    case COMMAND_MIGRATE_STATUS:
        return migrate_status(config.database_url);
    case COMMAND_HEALTH:
        return health_check(config.host, config.port, config.ready);
    case COMMAND_ROUTES:
        return print_routes();
    case COMMAND_VERSION:
        return print("claimd " CLAIMD_VERSION "\n");
    case COMMAND_HELP:
        return print(config_help);
    default:
        return serve(&config);
    }
}
