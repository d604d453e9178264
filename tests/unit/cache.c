/* cache: what is found is the last answer of that very key, what is asked for often stays, and no more is kept than may
 * be */
#include "cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "collision.h"
#include "dice.h"
#include "hash.h"
#include "heap.h"
#include "memory.h"

static struct cache cache;
static size_t forgotten; /* entries */

static void count_forgotten(struct cache_entry *entry)
{
    assert_non_null(entry->document);
    forgotten++;
}

static int begin(void **state)
{
    (void)state;
    forgotten = 0;
    cache_init(&cache, 1 << 20, count_forgotten);
    return 0;
}

static int end(void **state)
{
    (void)state;
    cache_release(&cache);
    return 0;
}

static void begin_anew(size_t most)
{
    cache_release(&cache);
    forgotten = 0;
    cache_init(&cache, most, count_forgotten);
}

/* A document that no other number has, whose bytes are as many. */
static struct document *make(unsigned number, size_t size)
{
    struct headers headers = {.count = 0};
    char *bytes = memory_alloc(size + sizeof(number));
    memcpy(bytes, &number, sizeof(number));
    headers_put(&headers, "Cache-Control", "max-age=10");
    headers_put_whole(&headers, "Content-Type", "application/json");
    return document_new(&(struct document_bytes){bytes, size + sizeof(number), false}, 0, 0, &headers);
}

/* Every key is as long as every other. */
static struct cache_entry *find(unsigned key)
{
    return cache_find(&cache, (const char *)&key, sizeof(key));
}

static void put_document(unsigned key, struct document *document)
{
    cache_put(&cache, (const char *)&key, sizeof(key), document);
    document_unref(document);
}

static void put(unsigned key, size_t size)
{
    put_document(key, make(key, size));
}

static bool has_bytes(unsigned key)
{
    return find(key) && find(key)->document->bytes;
}

static void use(unsigned key, unsigned times)
{
    while (times--)
        cache_use(find(key));
}

/* What an entry of that size takes, or, without its bytes, what is left of it. */
static size_t weight_of(size_t size, bool remains)
{
    struct cache other;
    struct document *whole = make(0, size), *document = remains ? document_remains(whole) : document_ref(whole);
    cache_init(&other, SIZE_MAX / 2, NULL);
    cache_put(&other, "1234", sizeof(unsigned), document);
    size_t weight = cache_weight(&other);
    cache_release(&other);
    document_unref(document);
    document_unref(whole);
    return weight;
}

/* ---- what is found ---- */

static void what_was_put_is_found(void **state)
{
    (void)state;
    struct document *document = make(1, 100);
    cache_put(&cache, "/v1/claims", 10, document);
    struct cache_entry *entry = cache_find(&cache, "/v1/claims", 10);
    assert_non_null(entry);
    assert_ptr_equal(entry->document, document);
    assert_null(entry->heads);
    document_unref(document);
}

static void nothing_else_is(void **state)
{
    (void)state;
    struct document *document = make(1, 100);
    assert_null(cache_find(&cache, "/v1/claims", 10));
    assert_null(cache_find(&cache, "", 0));
    cache_put(&cache, "/v1/claims", 10, document);
    document_unref(document);
    assert_null(cache_find(&cache, "/v1/claims", 9));
    assert_null(cache_find(&cache, "/v1/claims", 11)); /* with its NUL */
    assert_null(cache_find(&cache, "/v1/claimz", 10));
    assert_null(cache_find(&cache, "", 0));
}

static void keys_are_bytes_of_any_value(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } keys[] = {{"", 0},     {"\0", 1},   {"\0\0", 2}, {"a", 1},   {"a\0", 2},
                {"a\0b", 3}, {"a\0c", 3}, {"\0a", 2},  {"\xff", 1}};
    enum { KEYS = sizeof(keys) / sizeof(*keys) };
    struct document *documents[KEYS];
    for (unsigned i = 0; i < KEYS; i++) {
        documents[i] = make(i, 10);
        assert_null(cache_find(&cache, keys[i].bytes, keys[i].size));
        cache_put(&cache, keys[i].bytes, keys[i].size, documents[i]);
    }
    for (unsigned i = 0; i < KEYS; i++) {
        struct cache_entry *entry = cache_find(&cache, keys[i].bytes, keys[i].size);
        assert_true(entry && entry->document == documents[i]);
        document_unref(documents[i]);
    }
}

