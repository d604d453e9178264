/* address: what is an address to listen on is read, written back alike, and bound to as it says */
#include "address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const good[] = {"127.0.0.1:80", "localhost:65535", "[::1]:0",           "unix:80",
                                   "unix:/a",      "unix:@a",         "unix:/run/x y.sock"};

static void what_is_read_is_written_alike(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        struct address address;
        char text[ADDRESS_TEXT];
        assert_true(address_read(good[i], &address));
        address_write(&address, text);
        assert_string_equal(text, good[i]);
    }
}

static void others_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", ":80", "host", "host:", "[::1]", "unix:", "unix:a", "unix:/", "unix:@", "UNIX:/a", "[unix:/a"};
    struct address address;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        if (address_read(wrong[i], &address))
            fail_msg("\"%s\" is taken", wrong[i]);
}

static void a_path_has_room_for_its_zero(void **state)
{
    (void)state;
    char text[200];
    struct address address;
    size_t room = sizeof(((struct sockaddr_un *)NULL)->sun_path);
    snprintf(text, sizeof(text), "unix:/%0*d", (int)room - 2, 0);
    assert_true(address_read(text, &address));
    snprintf(text, sizeof(text), "unix:/%0*d", (int)room - 1, 0);
    assert_false(address_read(text, &address));
}

static void a_host_named_unix_is_a_host(void **state)
{
    (void)state;
    struct address address;
    assert_true(address_read("unix:80", &address));
    assert_false(address_is_local(&address));
    assert_string_equal(address.host, "unix");
    assert_string_equal(address.port, "80");
}

static void a_file_is_one_with_a_path(void **state)
{
    (void)state;
    struct address address;
    address_read("unix:/run/x", &address);
    assert_true(address_is_local(&address));
    assert_string_equal(address_file(&address), "/run/x");
    address_read("unix:@x", &address);
    assert_true(address_is_local(&address));
    assert_null(address_file(&address));
    address_read("127.0.0.1:1", &address);
    assert_null(address_file(&address));
}

/* Bound as it resolves, a socket says the same of itself. */
static void assert_bound(const char *text, const char *expected)
{
    struct address address;
    struct address_name name;
    char bound[ADDRESS_TEXT];
    assert_true(address_read(text, &address));
    assert_null(address_resolve(&address, &name));
    int fd = socket(name.storage.ss_family, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&name.storage, name.size), 0);
    address_of_socket(fd, bound);
    close(fd);
    if (strncmp(bound, expected, strlen(expected)) != 0)
        fail_msg("%s is bound to %s", text, bound);
}

static void sockets_are_bound_as_told(void **state)
{
    (void)state;
    char abstract[64], file[64];
    snprintf(abstract, sizeof(abstract), "unix:@claimd-address-%d", (int)getpid());
    snprintf(file, sizeof(file), "unix:/tmp/claimd-address-%d", (int)getpid());
    assert_bound("127.0.0.1:0", "127.0.0.1:");
    assert_bound(abstract, abstract);
    assert_bound(file, file);
    unlink(file + strlen("unix:"));
}

static void a_host_that_nobody_has_is_explained(void **state)
{
    (void)state;
    struct address address;
    struct address_name name;
    assert_true(address_read("300.300.300.300:1", &address));
    assert_non_null(address_resolve(&address, &name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_written_alike),       cmocka_unit_test(others_are_refused),
        cmocka_unit_test(a_path_has_room_for_its_zero),        cmocka_unit_test(a_host_named_unix_is_a_host),
        cmocka_unit_test(a_file_is_one_with_a_path),           cmocka_unit_test(sockets_are_bound_as_told),
        cmocka_unit_test(a_host_that_nobody_has_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
