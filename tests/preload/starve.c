/* starve: makes an allocation of the process fail, when that is said from outside: the next one at a site where none
 * has failed before
 *
 * A site is a way to an allocation: the calls nearest to it. STARVE_FILE names a file that is a `struct order`, which
 * outlives the process: so a process that ends by it is followed by one that fails elsewhere.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What is behind the names that stand here, in the GNU C library. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

enum { SITES = 8189, CALLS = 8 };

struct order {
    atomic_long armed; /* 1: one is to fail, which takes this back */
    atomic_long made;  /* allocations */
    atomic_long sites; /* where one has failed */
    atomic_ulong seen[SITES];
};

static struct order *order;
static __thread bool looks;

static __attribute__((constructor)) void take_order(void)
{
    void *calls[1];
    backtrace(calls, 1); /* which allocates when it is called first */
    const char *name = getenv("STARVE_FILE");
    int fd = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    void *mapped = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*order), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped != MAP_FAILED)
        order = mapped;
    if (fd >= 0)
        close(fd);
}

/* The same in each process, wherever its libraries are; never 0. */
static unsigned long site(void)
{
    void *calls[CALLS];
    unsigned long hash = 14695981039346656037UL;
    int count = backtrace(calls, CALLS);
    for (int i = 0; i < count; i++) {
        Dl_info info = {.dli_fbase = NULL};
        dladdr(calls[i], &info);
        hash = (hash ^ ((unsigned long)calls[i] - (unsigned long)info.dli_fbase)) * 1099511628211UL;
    }
    return hash | 1;
}

/* False if one has failed there before. */
static bool is_new(unsigned long site)
{
    for (unsigned i = 0; i < SITES; i++) {
        unsigned long none = 0;
        if (atomic_compare_exchange_strong(&order->seen[(site + i) % SITES], &none, site))
            return true;
        if (none == site)
            return false;
    }
    return false;
}

static bool is_to_fail(void)
{
    looks = true;
    bool fails = is_new(site()) && atomic_exchange(&order->armed, 0);
    looks = false;
    return fails;
}

static bool fails(void)
{
    if (!order || looks)
        return false;
    atomic_fetch_add_explicit(&order->made, 1, memory_order_relaxed);
    if (!atomic_load_explicit(&order->armed, memory_order_relaxed) || !is_to_fail())
        return false;
    atomic_fetch_add(&order->sites, 1);
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, bytes);
}

void *memalign(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    void *got = memalign(alignment, size);
    if (!got)
        return ENOMEM;
    *memory = got;
    return 0;
}
