/* envfile: settings from a file with a line NAME=VALUE for each, as systemd's EnvironmentFile= and docker's --env-file
 * have them
 */
#ifndef CLAIMD_ENVFILE_H
#define CLAIMD_ENVFILE_H

#include "config.h"

/* Sets what the file tells, under the names of the variables; config->lines become the file's. Blank lines and those
 * that begin with # or ; tell nothing, blanks around a value and quotes around all of it are no part of it, an empty
 * value is none, and of several lines with one name the last decides. False after a complaint that names the line. */
bool envfile_read(struct config *config, const char *file);

#endif
