/* peer: the client is the nearest address that no trusted proxy has, whatever is claimed behind it */
#include "peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "dice.h"
#include "hash.h"

static struct peer read_peer(const char *text)
{
    struct peer peer;
    if (!peer_read(text, strlen(text), &peer))
        fail_msg("%s is no address", text);
    return peer;
}

static struct peers read_peers(const char *text)
{
    struct peers peers;
    if (!peers_read(text, &peers))
        fail_msg("%s are no networks", text);
    return peers;
}

static const char *client_of(const char *trusted, const char *nearest, const char *field, bool standard)
{
    static char text[PEER_TEXT_SIZE];
    struct peers peers = read_peers(trusted);
    struct peer near = strcmp(nearest, "unix") == 0 ? (struct peer){.local = true} : read_peer(nearest);
    struct peer client = peers_client(&peers, &near, field, standard);
    peer_write(&client, text);
    return text;
}

static void assert_client(const char *trusted, const char *nearest, const char *field, bool standard,
                          const char *wanted)
{
    const char *client = client_of(trusted, nearest, field, standard);
    if (strcmp(client, wanted) != 0)
        fail_msg("by %s it is %s, not %s", field ? field : "nothing", client, wanted);
}

static void addresses_of_sockets_are_told(void **state)
{
    (void)state;
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    char text[PEER_TEXT_SIZE];
    inet_pton(AF_INET, "192.0.2.1", &four.sin_addr);
    inet_pton(AF_INET6, "2001:db8::1", &six.sin6_addr);
    struct peer peer = peer_of((struct sockaddr *)&four);
    peer_write(&peer, text);
    assert_string_equal(text, "192.0.2.1");
    peer = peer_of((struct sockaddr *)&six);
    peer_write(&peer, text);
    assert_string_equal(text, "2001:db8::1");
    peer = peer_of((struct sockaddr *)&local);
    peer_write(&peer, text);
    assert_string_equal(text, "unix");
}

/* A socket that takes both families tells an IPv4 client so (RFC 3493, section 3.7). */
static void a_mapped_address_is_the_address(void **state)
{
    (void)state;
    struct peers peers = read_peers("192.0.2.0/24");
    struct peer mapped = read_peer("::ffff:192.0.2.9"), plain = read_peer("192.0.2.9");
    assert_true(peers_have(&peers, &mapped));
    assert_true(peer_hash(&mapped) == peer_hash(&plain));
}

static void one_network_of_64_bits_is_one_client(void **state)
{
    (void)state;
    hash_init();
    struct peer one = read_peer("2001:db8:0:1::1"), twin = read_peer("2001:db8:0:1:ffff::2"),
                other = read_peer("2001:db8:0:2::1"), four = read_peer("192.0.2.1"), next = read_peer("192.0.2.2");
    assert_true(peer_hash(&one) == peer_hash(&twin));
    assert_true(peer_hash(&one) != peer_hash(&other));
    assert_true(peer_hash(&four) != peer_hash(&next));
}

/* All that a NAT64 translates has addresses of one network (RFC 6052, section 2.1); of another prefix nothing is known.
 */
static void a_translated_client_is_the_one_that_it_was(void **state)
{
    (void)state;
    struct peer one = read_peer("64:ff9b::192.0.2.1"), other = read_peer("64:ff9b::192.0.2.2"),
                four = read_peer("192.0.2.1"), longer = read_peer("64:ff9b:1::192.0.2.1");
    assert_true(peer_hash(&one) == peer_hash(&four));
    assert_true(peer_hash(&one) != peer_hash(&other));
    assert_true(peer_hash(&longer) != peer_hash(&four));
    struct peers trusted = read_peers("192.0.2.0/24");
    assert_false(peers_have(&trusted, &one));
}

static void an_address_may_have_a_port(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        {"192.0.2.1", "192.0.2.1"},       {"192.0.2.1:80", "192.0.2.1"},         {"2001:db8::1", "2001:db8::1"},
        {"[2001:db8::1]", "2001:db8::1"}, {"[2001:db8::1]:4711", "2001:db8::1"}, {"::", "::"}};
    static const char *const bad[] = {"",
                                      "x",
                                      "unknown",
                                      "_hidden",
                                      "192.0.2",
                                      "192.0.2.256",
                                      "192.0.2.1:",
                                      "192.0.2.1:x",
                                      "[192.0.2.1]",
                                      "[2001:db8::1",
                                      "2001:db8::1]",
                                      "[::1]x",
                                      "[::1]:123456",
                                      "fe80::1%eth0",
                                      "192.0.2.1 ",
                                      "1.2.3.4.5",
                                      "0x7f.1",
                                      "2130706433",
                                      "127.1",
                                      "1.2.3.4/8",
                                      "[]",
                                      "010.0.0.1",
                                      "::ffff:1.2.3.4.5",
                                      "1:2:3:4:5:6:7:8:9",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct peer peer;
    char text[PEER_TEXT_SIZE];
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        peer = read_peer(good[i][0]);
        peer_write(&peer, text);
        assert_string_equal(text, good[i][1]);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (peer_read(bad[i], strlen(bad[i]), &peer))
            fail_msg("%s is taken for an address", bad[i]);
}

