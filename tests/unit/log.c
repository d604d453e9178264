/* log: every line is one JSON object, whole also when threads write at once */
#include "log.h"

#include <ctype.h>
#include <jansson.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"

/* What was logged since capture_begin(): the only line, parsed; NULL if it is not one line of JSON. */
static json_t *logged(struct capture capture)
{
    char *text = capture_end(capture), *newline = strchr(text, '\n');
    json_t *line = newline && !newline[1] ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    free(text);
    return line;
}

static const char *text_of(const json_t *line, const char *name)
{
    return json_string_value(json_object_get(line, name));
}

static void an_event_without_fields_is_a_line(void **state)
{
    (void)state;
    struct capture capture = capture_begin();
    log_write(LOG_INFO, "stopped", NULL);
    json_t *line = logged(capture);
    assert_int_equal(json_object_size(line), 3);
    assert_string_equal(text_of(line, "event"), "stopped");
    json_decref(line);
}

static void levels_have_names(void **state)
{
    (void)state;
    static const char *const names[] = {[LOG_INFO] = "info", [LOG_WARNING] = "warning", [LOG_ERROR] = "error"};
    for (int level = LOG_INFO; level <= LOG_ERROR; level++) {
        struct capture capture = capture_begin();
        log_write((enum log_level)level, "event", NULL);
        json_t *line = logged(capture);
        assert_string_equal(text_of(line, "level"), names[level]);
        json_decref(line);
    }
}

static void the_time_is_rfc_3339_in_utc(void **state)
{
    (void)state;
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    setenv("TZ", "Asia/Kathmandu", 1);
    struct capture capture = capture_begin();
    log_write(LOG_INFO, "event", NULL);
    json_t *line = logged(capture);
    unsetenv("TZ");
    const char *time = text_of(line, "ts");
    assert_non_null(time);
    for (size_t i = 0; i < strlen(form); i++)
        assert_true(form[i] == 'd' ? isdigit((unsigned char)time[i]) : time[i] == form[i]);
    assert_int_equal(time[strlen(time) - 1], 'Z');
    json_decref(line);
}

static void fields_are_texts_and_numbers(void **state)
{
    (void)state;
    struct capture capture = capture_begin();
    log_event(LOG_INFO, "listening", LOG_TEXT("address", "[::1]:80"), LOG_NUMBER("threads", 2), LOG_TEXT("none", ""));
    json_t *line = logged(capture);
    assert_int_equal(json_object_size(line), 6);
    assert_string_equal(text_of(line, "address"), "[::1]:80");
    assert_string_equal(text_of(line, "none"), "");
    assert_int_equal(json_integer_value(json_object_get(line, "threads")), 2);
    json_decref(line);
}

static void numbers_may_be_extreme(void **state)
{
    (void)state;
    struct capture capture = capture_begin();
    log_event(LOG_INFO, "event", LOG_NUMBER("low", LLONG_MIN), LOG_NUMBER("high", LLONG_MAX), LOG_NUMBER("zero", 0));
    json_t *line = logged(capture);
    assert_true(json_integer_value(json_object_get(line, "low")) == LLONG_MIN);
    assert_true(json_integer_value(json_object_get(line, "high")) == LLONG_MAX);
    assert_true(json_is_integer(json_object_get(line, "zero")));
    json_decref(line);
}

static void texts_are_escaped(void **state)
{
    (void)state;
    static const char text[] = "a\"b\\c\nd\r\t\x01 {\"level\":\"error\"} für €";
    struct capture capture = capture_begin();
    log_event(LOG_WARNING, "query-failed", LOG_TEXT("message", text));
    json_t *line = logged(capture);
    assert_string_equal(text_of(line, "message"), text);
    assert_string_equal(text_of(line, "level"), "warning");
    json_decref(line);
}

static void milliseconds_have_three_decimals(void **state)
{
    (void)state;
    struct capture capture = capture_begin();
    log_event(LOG_INFO, "event", LOG_MILLISECONDS("none", 0), LOG_MILLISECONDS("few", 42),
              LOG_MILLISECONDS("many", 3600000001));
    char *text = capture_end(capture);
    assert_non_null(strstr(text, "\"none\":0.000,\"few\":0.042,\"many\":3600000.001}"));
    free(text);
}

static void a_long_text_is_cut_to_keep_the_line_whole(void **state)
{
    (void)state;
    static char text[60000];
    memset(text, 'x', sizeof(text) - 1);
    struct capture capture = capture_begin();
    log_event(LOG_INFO, "event", LOG_TEXT("message", text));
    json_t *line = logged(capture);
    const char *cut = text_of(line, "message");
    assert_in_range(strlen(cut), 500, 1000);
    assert_int_equal(strspn(cut, "x"), strlen(cut));
    json_decref(line);
}

