/* acceptor: clients are taken, unless it rests; and it goes on as soon as it can, however often it could not */
#include "acceptor.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_S = 20, SOCKETS = 3 };

static struct loop loop;
static struct acceptor acceptor;
static struct sockaddr_un names[SOCKETS];
static int taken;

static int end_of_turn(struct loop *of)
{
    (void)of;
    static bool over;
    over = !over;
    return over ? 50 : LOOP_END;
}

static void take(struct acceptor *of, int fd, const struct sockaddr *name, socklen_t size)
{
    (void)of, (void)name, (void)size;
    close(fd);
    taken++;
}

/* On a name of its own, of which there is no file. */
static int listening(struct sockaddr_un *name)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    socklen_t size = sizeof(sa_family_t);
    *name = (struct sockaddr_un){.sun_family = AF_UNIX};
    assert_int_equal(bind(fd, (struct sockaddr *)name, size), 0);
    assert_int_equal(listen(fd, 5), 0);
    return fd;
}

static int begin(void **state)
{
    (void)state;
    taken = 0;
    alarm(PATIENCE_S);
    bool good = loop_init(&loop);
    loop.before_wait = end_of_turn;
    acceptor_init(&acceptor, &loop, take);
    for (int i = 0; i < SOCKETS && good; i++) {
        int fd = listening(&names[i]);
        socklen_t size = sizeof(names[i]);
        getsockname(fd, (struct sockaddr *)&names[i], &size);
        good = acceptor_add(&acceptor, fd);
    }
    return good ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    acceptor_end(&acceptor);
    loop_release(&loop);
    alarm(0);
    return 0;
}

/* A client of each socket; those that were taken of all that have come so far. */
static int taken_after_clients(void)
{
    for (int i = 0; i < SOCKETS; i++) {
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        connect(fd, (struct sockaddr *)&names[i], sizeof(sa_family_t) + 6);
        close(fd);
    }
    loop_run(&loop);
    return taken;
}

static void clients_of_every_socket_are_taken(void **state)
{
    (void)state;
    assert_int_equal(taken_after_clients(), SOCKETS);
}

static void who_comes_while_it_rests_is_taken_afterwards(void **state)
{
    (void)state;
    acceptor_rest(&acceptor);
    assert_int_equal(taken_after_clients(), 0);
    acceptor_go_on(&acceptor);
    assert_int_equal(taken_after_clients(), 2 * SOCKETS);
}

/* The kernel may lack memory for a watch. */
static void it_goes_on_though_it_could_not_at_first(void **state)
{
    (void)state;
    int epoll = loop.epoll;
    acceptor_rest(&acceptor);
    loop.epoll = -1;
    acceptor_go_on(&acceptor);
    loop.epoll = epoll;
    assert_int_equal(taken_after_clients(), 0);
    acceptor_go_on(&acceptor);
    assert_int_equal(taken_after_clients(), 2 * SOCKETS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(clients_of_every_socket_are_taken, begin, end),
        cmocka_unit_test_setup_teardown(who_comes_while_it_rests_is_taken_afterwards, begin, end),
        cmocka_unit_test_setup_teardown(it_goes_on_though_it_could_not_at_first, begin, end),
    };
    return cmocka_run_group_tests_name("acceptor", tests, NULL, NULL);
}