static void a_hash_is_not_taken_for_the_key(void **state)
{
    (void)state;
    struct document *one = make(1, 10), *other = make(2, 10);
    assert_true(hash_of(collision_one, COLLISION_SIZE) == hash_of(collision_other, COLLISION_SIZE));
    cache_put(&cache, collision_one, COLLISION_SIZE, one);
    assert_null(cache_find(&cache, collision_other, COLLISION_SIZE));
    cache_put(&cache, collision_other, COLLISION_SIZE, other);
    assert_ptr_equal(cache_find(&cache, collision_one, COLLISION_SIZE)->document, one);
    assert_ptr_equal(cache_find(&cache, collision_other, COLLISION_SIZE)->document, other);
    document_unref(one);
    document_unref(other);
}

static void keys_are_copied(void **state)
{
    (void)state;
    char key[] = "/v1/claims";
    struct document *document = make(1, 100);
    cache_put(&cache, key, 10, document);
    document_unref(document);
    memset(key, 'x', 10);
    assert_non_null(cache_find(&cache, "/v1/claims", 10));
    assert_null(cache_find(&cache, key, 10));
}

/* What leads to an entry need not be told. */
static void an_answer_is_replaced_in_its_place(void **state)
{
    (void)state;
    put(1, 1000);
    struct cache_entry *entry = find(1);
    entry->heads = (struct head *)&cache; /* anything */
    struct document *newer = make(2, 200);
    put_document(1, document_ref(newer));
    assert_ptr_equal(find(1), entry);
    assert_ptr_equal(entry->document, newer);
    assert_ptr_equal(entry->heads, &cache);
    assert_int_equal(cache_weight(&cache), weight_of(200, false));
    assert_int_equal(forgotten, 0);
    document_unref(newer);
}

static void the_same_answer_may_be_put_again(void **state)
{
    (void)state;
    put(1, 100);
    struct document *document = find(1)->document;
    cache_put(&cache, (const char *)&(unsigned){1}, sizeof(unsigned), document);
    assert_ptr_equal(find(1)->document, document);
    assert_int_equal(document->references, 1);
    assert_int_equal(cache_weight(&cache), weight_of(100, false));
}

static void one_document_may_answer_two_keys(void **state)
{
    (void)state;
    struct document *document = make(1, 100);
    put_document(1, document_ref(document));
    put_document(2, document_ref(document));
    assert_ptr_equal(find(1)->document, document);
    assert_ptr_equal(find(2)->document, document);
    cache_release(&cache);
    assert_int_equal(document->references, 1);
    document_unref(document);
}

static void references_are_given_back(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    static struct document *documents[COUNT];
    begin_anew(100000);
    for (unsigned i = 0; i < COUNT; i++)
        put_document(i % 700, document_ref(documents[i] = make(i, i)));
    assert_int_equal(find(COUNT - 1 - 700)->document->references, 2);
    cache_release(&cache);
    for (unsigned i = 0; i < COUNT; i++) {
        assert_int_equal(documents[i]->references, 1);
        document_unref(documents[i]);
    }
}

static void what_is_counted_outlasts_all_entries(void **state)
{
    (void)state;
    begin_anew(100000);
    for (unsigned i = 0; i < 1000; i++)
        put(i, 1000);
    uint64_t evictions = cache.evictions;
    assert_true(evictions);
    cache_clear(&cache);
    assert_int_equal(cache_count(&cache), 0);
    assert_true(cache.evictions == evictions);
    put(1, 1000);
    assert_true(has_bytes(1));
}

static void each_entry_is_forgotten_once(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10; i++)
        put(i, 100);
    put(3, 200);
    assert_int_equal(forgotten, 0);
    cache_release(&cache);
    assert_int_equal(forgotten, 10);
    assert_null(find(3));
    assert_int_equal(cache_weight(&cache), 0);
}

