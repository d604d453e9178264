/* options: the command line and the environment; a flag beats the environment
 */
#ifndef CLAIMD_OPTIONS_H
#define CLAIMD_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "config.h"

/* False after one sentence on stderr about what is wrong. The texts belong to argv and the environment. */
bool options_read(struct config *config, int argc, char *const argv[]);

/* Every setting that has a variable, a line each: flag, variable, default, meaning. */
void options_print_settings(FILE *to);

extern const char options_help[];

#endif
