/* replay: a target over its seeds and the inputs that are kept of it, without a fuzzer: one test (TAP) */
#include <dirent.h>
#include <stdbool.h>

#include "fuzz.h"

/* The caller frees it. */
static uint8_t *read_file(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        return NULL;
    *ret_size = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = memory_alloc(*ret_size); /* no more, so that reading on is seen */
    bool whole = fread(data, 1, *ret_size, file) == *ret_size;
    fclose(file);
    if (whole)
        return data;
    free(data);
    return NULL;
}

/* Named before it runs, as one that fails ends the process. */
static bool replay(const char *folder, const char *name)
{
    size_t size = 0;
    _cleanup_(text_release) char *path = memory_format("%s/%s", folder, name);
    printf("# %s\n", path);
    uint8_t *data = read_file(path, &size);
    if (data)
        LLVMFuzzerTestOneInput(data, size);
    free(data);
    return data;
}

/* How many inputs the folder has; 0 where one cannot be read. */
static unsigned replay_all(const char *folder)
{
    unsigned count = 0;
    bool good = true;
    struct dirent *entry;
    DIR *entries = opendir(folder);
    while (good && entries && (entry = readdir(entries)))
        if (*entry->d_name != '.') {
            good = replay(folder, entry->d_name);
            count++;
        }
    if (entries)
        closedir(entries);
    return good ? count : 0;
}

/* The folders given, or its own. */
int main(int count, char **arguments)
{
    static const char *const own[] = {FUZZ_INPUTS};
    const char *const *folders = count > 1 ? (const char *const *)arguments + 1 : own;
    int folders_count = count > 1 ? count - 1 : (int)(sizeof(own) / sizeof(*own));
    bool good = true;
    unsigned inputs = 0;
    setbuf(stdout, NULL);
    puts("1..1");
    for (int i = 0; i < folders_count; i++) {
        unsigned more = replay_all(folders[i]);
        good = good && more;
        inputs += more;
    }
    printf("%sok 1 - %u inputs\n", good ? "" : "not ", inputs);
    return !good;
}
