/* replay: a target over the inputs that are kept of it, without a fuzzer: one test (TAP) */
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
    uint8_t *data = memory_alloc(*ret_size + 1);
    bool whole = fread(data, 1, *ret_size, file) == *ret_size;
    fclose(file);
    if (whole)
        return data;
    free(data);
    return NULL;
}

/* Each in memory of just its size; named before it runs, as one that fails ends the process. */
static bool replay(const char *folder, const char *name)
{
    size_t size = 0;
    _cleanup_(text_release) char *path = memory_format("%s/%s", folder, name);
    printf("# %s\n", path);
    uint8_t *data = read_file(path, &size);
    if (data) {
        data = memory_resize(data, size ? size : 1);
        LLVMFuzzerTestOneInput(data, size);
    }
    free(data);
    return data;
}

static unsigned replay_all(const char *folder)
{
    unsigned count = 0;
    struct dirent *entry;
    DIR *entries = opendir(folder);
    while (entries && (entry = readdir(entries)))
        if (*entry->d_name != '.' && !replay(folder, entry->d_name))
            return 0;
        else
            count += *entry->d_name != '.';
    if (entries)
        closedir(entries);
    return count;
}

int main(int count, char **folders)
{
    static char *kept[] = {NULL, FUZZ_CORPUS};
    if (count < 2)
        count = 2, folders = kept;
    bool good = true;
    unsigned inputs = 0;
    setbuf(stdout, NULL);
    puts("1..1");
    for (int i = 1; i < count; i++) {
        unsigned more = replay_all(folders[i]);
        good = good && more;
        inputs += more;
    }
    printf("%sok 1 - %u inputs\n", good ? "" : "not ", inputs);
    return !good;
}