static void networks_have_bounds(void **state)
{
    (void)state;
    static const char *const inside[][2] = {
        {"10.0.0.0/8", "10.255.255.255"}, {"192.0.2.7", "192.0.2.7"},           {"192.0.2.128/25", "192.0.2.128"},
        {"0.0.0.0/0", "203.0.113.9"},     {"2001:db8::/33", "2001:db8:7fff::"}, {"::/0", "203.0.113.9"},
        {"::1,10.0.0.0/8", "::1"}};
    static const char *const outside[][2] = {{"10.0.0.0/8", "11.0.0.0"},           {"192.0.2.7", "192.0.2.6"},
                                             {"192.0.2.128/25", "192.0.2.127"},    {"0.0.0.0/0", "2001:db8::1"},
                                             {"2001:db8::/33", "2001:db8:8000::"}, {"unix", "127.0.0.1"}};
    for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++) {
        struct peers peers = read_peers(inside[i][0]);
        struct peer peer = read_peer(inside[i][1]);
        assert_true(peers_have(&peers, &peer));
    }
    for (size_t i = 0; i < sizeof(outside) / sizeof(*outside); i++) {
        struct peers peers = read_peers(outside[i][0]);
        struct peer peer = read_peer(outside[i][1]);
        assert_false(peers_have(&peers, &peer));
    }
}

static void what_is_no_network_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",          ",",           "10.0.0.0/33", "::/129",    "10.0.0.0/",   "10.0.0.0/x",
        "10.0.0.1,", ",::1",        "10.0.0.0/-1", "unix,",     "unixx",       "10.0.0.0/08888",
        "[::1]",     "10.0.0.1:80", "*",           "localhost", "10.0.0.0/8 ", " ::1"};
    struct peers peers;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (peers_read(bad[i], &peers))
            fail_msg("\"%s\" is taken for networks", bad[i]);
    char many[PEERS_MAX * 10 + 20] = "10.0.0.1";
    for (int i = 1; i < PEERS_MAX; i++)
        strcat(many, ",10.0.0.1");
    assert_true(peers_read(many, &peers));
    strcat(many, ",10.0.0.1");
    assert_false(peers_read(many, &peers));
}

static void nobody_is_believed_unless_trusted(void **state)
{
    (void)state;
    assert_client("10.0.0.1", "10.0.0.2", "192.0.2.1", false, "10.0.0.2");
    assert_client("unix", "10.0.0.2", "192.0.2.1", false, "10.0.0.2");
    assert_client("10.0.0.1", "unix", "192.0.2.1", false, "unix");
    assert_client("unix", "unix", "192.0.2.1", false, "192.0.2.1");
    assert_client("10.0.0.1", "10.0.0.1", NULL, false, "10.0.0.1");
}

static void the_way_is_read_from_the_right(void **state)
{
    (void)state;
    static const char trusted[] = "10.0.0.0/8";
    assert_client(trusted, "10.0.0.1", "192.0.2.1", false, "192.0.2.1");
    assert_client(trusted, "10.0.0.1", "198.51.100.1, 192.0.2.1", false, "192.0.2.1");
    assert_client(trusted, "10.0.0.1", "198.51.100.1,192.0.2.1 ,\t10.0.0.7", false, "192.0.2.1");
    assert_client(trusted, "10.0.0.1", "10.0.0.9, 10.0.0.7", false, "10.0.0.9");
    assert_client(trusted, "10.0.0.1", "10.0.0.3, 198.51.100.1, 10.0.0.7", false, "198.51.100.1");
}

