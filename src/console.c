/* console: figures of texts that are given on the command line */
#include "console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "memory.h"
#include "utf8.h"

enum { STATUS_READ, STATUS_NONE, STATUS_WRONG };

static void free_at(char **text)
{
    free(*text);
}

static int complain(const char *fault)
{
    fprintf(stderr, "claimd: %s\n", fault);
    return STATUS_WRONG;
}

static int print_figures(const char *text, size_t size, enum figure_language language)
{
    if (size > FIGURE_TEXT_MOST)
        return complain("a text may have 1000 bytes.");
    if (!utf8_valid(text, size))
        return complain("a text has to be UTF-8.");
    json_t *document = figures_json(text, size, language);
    int status = json_array_size(json_object_get(document, "figures")) ? STATUS_READ : STATUS_NONE;
    json_dumpf(document, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(document);
    return status;
}

static int print_lines(enum figure_language language)
{
    _cleanup_(free_at) char *line = NULL;
    size_t capacity = 0;
    int status = STATUS_NONE;
    for (ssize_t size; (size = getline(&line, &capacity, stdin)) > 0;) {
        int found = print_figures(line, (size_t)size - (line[size - 1] == '\n'), language);
        if (found == STATUS_WRONG)
            return found;
        status = found == STATUS_READ ? found : status;
    }
    return status;
}

int console_figure(const char *text, enum figure_language language)
{
    return strcmp(text, "-") == 0 ? print_lines(language) : print_figures(text, strlen(text), language);
}