static void what_is_removed_is_not_there(void **state)
{
    (void)state;
    put(1, 100);
    size_t one = cache_weight(&cache);
    put(2, 100);
    cache_remove(&cache, find(2));
    assert_null(find(2));
    assert_true(has_bytes(1));
    assert_int_equal(forgotten, 1);
    assert_int_equal(cache_weight(&cache), one);
    put(2, 100);
    assert_true(has_bytes(2));
}

/* Wherever it stands by then. */
static void each_entry_can_be_removed(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    begin_anew(100000);
    for (unsigned i = 0; i < COUNT; i++) {
        put(i, 100);
        use(i, i % 3);
    }
    for (unsigned i = 0; i < COUNT; i++)
        if (find(i))
            cache_remove(&cache, find(i));
    assert_int_equal(forgotten, COUNT);
    assert_int_equal(cache_weight(&cache), 0);
}

static void nobody_has_to_want_to_know(void **state)
{
    (void)state;
    struct cache other;
    cache_init(&other, 20000, NULL);
    for (unsigned i = 0; i < 1000; i++) {
        struct document *document = make(i, 100);
        cache_put(&other, (const char *)&i, sizeof(i), document);
        document_unref(document);
    }
    cache_release(&other);
}

/* ---- how much is kept ---- */

static void what_fits_is_kept(void **state)
{
    (void)state;
    begin_anew(100 * weight_of(1000, false));
    for (unsigned i = 0; i < 100; i++)
        put(i, 1000);
    for (unsigned i = 0; i < 100; i++)
        assert_true(has_bytes(i));
    assert_int_equal(cache_weight(&cache), 100 * weight_of(1000, false));
    put(100, 1000);
    assert_true(has_bytes(100));
    assert_in_range(cache_weight(&cache), 1, 100 * weight_of(1000, false));
}

/* Most of the room is for answers. */
static void a_full_cache_is_full_of_answers(void **state)
{
    (void)state;
    unsigned held = 0;
    begin_anew(100 * weight_of(5000, false));
    for (unsigned i = 0; i < 1000; i++)
        put(i, 5000);
    for (unsigned i = 0; i < 1000; i++)
        held += has_bytes(i);
    assert_in_range(held, 90, 100);
}

static void a_large_answer_leaves_its_validator(void **state)
{
    (void)state;
    struct document *large = make(2, 1 << 20);
    put(1, 100);
    struct cache_entry *entry = find(1);
    put_document(1, document_ref(large));
    put_document(2, document_ref(large));
    assert_ptr_equal(find(1), entry);
    for (unsigned key = 1; key <= 2; key++) {
        assert_non_null(find(key));
        assert_null(find(key)->document->bytes);
        assert_string_equal(find(key)->document->etag, large->etag);
        assert_int_equal(find(key)->document->size, large->size);
    }
    assert_int_equal(large->references, 1);
    assert_non_null(large->bytes);
    document_unref(large);
    put(1, 100);
    assert_true(has_bytes(1));
}

/* A large answer must not take the place of all the others. */
static void large_answers_push_nothing_out(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        put(i, 1000);
    for (unsigned i = 0; i < 10; i++)
        put(1000 + i, 1 << 20);
    for (unsigned i = 0; i < 100; i++)
        assert_true(has_bytes(i));
}

/* What an older answer said is not right any more. */
static void no_older_answer_stays_where_the_newer_one_cannot(void **state)
{
    (void)state;
    static char endless[200000];
    struct headers headers = {.count = 0};
    memset(endless, 'x', sizeof(endless) - 1);
    headers_put(&headers, "Link", endless);
    put(1, 100);
    put_document(1, document_new(&(struct document_bytes){memory_text("{}"), 2, false}, 0, 0, &headers));
    if (find(1)) {
        struct document *newer = document_new(&(struct document_bytes){memory_text("{}"), 2, false}, 0, 0, &headers);
        bool right = strcmp(find(1)->document->etag, newer->etag) == 0;
        document_unref(newer);
        assert_true(right);
    }
}

