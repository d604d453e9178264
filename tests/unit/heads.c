/* heads: a head leads to what it led to last, byte for byte, and to nothing that is gone */
#include "heads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cache.h"
#include "collision.h"
#include "dice.h"
#include "hash.h"
#include "heap.h"
#include "memory.h"

static struct heads heads;
static struct cache cache;

static int begin(void **state)
{
    (void)state;
    heads_init(&heads);
    cache_init(&cache, 1 << 20, heads_forget);
    return 0;
}

static int end(void **state)
{
    (void)state;
    cache_release(&cache);
    heads_release(&heads);
    return 0;
}

static struct cache_entry *find_entry(unsigned key)
{
    return cache_find(&cache, (const char *)&key, sizeof(key));
}

/* An entry as the service has it. */
static struct cache_entry *put_entry(unsigned key)
{
    struct headers headers = {.count = 0};
    struct document *document =
        document_new(&(struct document_bytes){memory_format("%u", key), 1, false}, 0, 0, &headers);
    cache_put(&cache, (const char *)&key, sizeof(key), document);
    document_unref(document);
    return find_entry(key);
}

static void keep(const char *head, struct cache_entry *entry)
{
    heads_keep(&heads, head, strlen(head), entry);
}

static struct cache_entry *found(const char *head)
{
    return heads_find(&heads, head, strlen(head));
}

/* The head of that number; a later call overwrites it. */
static const char *numbered(unsigned number)
{
    static char head[40];
    snprintf(head, sizeof(head), "/v1/claims/%u", number);
    return head;
}

static void what_was_kept_is_found(void **state)
{
    (void)state;
    struct cache_entry *entry = put_entry(1);
    assert_null(found("/v1/claims"));
    keep("/v1/claims", entry);
    assert_ptr_equal(found("/v1/claims"), entry);
}

static void another_head_is_not_found(void **state)
{
    (void)state;
    keep("/v1/claims", put_entry(1));
    assert_null(found("/v1/claim"));
    assert_null(found("/v1/claims?"));
    assert_null(found("/v1/Claims"));
    assert_null(found(""));
    assert_null(heads_find(&heads, "/v1/claims", 11)); /* with its NUL */
}

static void heads_are_bytes_of_any_value(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } cases[] = {{"", 0}, {"\0", 1}, {"\0\0", 2}, {"a", 1}, {"a\0", 2}, {"a\0b\0", 4}, {"a\0\0b", 4}, {"\xff", 1}};
    enum { CASES = sizeof(cases) / sizeof(*cases) };
    for (unsigned i = 0; i < CASES; i++) {
        assert_null(heads_find(&heads, cases[i].bytes, cases[i].size));
        heads_keep(&heads, cases[i].bytes, cases[i].size, put_entry(i));
    }
    for (unsigned i = 0; i < CASES; i++)
        assert_ptr_equal(heads_find(&heads, cases[i].bytes, cases[i].size), find_entry(i));
}

static void a_hash_is_not_taken_for_the_head(void **state)
{
    (void)state;
    struct cache_entry *one = put_entry(1), *other = put_entry(2);
    assert_true(hash_of(collision_one, COLLISION_SIZE) == hash_of(collision_other, COLLISION_SIZE));
    heads_keep(&heads, collision_one, COLLISION_SIZE, one);
    assert_null(heads_find(&heads, collision_other, COLLISION_SIZE));
    heads_keep(&heads, collision_other, COLLISION_SIZE, other);
    assert_ptr_equal(heads_find(&heads, collision_one, COLLISION_SIZE), one);
    assert_ptr_equal(heads_find(&heads, collision_other, COLLISION_SIZE), other);
}

static void heads_are_copied(void **state)
{
    (void)state;
    char head[] = "/v1/claims";
    struct cache_entry *entry = put_entry(1);
    keep(head, entry);
    memset(head, 'x', strlen(head));
    assert_ptr_equal(found("/v1/claims"), entry);
    assert_null(found(head));
}

