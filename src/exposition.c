/* exposition: counts in Prometheus' text format */
#include "exposition.h"

#include <inttypes.h>
#include <stdio.h>

const char exposition_media_type[] = "text/plain; version=0.0.4; charset=utf-8";

static void put_escaped(struct buffer *text, const char *value)
{
    for (; *value; value++) {
        if (*value == '\n') {
            buffer_puts(text, "\\n");
            continue;
        }
        if (*value == '"' || *value == '\\')
            buffer_putc(text, '\\');
        buffer_putc(text, *value);
    }
}

static void put_labels(struct buffer *text, const struct label *labels)
{
    if (!labels || !labels->name)
        return;
    for (const struct label *label = labels; label->name; label++) {
        buffer_putc(text, label == labels ? '{' : ',');
        buffer_puts(text, label->name);
        buffer_puts(text, "=\"");
        put_escaped(text, label->value);
        buffer_putc(text, '"');
    }
    buffer_putc(text, '}');
}

static void put_sample(struct buffer *text, const char *name, const char *ending, const struct label *labels,
                       const char *value)
{
    buffer_puts(text, name);
    buffer_puts(text, ending);
    put_labels(text, labels);
    buffer_putc(text, ' ');
    buffer_puts(text, value);
    buffer_putc(text, '\n');
}

enum { NUMBER_SIZE = 32 };

static const char *count_text(uint64_t value, char number[static NUMBER_SIZE])
{
    snprintf(number, NUMBER_SIZE, "%" PRIu64, value);
    return number;
}

static const char *time_text(uint64_t value_us, char number[static NUMBER_SIZE])
{
    if (value_us == UINT64_MAX)
        return "+Inf";
    snprintf(number, NUMBER_SIZE, "%" PRIu64 ".%06" PRIu64, value_us / 1000000, value_us % 1000000);
    return number;
}

/* A label is compared as a text: as short as all others write it. */
static const char *bound_text(uint64_t bound_us, char number[static NUMBER_SIZE])
{
    snprintf(number, NUMBER_SIZE, "%g", (double)bound_us / 1e6);
    return number;
}

void exposition_family(struct buffer *text, const char *name, const char *type, const char *meaning)
{
    const char *const parts[] = {"# HELP ", name, " ", meaning, "\n# TYPE ", name, " ", type, "\n"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        buffer_puts(text, parts[i]);
}

void exposition_count(struct buffer *text, const char *name, const struct label *labels, uint64_t value)
{
    char number[NUMBER_SIZE];
    put_sample(text, name, "", labels, count_text(value, number));
}

void exposition_time(struct buffer *text, const char *name, const struct label *labels, uint64_t value_us)
{
    char number[NUMBER_SIZE];
    put_sample(text, name, "", labels, time_text(value_us, number));
}

void exposition_histogram(struct buffer *text, const char *name, const struct label *labels, const uint64_t *bounds_us,
                          const uint64_t *counts, unsigned bounds_count, uint64_t sum_us)
{
    struct label bucket[EXPOSITION_LABELS_MOST + 2] = {{0}};
    char number[NUMBER_SIZE], bound[NUMBER_SIZE];
    unsigned given = 0;
    uint64_t total = 0;
    for (; labels && labels[given].name; given++)
        bucket[given] = labels[given];
    for (unsigned i = 0; i <= bounds_count; i++) {
        total += counts[i];
        bucket[given] = (struct label){"le", i < bounds_count ? bound_text(bounds_us[i], bound) : "+Inf"};
        put_sample(text, name, "_bucket", bucket, count_text(total, number));
    }
    put_sample(text, name, "_sum", labels, time_text(sum_us, number));
    put_sample(text, name, "_count", labels, count_text(total, number));
}