static void a_long_key_is_part_of_the_weight(void **state)
{
    (void)state;
    char key[10000] = "";
    struct document *document = make(1, 100);
    cache_put(&cache, key, sizeof(key), document);
    assert_int_equal(cache_weight(&cache), weight_of(100, false) - sizeof(unsigned) + sizeof(key));
    begin_anew(50000);
    cache_put(&cache, key, sizeof(key), document);
    assert_null(cache_find(&cache, key, sizeof(key)));
    document_unref(document);
}

static void a_cache_of_no_bytes_keeps_nothing(void **state)
{
    (void)state;
    begin_anew(0);
    for (unsigned i = 0; i < 100; i++) {
        put(i % 10, i);
        assert_null(find(i % 10));
        assert_int_equal(cache_weight(&cache), 0);
    }
    assert_int_equal(forgotten, 0);
}

/* Puts of any size, uses of what is there; what was put last is right where it is found. */
static void play_in_a_cache_of(struct dice *dice, size_t most)
{
    begin_anew(most);
    for (unsigned i = 0; i < 60; i++) {
        unsigned key = dice_roll(dice, 12);
        struct document *document = make(i, dice_roll(dice, (uint32_t)most / 5 + 1));
        put_document(key, document_ref(document));
        assert_property(dice, cache_weight(&cache) <= most);
        assert_property(dice, !find(key) || strcmp(find(key)->document->etag, document->etag) == 0);
        document_unref(document);
        key = dice_roll(dice, 12);
        if (find(key))
            use(key, dice_roll(dice, 4));
    }
}

/* It must end, too. */
static void any_number_of_bytes_is_kept_to(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    alarm(120);
    for (size_t most = 0; most < 30000; most += most < 300 ? 1 : 1 + dice_roll(&dice, 40))
        play_in_a_cache_of(&dice, most);
    alarm(0);
}

/* About; what the table of keys takes is not counted. */
static void the_weight_is_that_of_the_memory(void **state)
{
    (void)state;
    size_t before = heap_bytes();
    begin_anew(20 << 20);
    for (unsigned i = 0; i < 30000; i++) {
        put(i, 2000);
        document_whole(find(i)->document);
    }
    size_t taken = heap_bytes() - before, weight = cache_weight(&cache);
    assert_in_range(weight, 19 << 20, 20 << 20);
    assert_in_range(taken, weight / 2, weight + weight / 5);
}

/* ---- what stays ---- */

enum { ROOM = 100 }; /* answers of SIZE for which there is room below */
enum { SIZE = 5000 };

static void begin_with_room(void)
{
    begin_anew(ROOM * weight_of(SIZE, false));
}

/* Each once. */
static void walk(unsigned from, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        put(from + i, SIZE);
}

static void what_is_asked_for_often_stays_when_a_list_is_walked_through(void **state)
{
    (void)state;
    enum { HOT = 50 };
    begin_with_room();
    walk(0, HOT);
    for (unsigned i = 0; i < HOT; i++)
        use(i, 5);
    walk(1000, 10000);
    for (unsigned i = 0; i < HOT; i++)
        assert_true(has_bytes(i));
}

/* The walk begins before it is known what will be asked for. */
static void what_is_asked_for_again_and_again_stays(void **state)
{
    (void)state;
    enum { HOT = 20 };
    unsigned lost = 0;
    begin_with_room();
    walk(1000, 1000);
    for (unsigned i = 0; i < 20000; i++) {
        unsigned key = i % HOT;
        lost += i >= 10 * HOT && !has_bytes(key);
        if (has_bytes(key))
            use(key, 1);
        else
            put(key, SIZE);
        put(5000 + i, SIZE);
    }
    assert_int_equal(lost, 0);
}

static void what_is_asked_for_once_passes_through(void **state)
{
    (void)state;
    begin_with_room();
    put(0, SIZE);
    walk(1000, 2 * ROOM);
    assert_false(has_bytes(0));
}

/* Walks that push out all but what is asked for often. */
static void fill_with_what_is_asked_for_often(unsigned from)
{
    walk(from, ROOM * 8 / 10);
    for (unsigned i = 0; i < ROOM * 8 / 10; i++)
        use(from + i, 2);
    walk(from + ROOM, 2 * ROOM);
    for (unsigned i = 0; i < ROOM * 8 / 10; i++)
        assert_true(has_bytes(from + i));
}

