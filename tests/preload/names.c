/* names: name servers that say of a host what they are told to
 *
 * NAMES_FILE names a file of one word: the address of each host below .test, or that nothing is heard of it ("silent")
 * or nothing known ("unknown"). Who asks while nothing is heard waits until that changes.
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

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    look_up *next;
    char word[64];
    *(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!is_told(node))
        return next(node, service, hints, found);
    for (read_word(word); strcmp(word, "silent") == 0; read_word(word))
        usleep(PAUSE_US);
    return strcmp(word, "unknown") == 0 ? EAI_NONAME : next(word, service, hints, found);
}
