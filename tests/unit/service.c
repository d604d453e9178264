/* service: what the database tells is understood, and what a thread's requests share is given back */
#include "service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct service service;

static int begin(void **state)
{
    (void)state;
    memset(&service, 0, sizeof(service));
    return 0;
}

static void hear(enum db_news news, const char *payload)
{
    service_heard(&service.db, news, payload);
}

static void what_cannot_be_known_is_not(void **state)
{
    (void)state;
    static const char *const payloads[] = {NULL, "", "0", "soon"};
    for (size_t i = 0; i < sizeof(payloads) / sizeof(*payloads); i++) {
        hear(DB_NEWS_STATE, "4000000000");
        assert_int_not_equal(service.known.data.version, 0);
        hear(payloads[i] ? DB_NEWS_STATE : DB_NEWS_LOST, payloads[i]);
        assert_int_equal(service.known.data.version, 0);
    }
}

/* A second may see several changes, and is asked for once a second. */
static void a_notification_is_news_and_a_state_may_be(void **state)
{
    (void)state;
    hear(DB_NEWS_STATE, "4000000000");
    uint64_t before = service.known.data.version;
    hear(DB_NEWS_STATE, "4000000000");
    assert_int_equal(service.known.data.version, before);
    hear(DB_NEWS_CHANGE, "4000000000");
    assert_int_equal(service.known.data.version, before + 1);
}

/* All of it: a sanitizer would tell. */
static void a_service_is_given_back(void **state)
{
    (void)state;
    struct headers headers = {.count = 0};
    struct document *document = document_new(&(struct document_bytes){NULL, 0, false}, 0, 0, &headers);
    service_init(&service, 1 << 20);
    cache_put(&service.cache, "a", 1, document);
    heads_keep(&service.heads, "/a", 2, cache_find(&service.cache, "a", 1));
    assert_non_null(heads_find(&service.heads, "/a", 2));
    service_release(&service);
    assert_int_equal(document->references, 1);
    document_unref(document);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_cannot_be_known_is_not),
        TEST(a_notification_is_news_and_a_state_may_be),
        TEST(a_service_is_given_back),
    };
    return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