/* However often it was: what others ask for by now has its turn. */
static void what_is_asked_for_no_more_goes(void **state)
{
    (void)state;
    begin_with_room();
    fill_with_what_is_asked_for_often(0);
    use(0, 100000);
    for (unsigned i = 0; i < 20 * ROOM; i++) {
        put(1000 + i, SIZE);
        use(1000 + i, 2);
    }
    assert_false(has_bytes(0));
}

static void what_is_still_asked_for_stays_when_others_are_as_well(void **state)
{
    (void)state;
    begin_with_room();
    fill_with_what_is_asked_for_often(0);
    for (unsigned i = 0; i < 20 * ROOM; i++) {
        put(1000 + i, SIZE);
        use(1000 + i, 2);
        use(0, 1);
        assert_true(has_bytes(0));
    }
    assert_false(has_bytes(1));
}

/* What was asked for often once does not keep everything else out. */
static void what_is_new_has_its_chance(void **state)
{
    (void)state;
    begin_with_room();
    fill_with_what_is_asked_for_often(0);
    for (unsigned i = 0; i < ROOM; i++) {
        put(1000 + i, SIZE);
        assert_true(has_bytes(1000 + i));
        assert_true(i == 0 || has_bytes(1000 + i - 1));
    }
}

static void what_is_pushed_out_leaves_its_validator(void **state)
{
    (void)state;
    begin_with_room();
    struct document *document = make(0, SIZE);
    document->version = 7;
    put_document(0, document_ref(document));
    struct cache_entry *entry = find(0);
    for (unsigned i = 0; has_bytes(0); i++)
        put(1000 + i, SIZE);
    assert_ptr_equal(find(0), entry);
    assert_int_equal(forgotten, 0);
    assert_string_equal(entry->document->etag, document->etag);
    assert_int_equal(entry->document->size, document->size);
    assert_int_equal(entry->document->version, 7);
    assert_int_equal(document->references, 1); /* its bytes are nobody else's */
    document_unref(document);
}

static void a_validator_stays_for_a_while_alone(void **state)
{
    (void)state;
    begin_with_room();
    put(0, SIZE);
    for (unsigned i = 0; has_bytes(0); i++)
        put(1000 + i, SIZE);
    walk(5000, 2);
    assert_non_null(find(0));
    walk(5002, 20 * ROOM);
    assert_null(find(0));
    assert_in_range(forgotten, 1, SIZE_MAX);
}

/* Who asks again is known to have asked before. */
static void what_comes_back_stays(void **state)
{
    (void)state;
    begin_with_room();
    put(0, SIZE);
    struct cache_entry *entry = find(0);
    for (unsigned i = 0; has_bytes(0); i++)
        put(1000 + i, SIZE);
    put(0, SIZE);
    assert_true(has_bytes(0));
    assert_ptr_equal(find(0), entry);
    walk(5000, 10000);
    assert_true(has_bytes(0));
}

/* ---- any operations ---- */

enum { KEYS = 60 };

/* What has to be true of a key. */
static struct {
    struct cache_entry *entry; /* NULL: not in */
    struct document *last;     /* that was put; NULL: none yet */
} model[KEYS];

static unsigned being_put; /* the key that may come and go at once */

/* Of an entry that is in. */
static unsigned key_of(const struct cache_entry *entry)
{
    unsigned key = 0;
    while (key < KEYS && model[key].entry != entry)
        key++;
    return key;
}

static void forget_in_model(struct cache_entry *entry)
{
    unsigned key = key_of(entry);
    if (key < KEYS)
        model[key].entry = NULL;
    else
        assert_true(being_put < KEYS && !model[being_put].entry);
}

/* Nothing comes in but what is being put. */
static bool model_holds(void)
{
    for (unsigned key = 0; key < KEYS; key++) {
        const struct cache_entry *entry = find(key);
        if (entry != model[key].entry && !(key == being_put && !model[key].entry))
            return false;
        if (!entry)
            continue;
        if (strcmp(entry->document->etag, model[key].last->etag) != 0 || entry->document->size != model[key].last->size)
            return false;
        if (entry->document->bytes && entry->document != model[key].last)
            return false;
    }
    return true;
}