static void a_head_leads_to_what_it_led_to_last(void **state)
{
    (void)state;
    struct cache_entry *one = put_entry(1), *other = put_entry(2);
    keep("/v1/claims", one);
    keep("/v1/claims", other);
    assert_ptr_equal(found("/v1/claims"), other);
    keep("/v1/claims", other);
    assert_ptr_equal(found("/v1/claims"), other);
    heads_forget(one);
    assert_ptr_equal(found("/v1/claims"), other);
    heads_forget(other);
    assert_null(found("/v1/claims"));
}

static void many_heads_lead_to_one_entry(void **state)
{
    (void)state;
    enum { COUNT = 100 };
    struct cache_entry *entry = put_entry(1);
    for (unsigned i = 0; i < COUNT; i++)
        keep(numbered(i), entry);
    unsigned known = 0;
    for (unsigned i = 0; i < COUNT; i++)
        known += found(numbered(i)) == entry;
    assert_in_range(known, COUNT - 2, COUNT);
    heads_forget(entry);
    assert_null(entry->heads);
    for (unsigned i = 0; i < COUNT; i++)
        assert_null(found(numbered(i)));
}

static void only_the_entrys_own_heads_are_forgotten(void **state)
{
    (void)state;
    enum { COUNT = 100 };
    struct cache_entry *entries[] = {put_entry(0), put_entry(1), put_entry(2)};
    for (unsigned i = 0; i < COUNT; i++)
        keep(numbered(i), entries[i % 3]);
    for (unsigned i = 0; i < COUNT; i += 4) /* some of each lead elsewhere by now */
        keep(numbered(i), entries[(i + 1) % 3]);
    heads_forget(entries[1]);
    unsigned known = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned to = (i + (i % 4 == 0)) % 3;
        const struct cache_entry *entry = found(numbered(i));
        assert_true(!entry || (entry == entries[to] && to != 1));
        known += entry != NULL;
    }
    assert_in_range(known, COUNT * 2 / 3 - 3, COUNT * 2 / 3 + 1);
}

static void an_entry_without_heads_is_forgotten(void **state)
{
    (void)state;
    struct cache_entry *entry = put_entry(1);
    heads_forget(entry);
    keep("/v1/claims", entry);
    heads_forget(entry);
    heads_forget(entry);
    assert_null(found("/v1/claims"));
    keep("/v1/claims", entry);
    assert_ptr_equal(found("/v1/claims"), entry);
}

static void what_leaves_the_cache_is_found_no_more(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        keep(numbered(i), put_entry(i));
    cache_release(&cache);
    for (unsigned i = 0; i < 100; i++)
        assert_null(found(numbered(i)));
}

/* As the entry is the same. */
static void a_newer_answer_is_found_by_the_same_heads(void **state)
{
    (void)state;
    struct cache_entry *entry = put_entry(1);
    keep("/v1/claims", entry);
    put_entry(1);
    assert_ptr_equal(found("/v1/claims"), find_entry(1));
}

static void either_may_be_released_first(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        keep(numbered(i), put_entry(i % 10));
    heads_release(&heads);
    for (unsigned i = 0; i < 10; i++)
        assert_null(find_entry(i)->heads);
    cache_release(&cache);
    heads_init(&heads);
}

static void the_last_heads_are_known_of_any_number(void **state)
{
    (void)state;
    enum { COUNT = 100000, LAST = 1000 };
    struct cache_entry *entries[] = {put_entry(0), put_entry(1), put_entry(2)};
    unsigned known = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        keep(numbered(i), entries[i % 3]);
        assert_ptr_equal(found(numbered(i)), entries[i % 3]);
    }
    for (unsigned i = COUNT - LAST; i < COUNT; i++)
        known += found(numbered(i)) == entries[i % 3];
    assert_in_range(known, LAST * 8 / 10, LAST);
    for (unsigned i = 0; i < COUNT; i++)
        assert_true(!found(numbered(i)) || found(numbered(i)) == entries[i % 3]);
}

