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
    PGconn *connection = hosts_connect(url, "prefer-standby", first);
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
    expect("host=/a,/b port=7", 1, "/b,/a", "7");
}

static void one_host_stays(void **state)
{
    (void)state;
    expect("postgresql://u@/d?host=/a&port=5", 12, "/a", "5");
}

static void what_is_wanted_gives_way_to_the_url(void **state)
{
    (void)state;
    PGconn *connection = hosts_connect("host=/a target_session_attrs=any", "prefer-standby", 0);
    expect_option(connection, "target_session_attrs", "any");
    PQfinish(connection);
    connection = hosts_connect("host=/a", "prefer-standby", 0);
    expect_option(connection, "target_session_attrs", "prefer-standby");
    expect_option(connection, "fallback_application_name", "claimd/" CLAIMD_VERSION);
    PQfinish(connection);
}

static void what_is_no_url_connects_nowhere(void **state)
{
    (void)state;
    assert_null(hosts_connect("colour=red", NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_and_their_ports_are_counted_round),
        cmocka_unit_test(one_port_is_that_of_all),
        cmocka_unit_test(one_host_stays),
        cmocka_unit_test(what_is_wanted_gives_way_to_the_url),
        cmocka_unit_test(what_is_no_url_connects_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