static bool weight_holds(void)
{
    struct document *document = make(0, 0);
    size_t weight = 0, own = weight_of(0, false) - document_weight(document);
    document_unref(document);
    for (unsigned key = 0; key < KEYS; key++)
        if (find(key))
            weight += own + document_weight(find(key)->document);
    return weight == cache_weight(&cache) && weight <= cache.most;
}

/* Some with a head that is too long for any cache here. */
static struct document *make_any(struct dice *dice, unsigned number, unsigned largest)
{
    static char endless[50000];
    struct headers headers = {.count = 0};
    if (dice_roll(dice, 20))
        return make(number, dice_roll(dice, largest));
    memset(endless, 'x', sizeof(endless) - 1);
    headers_put(&headers, "Link", endless);
    char *text = memory_format("%u", number);
    return document_new(&(struct document_bytes){text, strlen(text), false}, 0, 0, &headers);
}

static void put_in_model(struct dice *dice, unsigned number, unsigned largest)
{
    unsigned key = being_put = dice_roll(dice, KEYS);
    struct document *document = make_any(dice, number, largest), *older = model[key].last;
    model[key].last = document_ref(document);
    put_document(key, document);
    assert_property(dice, model_holds());
    model[key].entry = find(key);
    being_put = KEYS;
    document_unref(older);
}

static void any_operations_keep_to_the_model(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (unsigned round = 0; round < 40; round++) {
        size_t most = 20000 + dice_roll(&dice, 200000);
        cache_release(&cache);
        memset(model, 0, sizeof(model));
        being_put = KEYS;
        cache_init(&cache, most, forget_in_model);
        for (unsigned i = 0; i < 1500; i++) {
            unsigned key = dice_roll(&dice, dice_roll(&dice, 2) ? KEYS / 4 : KEYS);
            if (dice_roll(&dice, 2))
                put_in_model(&dice, round * 10000 + i, (unsigned)most / 8);
            else if (find(key) && dice_roll(&dice, 10))
                use(key, 1);
            else if (find(key))
                cache_remove(&cache, find(key));
            if (i % 20 == 0)
                assert_property(&dice, model_holds() && weight_holds());
        }
        cache_release(&cache);
        for (unsigned key = 0; key < KEYS; key++) {
            assert_property(&dice, !model[key].entry && !find(key));
            assert_property(&dice, !model[key].last || model[key].last->references == 1);
            document_unref(model[key].last);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_put_is_found),
        TEST(nothing_else_is),
        TEST(keys_are_bytes_of_any_value),
        TEST(a_hash_is_not_taken_for_the_key),
        TEST(keys_are_copied),
        TEST(an_answer_is_replaced_in_its_place),
        TEST(the_same_answer_may_be_put_again),
        TEST(one_document_may_answer_two_keys),
        TEST(references_are_given_back),
        TEST(what_is_counted_outlasts_all_entries),
        TEST(each_entry_is_forgotten_once),
        TEST(what_is_removed_is_not_there),
        TEST(each_entry_can_be_removed),
        TEST(nobody_has_to_want_to_know),
        TEST(what_fits_is_kept),
        TEST(a_full_cache_is_full_of_answers),
        TEST(a_large_answer_leaves_its_validator),
        TEST(large_answers_push_nothing_out),
        TEST(no_older_answer_stays_where_the_newer_one_cannot),
        TEST(a_long_key_is_part_of_the_weight),
        TEST(a_cache_of_no_bytes_keeps_nothing),
        TEST(any_number_of_bytes_is_kept_to),
        TEST(the_weight_is_that_of_the_memory),
        TEST(what_is_asked_for_often_stays_when_a_list_is_walked_through),
        TEST(what_is_asked_for_again_and_again_stays),
        TEST(what_is_asked_for_once_passes_through),
        TEST(what_is_asked_for_no_more_goes),
        TEST(what_is_still_asked_for_stays_when_others_are_as_well),
        TEST(what_is_new_has_its_chance),
        TEST(what_is_pushed_out_leaves_its_validator),
        TEST(a_validator_stays_for_a_while_alone),
        TEST(what_comes_back_stays),
        TEST(any_operations_keep_to_the_model),
    };
    return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