static void what_cannot_be_read_ends_the_way(void **state)
{
    (void)state;
    static const char *const odd[] = {"",
                                      ",",
                                      "unknown",
                                      "192.0.2.1, unknown",
                                      "192.0.2.1,",
                                      "_x, ,",
                                      "x'--",
                                      "192.0.2.1;",
                                      "\"192.0.2.1\"",
                                      "192.0.2.1, 10.0.0",
                                      "192.0.2.1 198.51.100.1"};
    for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
        assert_client("10.0.0.0/8", "10.0.0.1", odd[i], false, "10.0.0.1");
    assert_client("10.0.0.0/8", "10.0.0.1", "192.0.2.1, unknown, 10.0.0.7", false, "10.0.0.7");
}

static void the_standard_field_is_read(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"},
        {"For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"},
        {"for=198.51.100.1, for=192.0.2.43", "192.0.2.43"},
        {"by=10.0.0.2 ; FOR=192.0.2.43:47011", "192.0.2.43"},
        {"host=\"a,for=198.51.100.1\";for=192.0.2.43", "192.0.2.43"},
        {"host=\"\\\"\";for=192.0.2.43", "192.0.2.43"},
        {"for=198.51.100.1,for=\"192.0.2.43\",for=10.0.0.3", "192.0.2.43"},
        /* not told, told twice, or never ended */
        {"for=unknown", "10.0.0.1"},
        {"for=_secret", "10.0.0.1"},
        {"proto=https", "10.0.0.1"},
        {"for=192.0.2.43;for=198.51.100.1", "10.0.0.1"},
        {"for=\"192.0.2.43", "10.0.0.1"},
        {"for=198.51.100.1, host=\"x, for=192.0.2.43", "10.0.0.1"},
        {"for=198.51.100.1;host=\"x, for=192.0.2.43", "10.0.0.1"},
        {"for=198.51.100.1;host=\"x, for=\"[2001:db8::1]\"", "10.0.0.1"},
        {"for=198.51.100.1;host=\"x\\, for=\"[2001:db8::1]\"", "10.0.0.1"},
        {"for = 192.0.2.43", "10.0.0.1"},
        {"192.0.2.43", "10.0.0.1"},
        {"for=\"192.0.2.43,198.51.100.1\"", "10.0.0.1"},
        {"", "10.0.0.1"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
        assert_client("10.0.0.0/8", "10.0.0.1", pairs[i][0], true, pairs[i][1]);
}

static void a_very_long_way_ends(void **state)
{
    (void)state;
    char way[4000] = "192.0.2.1";
    for (int i = 0; i < 15; i++)
        strcat(way, ",10.0.0.2");
    assert_client("10.0.0.0/8", "10.0.0.1", way, false, "192.0.2.1");
    for (int i = 0; i < 200; i++)
        strcat(way, ",10.0.0.2");
    assert_client("10.0.0.0/8", "10.0.0.1", way, false, "10.0.0.2");
}

/* What the client sends stands left of what the proxy wrote, which can at worst be hidden by it: then the proxy is
 * taken for the client. */
static void nothing_that_a_client_sends_changes_who_it_is(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    static const char letters[] = "0123456789abcdef.:[]\"\\;,= \tfor=";
    for (int i = 0; i < 20000; i++) {
        char field[300] = "";
        size_t size = dice_roll(&dice, 200);
        bool standard = dice_roll(&dice, 2);
        for (size_t at = 0; at < size; at++)
            field[at] = letters[dice_roll(&dice, sizeof(letters) - 1)];
        field[size] = 0;
        bool hides = standard && strpbrk(field, "\"\\");
        strcat(field, standard ? ", for=192.0.2.43" : ", 192.0.2.43");
        if (hides && strcmp(client_of("10.0.0.0/8", "10.0.0.1", field, true), "10.0.0.1") == 0)
            continue;
        assert_client("10.0.0.0/8", "10.0.0.1", field, standard, "192.0.2.43");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_sockets_are_told),
        cmocka_unit_test(a_mapped_address_is_the_address),
        cmocka_unit_test(one_network_of_64_bits_is_one_client),
        cmocka_unit_test(a_translated_client_is_the_one_that_it_was),
        cmocka_unit_test(an_address_may_have_a_port),
        cmocka_unit_test(networks_have_bounds),
        cmocka_unit_test(what_is_no_network_is_refused),
        cmocka_unit_test(nobody_is_believed_unless_trusted),
        cmocka_unit_test(the_way_is_read_from_the_right),
        cmocka_unit_test(what_cannot_be_read_ends_the_way),
        cmocka_unit_test(the_standard_field_is_read),
        cmocka_unit_test(a_very_long_way_ends),
        cmocka_unit_test(nothing_that_a_client_sends_changes_who_it_is),
    };
    return cmocka_run_group_tests_name("peer", tests, NULL, NULL);
}
