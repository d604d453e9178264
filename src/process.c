/* process: what the system says of this process */
#include "process.h"

#include <dirent.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "exposition.h"

static void put_count(struct buffer *text, const char *name, const char *meaning, uint64_t value)
{
    exposition_family(text, name, "gauge", meaning);
    exposition_count(text, name, NULL, value);
}

static uint64_t microseconds(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000 + (uint64_t)time->tv_usec;
}

static void put_processor(struct buffer *text)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    exposition_family(text, "process_cpu_seconds_total", "counter", "Processor time of user and system.");
    exposition_time(text, "process_cpu_seconds_total", NULL,
                    microseconds(&used.ru_utime) + microseconds(&used.ru_stime));
}

enum { TEXT_SIZE = 1024 };

/* "" where it cannot be read. */
static void read_text(const char *path, char text[static TEXT_SIZE])
{
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(text, 1, TEXT_SIZE - 1, file) : 0;
    if (file)
        fclose(file);
    text[size] = 0;
}

/* Pages of all its memory, and of what is resident (proc(5), statm). */
static void put_memory(struct buffer *text)
{
    char told[TEXT_SIZE], *end;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    read_text("/proc/self/statm", told);
    uint64_t all = strtoull(told, &end, 10), resident = strtoull(end, NULL, 10);
    if (!resident)
        return;
    put_count(text, "process_virtual_memory_bytes", "Virtual memory.", all * page);
    put_count(text, "process_resident_memory_bytes", "Memory that is resident.", resident * page);
}

/* The one that reads the folder is not counted. */
static void put_descriptors(struct buffer *text)
{
    struct rlimit limit;
    uint64_t open = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        return;
    while (readdir(folder)) /* NOLINT(concurrency-mt-unsafe): the folder is this call's alone */
        open++;
    closedir(folder);
    put_count(text, "process_open_fds", "File descriptors that are open.", open - 3);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        put_count(text, "process_max_fds", "File descriptors that may be open.", limit.rlim_cur);
}

/* When it began, in ticks since the system did: the 22nd field (proc(5), stat), of which the second may hold anything
 * in parentheses. */
static uint64_t ticks_at_start(void)
{
    char text[TEXT_SIZE];
    read_text("/proc/self/stat", text);
    char *field = strrchr(text, ')');
    for (int number = 2; field && number < 22; number++)
        field = strchr(field + 1, ' ');
    return field ? strtoull(field + 1, NULL, 10) : 0;
}

static uint64_t began_us; /* since 1970 */

static void find_beginning(void)
{
    struct timespec now, up;
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &up);
    uint64_t now_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
    uint64_t up_us = (uint64_t)up.tv_sec * 1000000 + (uint64_t)up.tv_nsec / 1000;
    began_us = now_us - up_us + ticks_at_start() * 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
}

/* Found once, as two clocks never agree to the microsecond and one of them may be set: a value that changes says that
 * the process is another one. */
static void put_start(struct buffer *text)
{
    static pthread_once_t found = PTHREAD_ONCE_INIT;
    pthread_once(&found, find_beginning);
    exposition_family(text, "process_start_time_seconds", "gauge", "When the process began, since 1970.");
    exposition_time(text, "process_start_time_seconds", NULL, began_us);
}

void process_write(struct buffer *text)
{
    put_processor(text);
    put_memory(text);
    put_descriptors(text);
    put_start(text);
}