static void what_has_to_be_escaped_keeps_the_line_whole(void **state)
{
    (void)state;
    static char text[600];
    memset(text, '\x01', sizeof(text) - 1);
    struct capture capture = capture_begin();
    log_event(LOG_INFO, "request", LOG_TEXT("method", text), LOG_TEXT("target", text), LOG_TEXT("id", text),
              LOG_NUMBER("status", 400), LOG_TEXT("client", "::1"));
    char *written = capture_end(capture);
    json_t *line = json_loads(written, JSON_REJECT_DUPLICATES, NULL);
    assert_in_range(strlen(written), 1, PIPE_BUF);
    assert_int_equal(json_object_size(line), 8);
    assert_string_equal(text_of(line, "target"), text_of(line, "method"));
    assert_in_range(strlen(text_of(line, "target")), 80, sizeof(text));
    json_decref(line);
    free(written);
}

static void what_a_line_has_no_room_for_is_left_out(void **state)
{
    (void)state;
    static char text[600];
    memset(text, '"', sizeof(text) - 1);
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    struct log_field fields[12] = {{0}};
    for (size_t i = 0; i < 10; i++)
        fields[i] = (struct log_field)LOG_TEXT(names[i], text);
    fields[10] = (struct log_field)LOG_NUMBER("status", 400);
    struct capture capture = capture_begin();
    log_write(LOG_INFO, "event", fields);
    char *written = capture_end(capture);
    json_t *line = json_loads(written, JSON_REJECT_DUPLICATES, NULL);
    assert_in_range(strlen(written), 1, PIPE_BUF);
    assert_non_null(text_of(line, "a"));
    assert_null(text_of(line, "j"));
    assert_int_equal(json_integer_value(json_object_get(line, "status")), 400);
    json_decref(line);
    free(written);
}

static void a_text_that_is_cut_keeps_its_characters(void **state)
{
    (void)state;
    static const char *const characters[] = {"é", "€", "\U0001F4A1"};
    for (size_t i = 0; i < 3; i++)
        for (size_t before = 0; before < strlen(characters[i]); before++) {
            char text[2000] = "xxxx";
            text[before] = 0;
            while (strlen(text) < 1000)
                strcat(text, characters[i]);
            struct capture capture = capture_begin();
            log_event(LOG_INFO, "event", LOG_TEXT("message", text));
            json_t *line = logged(capture);
            const char *cut = text_of(line, "message");
            assert_in_range(strlen(cut), 512 - 3, 512);
            assert_memory_equal(cut, text, strlen(cut));
            json_decref(line);
        }
}

static void a_text_that_is_not_utf8_is_json_all_the_same(void **state)
{
    (void)state;
    static const char *const texts[] = {"\xff", "caf\xe9", "\xc3", "\xed\xa0\x80", "\xc0\xaf"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct capture capture = capture_begin();
        log_event(LOG_ERROR, "query-failed", LOG_TEXT("message", texts[i]));
        json_t *line = logged(capture);
        assert_non_null(line);
        json_decref(line);
    }
}

enum { THREADS = 4, LINES = 300 };

static void *write_lines(void *name)
{
    for (int i = 0; i < LINES; i++)
        log_event(LOG_INFO, name, LOG_NUMBER("line", i), LOG_TEXT("filler", "some text that makes the line longer"));
    return NULL;
}

/* Counts the lines of each thread; each must come in the order written. */
static bool is_in_order(const json_t *line, long long next[THREADS])
{
    const char *event = text_of(line, "event");
    int thread = event ? event[0] - '0' : THREADS;
    return thread >= 0 && thread < THREADS && json_integer_value(json_object_get(line, "line")) == next[thread]++;
}

static void lines_of_threads_do_not_mix(void **state)
{
    (void)state;
    static char names[THREADS][2] = {"0", "1", "2", "3"};
    pthread_t threads[THREADS];
    long long next[THREADS] = {0};
    struct capture capture = capture_begin();
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, write_lines, names[i]);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    char *text = capture_end(capture), *rest = text;
    for (char *each; (each = strsep(&rest, "\n")) && *each;) {
        json_t *line = json_loads(each, 0, NULL);
        assert_true(is_in_order(line, next));
        json_decref(line);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(next[i], LINES);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_without_fields_is_a_line),
        cmocka_unit_test(levels_have_names),
        cmocka_unit_test(the_time_is_rfc_3339_in_utc),
        cmocka_unit_test(fields_are_texts_and_numbers),
        cmocka_unit_test(numbers_may_be_extreme),
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(milliseconds_have_three_decimals),
        cmocka_unit_test(a_long_text_is_cut_to_keep_the_line_whole),
        cmocka_unit_test(what_has_to_be_escaped_keeps_the_line_whole),
        cmocka_unit_test(what_a_line_has_no_room_for_is_left_out),
        cmocka_unit_test(a_text_that_is_cut_keeps_its_characters),
        cmocka_unit_test(a_text_that_is_not_utf8_is_json_all_the_same),
        cmocka_unit_test(lines_of_threads_do_not_mix),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