static void no_more_memory_is_taken_than_for_some(void **state)
{
    (void)state;
    char head[1000];
    struct cache_entry *entry = put_entry(1);
    size_t before = heap_bytes();
    memset(head, 'x', sizeof(head));
    for (unsigned i = 0; i < 100000; i++) {
        memcpy(head, &i, sizeof(i));
        heads_keep(&heads, head, sizeof(head), entry);
    }
    assert_in_range(heap_bytes() - before, 0, 8 << 20);
    heads_forget(entry);
    assert_in_range(heap_bytes(), 0, before + (1 << 20));
}

static void a_long_head_is_not_worth_the_memory(void **state)
{
    (void)state;
    static char head[30000];
    struct cache_entry *entry = put_entry(1);
    memset(head, 'x', sizeof(head));
    heads_keep(&heads, head, sizeof(head), entry);
    assert_null(heads_find(&heads, head, sizeof(head)));
    heads_keep(&heads, head, 500, entry);
    assert_ptr_equal(heads_find(&heads, head, 500), entry);
    assert_null(heads_find(&heads, head, sizeof(head)));
}

/* ---- any operations ---- */

enum { HEADS = 400, ENTRIES = 50 };

/* What each head led to last; NULL: nothing, or what is gone. */
static struct cache_entry *model[HEADS];

static void forget_in_model(struct cache_entry *entry)
{
    heads_forget(entry);
    for (unsigned i = 0; i < HEADS; i++)
        if (model[i] == entry)
            model[i] = NULL;
}

/* Heads of which many begin as others do. */
static size_t write_head(unsigned number, char *head)
{
    size_t size = number % 20;
    memset(head, 0, size);
    memcpy(head + size, &number, sizeof(number) / 2);
    return size + sizeof(number) / 2;
}

static struct cache_entry *find_numbered(unsigned number)
{
    char head[40];
    size_t size = write_head(number, head);
    return heads_find(&heads, head, size);
}

static void keep_numbered(unsigned number, struct cache_entry *entry)
{
    char head[40];
    size_t size = write_head(number, head);
    heads_keep(&heads, head, size, entry);
    model[number] = entry;
}

static void heads_lead_to_what_is_there(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    unsigned known = 0, expected = 0;
    cache_release(&cache);
    cache_init(&cache, 15000, forget_in_model); /* all entries do not fit */
    for (unsigned i = 0; i < 100000; i++) {
        unsigned number = dice_roll(&dice, HEADS), key = dice_roll(&dice, ENTRIES);
        struct cache_entry *entry = dice_roll(&dice, 2) ? put_entry(key) : find_entry(key);
        if (entry && dice_roll(&dice, 2)) {
            keep_numbered(number, entry);
            assert_property(&dice, find_numbered(number) == entry);
        }
        number = dice_roll(&dice, HEADS);
        entry = find_numbered(number);
        assert_property(&dice, !entry || entry == model[number]);
        known += entry != NULL;
        expected += model[number] != NULL;
    }
    assert_property(&dice, known >= expected - expected / 20);
    assert_in_range(expected, 10000, 90000);
    cache_release(&cache);
    for (unsigned i = 0; i < HEADS; i++)
        assert_null(find_numbered(i));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_kept_is_found),
        TEST(another_head_is_not_found),
        TEST(heads_are_bytes_of_any_value),
        TEST(a_hash_is_not_taken_for_the_head),
        TEST(heads_are_copied),
        TEST(a_head_leads_to_what_it_led_to_last),
        TEST(many_heads_lead_to_one_entry),
        TEST(only_the_entrys_own_heads_are_forgotten),
        TEST(an_entry_without_heads_is_forgotten),
        TEST(what_leaves_the_cache_is_found_no_more),
        TEST(a_newer_answer_is_found_by_the_same_heads),
        TEST(either_may_be_released_first),
        TEST(the_last_heads_are_known_of_any_number),
        TEST(no_more_memory_is_taken_than_for_some),
        TEST(a_long_head_is_not_worth_the_memory),
        TEST(heads_lead_to_what_is_there),
    };
    return cmocka_run_group_tests_name("heads", tests, NULL, NULL);
}
