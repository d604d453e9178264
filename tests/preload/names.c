/* names: name servers that say of a host what they are told to
 *
 * NAMES_FILE names a file of one word: the addresses of each host below .test, or that nothing is heard of it
 * ("silent") or nothing known ("unknown"). Who asks while nothing is heard waits until that changes.
 */
#include <dlfcn.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAUSE_US = 5000 };

typedef int look_up(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found);

static bool is_told(const char *node)
{
    const char *end = node ? strrchr(node, '.') : NULL;
    return end && strcmp(end, ".test") == 0;
}

static void read_word(char word[64])
{
    FILE *file = fopen(getenv("NAMES_FILE"), "re");
    if (!file || fscanf(file, "%63s", word) != 1)
        strcpy(word, "silent");
    if (file)
        fclose(file);
}

/* Each address of the comma list, in its order. */
static int find_each(look_up *next, char *list, const char *service, const struct addrinfo *hints,
                     struct addrinfo **found)
{
    int fault = 0;
    char *rest;
    for (char *word = strtok_r(list, ",", &rest); word && !fault; word = strtok_r(NULL, ",", &rest)) {
        fault = next(word, service, hints, found);
        for (; !fault && *found; found = &(*found)->ai_next)
            ;
    }
    return fault;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    look_up *next;
    char word[64];
    *(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!is_told(node))
        return next(node, service, hints, found);
    for (read_word(word); strcmp(word, "silent") == 0; read_word(word))
        usleep(PAUSE_US);
    return strcmp(word, "unknown") == 0 ? EAI_NONAME : find_each(next, word, service, hints, found);
}
