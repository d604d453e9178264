/* starve: makes an allocation of the process fail, which one being said from outside
 *
 * STARVE_FILE names a file of three longs: how many allocations are left until one fails (0: none fails), how many have
 * failed, and how many there were.
 */
#include <errno.h>
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

struct order {
    atomic_long left, failed, made;
};

static struct order *order;

static __attribute__((constructor)) void take_order(void)
{
    const char *name = getenv("STARVE_FILE");
    int fd = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    void *mapped = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*order), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped != MAP_FAILED)
        order = mapped;
    if (fd >= 0)
        close(fd);
}

static bool fails(void)
{
    if (!order)
        return false;
    atomic_fetch_add_explicit(&order->made, 1, memory_order_relaxed);
    if (atomic_load_explicit(&order->left, memory_order_relaxed) <= 0 || atomic_fetch_sub(&order->left, 1) != 1)
        return false;
    atomic_fetch_add(&order->failed, 1);
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
