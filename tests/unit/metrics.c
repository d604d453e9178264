/* metrics: what threads counted is told once, summed, each in its bucket and under its name */
#include "metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { THREADS = 3 };

static struct metrics *threads[THREADS];
static struct buffer text;

static int begin(void **state)
{
    (void)state;
    text = (struct buffer)BUFFER_INIT;
    for (int i = 0; i < THREADS; i++)
        threads[i] = metrics_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    buffer_release(&text);
    for (int i = 0; i < THREADS; i++)
        free(threads[i]);
    return 0;
}

static void tell(void)
{
    const struct metrics *all[THREADS] = {threads[0], threads[1], threads[2]};
    text.size = 0;
    metrics_write(all, THREADS, &text);
    buffer_putc(&text, 0);
}

static unsigned lines_like(const char *beginning)
{
    unsigned count = 0;
    for (const char *line = text.data; line; line = (line = strchr(line, '\n')) ? line + 1 : NULL)
        count += strncmp(line, beginning, strlen(beginning)) == 0;
    return count;
}

static void assert_told(const char *line)
{
    char whole[200];
    snprintf(whole, sizeof(whole), "%s\n", line);
    if (lines_like(whole) != 1)
        fail_msg("told %u times: %s", lines_like(whole), line);
}

static const struct route *route_at(const char *path)
{
    const struct route *route = routes;
    while (strcmp(route->path, path) != 0)
        route++;
    return route;
}

static void answer(struct metrics *metrics, const char *path, const char *method, unsigned status, uint64_t took_us)
{
    metrics_answered(
        metrics, &(struct metrics_answer){
                     .route = path ? route_at(path) : NULL, .method = method, .status = status, .took_us = took_us});
}

static void what_threads_answered_is_summed(void **state)
{
    (void)state;
    answer(threads[0], "/v1/claims", "GET", 200, 1);
    answer(threads[2], "/v1/claims", "GET", 200, 1);
    answer(threads[1], "/v1/claims", "GET", 304, 1);
    answer(threads[1], "/v1/claims", "HEAD", 200, 1);
    answer(threads[1], NULL, "GET", 404, 1);
    tell();
    assert_told("claimd_requests_total{route=\"/v1/claims\",method=\"GET\",code=\"200\"} 2");
    assert_told("claimd_requests_total{route=\"/v1/claims\",method=\"GET\",code=\"304\"} 1");
    assert_told("claimd_requests_total{route=\"/v1/claims\",method=\"HEAD\",code=\"200\"} 1");
    assert_told("claimd_requests_total{route=\"none\",method=\"GET\",code=\"404\"} 1");
    assert_int_equal(lines_like("claimd_requests_total{"), 4);
}

static void what_nobody_foresaw_is_counted_all_the_same(void **state)
{
    (void)state;
    answer(threads[0], NULL, "BREW", 418, 1);
    tell();
    assert_told("claimd_requests_total{route=\"none\",method=\"other\",code=\"other\"} 1");
}

/* A bound belongs to the bucket below it. */
static void each_time_is_in_its_bucket(void **state)
{
    (void)state;
    for (unsigned i = 0; i < METRICS_BOUNDS; i++) {
        answer(threads[i % THREADS], "/healthz", "GET", 200, metrics_bounds_us[i]);
        answer(threads[i % THREADS], "/healthz", "GET", 200, metrics_bounds_us[i] + 1);
    }
    answer(threads[0], "/healthz", "GET", 200, 0);
    tell();
    assert_told("claimd_request_duration_seconds_bucket{route=\"/healthz\",le=\"0.0005\"} 2");
    assert_told("claimd_request_duration_seconds_bucket{route=\"/healthz\",le=\"0.001\"} 4");
    assert_told("claimd_request_duration_seconds_bucket{route=\"/healthz\",le=\"5\"} 16");
    assert_told("claimd_request_duration_seconds_bucket{route=\"/healthz\",le=\"+Inf\"} 17");
    assert_told("claimd_request_duration_seconds_count{route=\"/healthz\"} 17");
    assert_told("claimd_request_duration_seconds_sum{route=\"/healthz\"} 13.253008");
}

/* Those that read and those that write have a row each in the table of endpoints. */
static void rows_of_one_path_are_one_route(void **state)
{
    (void)state;
    const struct route *writes = route_at("/v1/claims") + 1;
    while (strcmp(writes->path, "/v1/claims") != 0)
        writes++;
    answer(threads[0], "/v1/claims", "GET", 200, 100);
    metrics_answered(threads[1], &(struct metrics_answer){writes, "POST", 201, ERROR_NONE, 200, 150});
    tell();
    assert_told("claimd_requests_total{route=\"/v1/claims\",method=\"POST\",code=\"201\"} 1");
    assert_told("claimd_request_duration_seconds_count{route=\"/v1/claims\"} 2");
    assert_told("claimd_request_duration_seconds_sum{route=\"/v1/claims\"} 0.000300");
    assert_told("claimd_request_database_seconds_count 1");
    assert_told("claimd_request_database_seconds_sum 0.000150");
}

