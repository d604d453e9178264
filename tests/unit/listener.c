/* listener: of all that begin at once to listen on the file of one that has died, one does, and can be reached */
#include "listener.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { STARTS = 8, ROUNDS = 100, PATIENCE_S = 60 };

static char folder[] = "/tmp/claimd-listener-XXXXXX";
static char file[64];
static struct address address;

static int begin(void **state)
{
    (void)state;
    char text[80];
    alarm(PATIENCE_S);
    if (!mkdtemp(folder))
        return -1;
    snprintf(file, sizeof(file), "%s/socket", folder);
    snprintf(text, sizeof(text), "unix:%s", file);
    return address_read(text, &address) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    unlink(file);
    return rmdir(folder);
}

static struct sockaddr_un name_of_file(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    memcpy(name.sun_path, file, strlen(file) + 1);
    return name;
}

static void leave_behind(void)
{
    struct sockaddr_un name = name_of_file();
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    unlink(file);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
    close(fd);
}

static bool can_be_reached(void)
{
    struct sockaddr_un name = name_of_file();
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    bool reached = connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0;
    close(fd);
    return reached;
}

/* Waits until `go` is closed, says whether it listens, and listens until `stop` is closed. */
static void start(int go, int stop, int told)
{
    struct listener listener;
    char byte;
    alarm(PATIENCE_S);
    (void)!freopen("/dev/null", "w", stderr);
    (void)!read(go, &byte, 1);
    byte = listener_open(&listener, &address, 0600, 1) ? '1' : '0';
    (void)!write(told, &byte, 1);
    (void)!read(stop, &byte, 1);
    _exit(0);
}

static int count_of(int told)
{
    int count = 0;
    for (int i = 0; i < STARTS; i++) {
        char byte = 0;
        assert_int_equal(read(told, &byte, 1), 1);
        count += byte == '1';
    }
    return count;
}

static void one_of_many_takes_the_place_of_the_dead(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int go[2], stop[2], told[2];
        leave_behind();
        assert_int_equal(pipe(go) | pipe(stop) | pipe(told), 0);
        for (int i = 0; i < STARTS; i++)
            if (fork() == 0) {
                close(go[1]);
                close(stop[1]);
                start(go[0], stop[0], told[1]);
            }
        close(go[1]);
        assert_int_equal(count_of(told[0]), 1);
        assert_true(can_be_reached());
        close(stop[1]);
        while (wait(NULL) > 0)
            continue;
        close(go[0]);
        close(stop[0]);
        close(told[0]);
        close(told[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_many_takes_the_place_of_the_dead),
    };
    return cmocka_run_group_tests_name("listener", tests, begin, end);
}
