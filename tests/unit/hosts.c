/* hosts: each attempt begins with another host of the url, with the port that is that host's */
#include "hosts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What libpq understood of it: nothing answers, but the options are there. */
static void expect_option(PGconn *connection, const char *keyword, const char *value)
{
    PQconninfoOption *options = PQconninfo(connection);
    const char *found = NULL;
    for (const PQconninfoOption *option = options; option->keyword; option++)
        if (strcmp(option->keyword, keyword) == 0)
            found = option->val;
    assert_non_null(found);
    assert_string_equal(found, value);
    PQconninfoFree(options);
}

static void expect(const char *url, unsigned first, const char *hosts, const char *ports)
{
    const char *fault;
    PGconn *connection = hosts_connect(url, "prefer-standby", first, &fault);
    expect_option(connection, "host", hosts);
    expect_option(connection, "port", ports);
    PQfinish(connection);
}

static void hosts_and_their_ports_are_counted_round(void **state)
{
    static const char url[] = "postgresql://u@/d?host=/a,/b,/c&port=1,2,3";
    (void)state;
    expect(url, 0, "/a,/b,/c", "1,2,3");
    expect(url, 1, "/b,/c,/a", "2,3,1");
    expect(url, 2, "/c,/a,/b", "3,1,2");
    expect(url, 3, "/a,/b,/c", "1,2,3");
}

static void one_port_is_that_of_all(void **state)
{
    (void)state;
    expect("host=/a,/b port=7", 1, "/b,/a", "7,7");
}

static void one_host_stays(void **state)
{
    (void)state;
    expect("postgresql://u@/d?host=/a&port=5", 12, "/a", "5");
}

static void addresses_are_told_as_they_are(void **state)
{
    (void)state;
    expect("host=127.0.0.1,::1,/a port=1,2,3", 1, "::1,/a,127.0.0.1", "2,3,1");
    expect("host=far.invalid,near.invalid hostaddr=127.0.0.1,127.0.0.2 port=7", 1, "near.invalid,far.invalid", "7,7");
}

/* As the file of hosts has it, perhaps by two addresses; it keeps its name beside each. */
static void a_name_is_told_with_its_addresses(void **state)
{
    const char *fault;
    (void)state;
    PGconn *connection = hosts_connect("host=localhost port=1", NULL, 0, &fault);
    PQconninfoOption *options = PQconninfo(connection);
    unsigned found = 0;
    for (const PQconninfoOption *option = options; option->keyword; option++) {
        found += strcmp(option->keyword, "host") == 0 && strncmp(option->val, "localhost", 9) == 0;
        found += strcmp(option->keyword, "hostaddr") == 0 && option->val && strstr(option->val, "127.0.0.1");
    }
    assert_int_equal(found, 2);
    PQconninfoFree(options);
    PQfinish(connection);
}

static void a_name_that_nobody_knows_is_left_out(void **state)
{
    const char *fault = NULL;
    (void)state;
    expect("host=nobody.invalid,/a port=1,2", 0, "/a", "2");
    assert_null(hosts_connect("host=nobody.invalid", NULL, 0, &fault));
    assert_non_null(fault);
}

static void lists_that_do_not_agree_are_refused_by_libpq(void **state)
{
    const char *fault;
    (void)state;
    PGconn *connection = hosts_connect("host=nobody.invalid,/a,/b port=1,2", NULL, 0, &fault);
    assert_int_equal(PQstatus(connection), CONNECTION_BAD);
    assert_non_null(strstr(PQerrorMessage(connection), "port"));
    PQfinish(connection);
}

static void what_is_wanted_gives_way_to_the_url(void **state)
{
    const char *fault;
    (void)state;
    PGconn *connection = hosts_connect("host=/a target_session_attrs=any", "prefer-standby", 0, &fault);
    expect_option(connection, "target_session_attrs", "any");
    PQfinish(connection);
    connection = hosts_connect("host=/a", "prefer-standby", 0, &fault);
    expect_option(connection, "target_session_attrs", "prefer-standby");
    expect_option(connection, "fallback_application_name", "claimd/" CLAIMD_VERSION);
    PQfinish(connection);
}

static void what_is_no_url_connects_nowhere(void **state)
{
    const char *fault = NULL;
    (void)state;
    assert_null(hosts_connect("colour=red", NULL, 0, &fault));
    assert_non_null(fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_and_their_ports_are_counted_round),
        cmocka_unit_test(one_port_is_that_of_all),
        cmocka_unit_test(one_host_stays),
        cmocka_unit_test(addresses_are_told_as_they_are),
        cmocka_unit_test(a_name_is_told_with_its_addresses),
        cmocka_unit_test(a_name_that_nobody_knows_is_left_out),
        cmocka_unit_test(lists_that_do_not_agree_are_refused_by_libpq),
        cmocka_unit_test(what_is_wanted_gives_way_to_the_url),
        cmocka_unit_test(what_is_no_url_connects_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