static void every_problem_has_a_code_of_its_own(void **state)
{
    (void)state;
    for (unsigned code = ERROR_NONE + 1; code < ERROR_CODES; code++)
        metrics_answered(threads[code % THREADS],
                         &(struct metrics_answer){NULL, "GET", error_kind(code)->status, code, 1, 0});
    tell();
    assert_int_equal(lines_like("claimd_problems_total{"), ERROR_CODES - 1);
    assert_told("claimd_problems_total{type=\"not-found\"} 1");
    assert_int_equal(lines_like("claimd_requests_total{route=\"none\",method=\"GET\",code=\"other\"}"), 0);
}

static void numbers_are_summed_and_states_of_the_data_are_not(void **state)
{
    (void)state;
    for (unsigned i = 0; i < THREADS; i++) {
        metrics_add(threads[i], METRIC_WRITES, 2);
        metrics_add(threads[i], METRIC_WRITES, i);
        metrics_set(threads[i], METRIC_DATA_CHANGED_AT, 4000000000 + i % 2);
        metrics_add(threads[i], METRIC_STREAMS_LIST, 1);
    }
    metrics_add(threads[0], METRIC_STREAMS_LIST, UINT64_MAX);
    tell();
    assert_told("claimd_writes_total 9");
    assert_told("claimd_data_changed_timestamp_seconds 4000000001");
    assert_told("claimd_streams{kind=\"list\"} 2");
}

static void each_server_has_numbers_of_its_own_if_it_is_there(void **state)
{
    (void)state;
    metrics_set_server(threads[0], METRICS_PRIMARY, SERVER_QUEUE_MOST, 5);
    metrics_set_server(threads[1], METRICS_PRIMARY, SERVER_CALLS + DB_OK, 3);
    metrics_set_server(threads[2], METRICS_PRIMARY, SERVER_CALLS + DB_OK, 4);
    metrics_set(threads[0], METRIC_STANDBY_LAG_US, 1);
    tell();
    assert_told("claimd_database_calls_total{server=\"primary\",outcome=\"ok\"} 7");
    assert_told("claimd_database_batches_total{server=\"primary\"} 0");
    assert_null(strstr(text.data, "standby"));
    metrics_set_server(threads[0], METRICS_STANDBY, SERVER_QUEUE_MOST, 5);
    metrics_set_server(threads[0], METRICS_STANDBY, SERVER_CALLS + DB_OK, 1);
    metrics_set(threads[1], METRIC_STANDBY_LAG_US, 1500000);
    tell();
    assert_told("claimd_database_calls_total{server=\"primary\",outcome=\"ok\"} 7");
    assert_told("claimd_database_calls_total{server=\"standby\",outcome=\"ok\"} 1");
    assert_told("claimd_standby_lag_seconds 1.500000");
    metrics_set(threads[2], METRIC_STANDBY_LAG_US, UINT64_MAX);
    tell();
    assert_told("claimd_standby_lag_seconds +Inf");
}

/* A family that came twice would be refused as a whole. */
static void every_family_is_told_once_and_explained(void **state)
{
    (void)state;
    tell();
    for (const char *line = text.data; *line; line = strchr(line, '\n') + 1) {
        char type[200];
        if (strncmp(line, "# HELP ", 7) == 0) {
            snprintf(type, sizeof(type), "# TYPE %.*s ", (int)strcspn(line + 7, " "), line + 7);
            assert_int_equal(lines_like(type), 1);
            assert_true(strcspn(line + 7, " ") + 10 < strcspn(line + 7, "\n"));
        }
        assert_null(memmem(line, strcspn(line, "\n"), "(null)", 6));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_threads_answered_is_summed, begin, end),
        cmocka_unit_test_setup_teardown(what_nobody_foresaw_is_counted_all_the_same, begin, end),
        cmocka_unit_test_setup_teardown(each_time_is_in_its_bucket, begin, end),
        cmocka_unit_test_setup_teardown(rows_of_one_path_are_one_route, begin, end),
        cmocka_unit_test_setup_teardown(every_problem_has_a_code_of_its_own, begin, end),
        cmocka_unit_test_setup_teardown(numbers_are_summed_and_states_of_the_data_are_not, begin, end),
        cmocka_unit_test_setup_teardown(each_server_has_numbers_of_its_own_if_it_is_there, begin, end),
        cmocka_unit_test_setup_teardown(every_family_is_told_once_and_explained, begin, end),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
