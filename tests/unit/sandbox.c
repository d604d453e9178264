/* sandbox: what an intruder would call ends the process or fails, what a server calls goes on, and no rank comes back
 */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "child.h"

enum { NOT_CONFINED = 99 };

static bool (*attempt)(void); /* whether it came about */
static bool removing;

static void confined(void)
{
    char fault[SANDBOX_FAULT];
    if (!sandbox_enter(removing, fault))
        _exit(NOT_CONFINED);
    _exit(attempt() ? 0 : errno);
}

static int status_of(bool (*what)(void), bool removes)
{
    if (sandbox_is_left_out())
        skip();
    attempt = what;
    removing = removes;
    return child_run(confined);
}

static void assert_done(bool (*what)(void))
{
    int status = status_of(what, false);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void assert_fails(bool (*what)(void))
{
    int status = status_of(what, false);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EPERM);
}

static void assert_deadly(bool (*what)(void))
{
    int status = status_of(what, false);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

/* ---- what is tried ---- */

static bool run_program(void)
{
    char word[] = "true", *const words[] = {word, NULL};
    return execve("/bin/true", words, NULL) == 0;
}

static bool trace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool read_another(void)
{
    return syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0) == 0;
}

static bool load_program(void)
{
    return syscall(SYS_bpf, 0, NULL, 0) == 0;
}

static bool leave_namespace(void)
{
    return unshare(CLONE_NEWUSER) == 0;
}

static bool make_ring(void)
{
    return syscall(SYS_io_uring_setup, 1, NULL) == 0;
}

static bool call_as_32_bit(void)
{
#ifdef __x86_64__
    long got;
    __asm__ volatile("int $0x80" : "=a"(got) : "a"(20L /* getpid */) : "memory");
    return got > 0;
#else
    raise(SIGSYS);
    return true;
#endif
}

static bool fork_again(void)
{
    return fork() >= 0;
}

static bool talk_to_the_kernel(void)
{
    return socket(AF_NETLINK, SOCK_RAW, 0) >= 0;
}

static bool make_raw_socket(void)
{
    return socket(AF_PACKET, SOCK_RAW, 0) >= 0;
}

static bool listen_anew(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr name = {.sa_family = AF_INET};
    return bind(fd, &name, sizeof(name)) == 0;
}

static bool write_file(void)
{
    return open("/tmp/claimd-unit-sandbox", O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool change_file(void)
{
    return open("/proc/self/comm", O_RDWR) >= 0;
}

static bool write_and_execute(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool execute_what_was_written(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(memory, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool end_the_parent(void)
{
    return kill(getppid(), 0) == 0;
}

static bool signal_the_parent(void)
{
    return syscall(SYS_tgkill, getppid(), getppid(), SIGWINCH) == 0;
}

static bool become_somebody(void)
{
    return setuid(getuid()) == 0;
}

static bool raise_a_limit(void)
{
    return setrlimit(RLIMIT_NOFILE, &(struct rlimit){10, 10}) == 0;
}

static bool remove_file(void)
{
    return unlink("/nonexistent/file") == 0;
}

/* ---- what a server does ---- */

static void *nothing(void *context)
{
    return context;
}

static bool serve(void)
{
    pthread_t thread;
    struct addrinfo *found;
    char text[64];
    bool good = pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;
    int file = open("/etc/passwd", O_RDONLY);
    good &= file >= 0 && read(file, text, sizeof(text)) > 0;
    good &= getaddrinfo("localhost", "1", NULL, &found) == 0;
    good &= socket(AF_INET6, SOCK_STREAM, 0) >= 0 || errno == EAFNOSUPPORT;
    good &= socket(AF_UNIX, SOCK_DGRAM, 0) >= 0;
    free(memset(malloc(50000000), 1, 50000000));
    return good;
}

static bool give_up(void)
{
    abort();
}

static bool have_no_new_rights(void)
{
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

/* ---- tests ---- */

static void an_intruder_ends_the_process(void **state)
{
    (void)state;
    assert_deadly(run_program);
    assert_deadly(trace);
    assert_deadly(read_another);
    assert_deadly(load_program);
    assert_deadly(leave_namespace);
    assert_deadly(make_ring);
    assert_deadly(call_as_32_bit);
}

static void what_a_server_has_no_use_for_fails(void **state)
{
    (void)state;
    assert_fails(fork_again);
    assert_fails(talk_to_the_kernel);
    assert_fails(make_raw_socket);
    assert_fails(listen_anew);
    assert_fails(write_file);
    assert_fails(change_file);
    assert_fails(write_and_execute);
    assert_fails(execute_what_was_written);
    assert_fails(end_the_parent);
    assert_fails(signal_the_parent);
    assert_fails(become_somebody);
    assert_fails(raise_a_limit);
    assert_fails(remove_file);
    assert_fails(have_no_new_rights); /* which is to ask, and no use either: /proc says it */
}

static void a_server_serves(void **state)
{
    (void)state;
    assert_done(serve);
    int status = status_of(give_up, false);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void a_socket_s_file_is_removed_only_where_there_is_one(void **state)
{
    (void)state;
    assert_int_equal(WEXITSTATUS(status_of(remove_file, true)), ENOENT);
}

static void become_nobody(void)
{
    char fault[SANDBOX_FAULT];
    if (!sandbox_become("nobody", fault) || getuid() == 0 || getegid() == 0 || getgroups(0, NULL) != 1)
        _exit(1);
    bool back = setuid(0) == 0 || setgid(0) == 0 || open("/etc/shadow", O_RDONLY) >= 0;
    _exit(back ? 2 : 0);
}

static void nobody_stays_nobody(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(WEXITSTATUS(child_run(become_nobody)), 0);
}

static void become_root(void)
{
    char fault[SANDBOX_FAULT];
    if (geteuid() == 0 && setuid(65534) != 0)
        _exit(1);
    _exit(sandbox_become("root", fault) ? 2 : strstr(fault, "cannot become the user root: ") ? 0 : 3);
}

static void who_is_nobody_cannot_become_root(void **state)
{
    (void)state;
    assert_int_equal(WEXITSTATUS(child_run(become_root)), 0);
}

static void a_user_that_is_not_there_is_named(void **state)
{
    (void)state;
    char fault[SANDBOX_FAULT];
    assert_false(sandbox_become("no-such-user", fault));
    assert_string_equal(fault, "there is no user no-such-user.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_intruder_ends_the_process),
        cmocka_unit_test(what_a_server_has_no_use_for_fails),
        cmocka_unit_test(a_server_serves),
        cmocka_unit_test(a_socket_s_file_is_removed_only_where_there_is_one),
        cmocka_unit_test(nobody_stays_nobody),
        cmocka_unit_test(who_is_nobody_cannot_become_root),
        cmocka_unit_test(a_user_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
