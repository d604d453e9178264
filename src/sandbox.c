/* sandbox: what a server gives up for good before it serves */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* ---- rank ---- */

static bool complain(char fault[static SANDBOX_FAULT], const char *what, int number)
{
    snprintf(fault, SANDBOX_FAULT, "%s: %s.", what, strerror(number));
    return false;
}

/* What even a program that is root's by its file would be given: only root may give that up. */
static void drop_bounds(void)
{
    for (unsigned long capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++)
        continue;
}

/* Who has none may not even be let ask to have none. */
static bool has_any(const struct __user_cap_data_struct *sets)
{
    for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        if (sets[i].effective | sets[i].permitted | sets[i].inheritable)
            return true;
    return false;
}

static bool drop_capabilities(char fault[static SANDBOX_FAULT])
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}}, none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &header, sets) == 0 && !has_any(sets))
        return true;
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &header, none) == 0 || complain(fault, "cannot give up capabilities", errno);
}

static bool change_user(const struct passwd *user)
{
    if (geteuid() == user->pw_uid && getuid() == user->pw_uid)
        return true;
    return initgroups(user->pw_name, user->pw_gid) == 0 && setresgid(user->pw_gid, user->pw_gid, user->pw_gid) == 0 &&
           setresuid(user->pw_uid, user->pw_uid, user->pw_uid) == 0;
}

/* Who is in the group of root, by whatever name, is not root by that. */
static bool is_root_again(const struct passwd *user)
{
    return setuid(0) == 0 || seteuid(0) == 0 || (user->pw_gid != 0 && setgid(0) == 0);
}

static bool become(const char *name, char fault[static SANDBOX_FAULT])
{
    char what[SANDBOX_FAULT / 2];
    const struct passwd *user = getpwnam(name);
    if (!user) {
        snprintf(fault, SANDBOX_FAULT, "there is no user %.100s.", name);
        return false;
    }
    snprintf(what, sizeof(what), "cannot become the user %.100s", name);
    if (geteuid() == 0)
        drop_bounds();
    if (!change_user(user))
        return complain(fault, what, errno);
    if (!drop_capabilities(fault))
        return false;
    return user->pw_uid == 0 || !is_root_again(user) || complain(fault, what, EBUSY);
}

bool sandbox_become(const char *user, char fault[static SANDBOX_FAULT])
{
    if (user)
        return become(user, fault);
    return geteuid() == 0 || drop_capabilities(fault);
}

/* ---- system calls ---- */

/* Whatever the arguments. */
static const int let_through[] = {
    /* clients and the database */
    SCMP_SYS(accept4),
    SCMP_SYS(connect),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(fcntl),
    /* files that are read: certificates, settings, the resolver's */
    SCMP_SYS(fstat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(statfs),
    SCMP_SYS(lseek),
    SCMP_SYS(pread64),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    /* memory */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    /* threads and signals */
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(membarrier),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    /* what is so */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getgroups),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrlimit),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
};

/* Nobody calls these by mistake. */
static const int deadly[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(kcmp),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(bpf),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(acct),
    SCMP_SYS(settimeofday),
};

/* The C library goes another way where the kernel does not have these: threads by a call whose flags can be seen. */
static const int unknown[] = {SCMP_SYS(clone3), SCMP_SYS(openat2), SCMP_SYS(epoll_pwait2), SCMP_SYS(close_range)};

/* Let through where `argument` of the call is `value` in the bits of `mask`. */
struct rule {
    int call;
    unsigned argument;
    scmp_datum_t mask, value;
};

#define ALL_BITS UINT32_MAX /* of what the kernel takes as an int */

static const struct rule rules[] = {
    {SCMP_SYS(socket), 0, ALL_BITS, AF_UNIX},
    {SCMP_SYS(socket), 0, ALL_BITS, AF_INET},
    {SCMP_SYS(socket), 0, ALL_BITS, AF_INET6},
    {SCMP_SYS(open), 1, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY},
    {SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY},
    {SCMP_SYS(mmap), 2, PROT_WRITE, 0}, /* what is written is not executed */
    {SCMP_SYS(mmap), 2, PROT_EXEC, 0},
    {SCMP_SYS(mprotect), 2, PROT_EXEC, 0},
    {SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD},
    {SCMP_SYS(ioctl), 1, ALL_BITS, FIONREAD},
    {SCMP_SYS(ioctl), 1, ALL_BITS, FIONBIO},
    {SCMP_SYS(ioctl), 1, ALL_BITS, TCGETS},
    {SCMP_SYS(prctl), 0, ALL_BITS, PR_SET_NAME},
    {SCMP_SYS(prlimit64), 2, UINT64_MAX, 0}, /* to be told one, not to set it */
};

static int add_all(scmp_filter_ctx filter, uint32_t action, const int calls[], size_t count)
{
    int failed = 0;
    for (size_t i = 0; i < count && !failed; i++)
        failed = seccomp_rule_add(filter, action, calls[i], 0);
    return failed;
}

static int add_rules(scmp_filter_ctx filter)
{
    int failed = 0;
    for (size_t i = 0; i < COUNT(rules) && !failed; i++) {
        const struct rule *rule = &rules[i];
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, rule->call, 1,
                                  SCMP_CMP64(rule->argument, SCMP_CMP_MASKED_EQ, rule->mask, rule->value));
    }
    return failed;
}

/* For abort(): a signal to itself. */
static int add_own_signals(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                            SCMP_CMP64(0, SCMP_CMP_EQ, (scmp_datum_t)getpid()));
}

static int add_removal(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(unlink), SCMP_SYS(unlinkat)};
    return add_all(filter, SCMP_ACT_ALLOW, calls, COUNT(calls));
}

static void release(scmp_filter_ctx *filter)
{
    seccomp_release(*filter);
}

bool sandbox_enter(bool removes, char fault[static SANDBOX_FAULT])
{
    static const char what[] = "the system calls of this process cannot be filtered (--no-sandbox goes without)";
    _cleanup_(release) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return complain(fault, what, ENOMEM);
    int failed = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, where the library can */
    if (!failed)
        failed = add_all(filter, SCMP_ACT_ALLOW, let_through, COUNT(let_through));
    if (!failed)
        failed = add_all(filter, SCMP_ACT_KILL_PROCESS, deadly, COUNT(deadly));
    if (!failed)
        failed = add_all(filter, SCMP_ACT_ERRNO(ENOSYS), unknown, COUNT(unknown));
    if (!failed)
        failed = add_rules(filter);
    if (!failed)
        failed = add_own_signals(filter);
    if (!failed && removes)
        failed = add_removal(filter);
    if (!failed)
        failed = seccomp_load(filter);
    return !failed || complain(fault, what, -failed);
}

bool sandbox_is_left_out(void)
{
#ifdef CLAIMD_INSTRUMENTED
    return true;
#else
    return false;
#endif
}
