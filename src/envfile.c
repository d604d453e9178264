/* envfile: settings from a file */
#include "envfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { SIZE_MAX_FILE = 64 * 1024 };

static const char blanks[] = " \t\r";

/* All of the file, with a zero behind it; the caller frees it. NULL after a complaint. */
static char *take_file(const char *file)
{
    FILE *from = fopen(file, "re");
    if (!from) {
        config_complain("the settings in %s cannot be read: %s.", file, strerror(errno));
        return NULL;
    }
    char *text = memory_alloc(SIZE_MAX_FILE + 1);
    size_t size = fread(text, 1, SIZE_MAX_FILE + 1, from);
    int failed = ferror(from) ? errno : 0;
    fclose(from);
    if (failed)
        config_complain("the settings in %s cannot be read: %s.", file, strerror(failed));
    else if (size > SIZE_MAX_FILE)
        config_complain("the settings in %s are more than %d bytes.", file, SIZE_MAX_FILE);
    else if (memchr(text, 0, size))
        config_complain("the settings in %s are no text.", file);
    else
        return text;
    free(text);
    return NULL;
}

static char *trim(char *text)
{
    text += strspn(text, blanks);
    size_t size = strlen(text);
    while (size && strchr(blanks, text[size - 1]))
        size--;
    text[size] = 0;
    return text;
}

static char *unquote(char *text)
{
    size_t size = strlen(text);
    if (size < 2 || (*text != '"' && *text != '\'') || text[size - 1] != *text)
        return text;
    text[size - 1] = 0;
    return text + 1;
}

static const struct setting *setting_of(const char *variable)
{
    for (const struct setting *setting = config_settings; setting->flag; setting++)
        if (setting->variable && strcmp(setting->variable, variable) == 0)
            return setting;
    return NULL;
}

/* What a line has that is none may be a secret, and is not repeated. */
static bool take_line(struct config *config, char *line, const char *file, unsigned number)
{
    char place[400], *value = strchr(line, '=');
    line = trim(line);
    if (!*line || *line == '#' || *line == ';')
        return true;
    if (!value)
        return config_complain("line %u of %s is not NAME=VALUE.", number, file);
    *value = 0;
    value = unquote(trim(value + 1));
    const struct setting *setting = setting_of(trim(line));
    if (!setting || setting->offset == offsetof(struct config, file))
        return config_complain("line %u of %s names no setting; see claimd settings.", number, file);
    snprintf(place, sizeof(place), "%s (line %u of %s)", setting->variable, number, file);
    return !*value || config_set(config, setting, place, value);
}

bool envfile_read(struct config *config, const char *file)
{
    char *rest = config->lines = take_file(file);
    bool good = rest;
    for (unsigned number = 1; good && rest; number++)
        good = take_line(config, strsep(&rest, "\n"), file, number);
    return good;
}
