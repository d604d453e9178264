/* options: the command line, the environment and a file; a flag beats the environment, and that the file
 */
#ifndef CLAIMD_OPTIONS_H
#define CLAIMD_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "config.h"

/* False after one sentence on stderr about what is wrong. The texts belong to argv, the environment and the config. */
bool options_read(struct config *config, int argc, char *const argv[]);

/* The same once more, with what the file says now; what is wrong config_fault() says. */
bool options_reread(struct config *config, int argc, char *const argv[]);

/* Every setting that has a variable, a line each: flag, variable, default, whether a server that runs takes another
 * one, meaning. */
void options_print_settings(FILE *to);

extern const char options_help[];

#endif
