/* log: one JSON object a line on stderr, one line an event */
#include "log.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "memory.h"
#include "utf8.h"

/* Of bytes as they are written: texts leave room for each other in a line, which is written whole up to PIPE_BUF. */
enum { TEXT_MAX = 512 };

static const char END[] = "}\n";

static void put_time(struct buffer *line)
{
    struct timespec now;
    struct tm utc;
    char text[64];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t size = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + size, sizeof(text) - size, ".%03ldZ", now.tv_nsec / 1000000);
    buffer_json(line, text, strlen(text));
}

/* That a byte takes in JSON at most. */
static size_t width(unsigned char byte)
{
    if (byte < 0x20)
        return sizeof("\\u0000") - 1;
    return byte == '"' || byte == '\\' ? 2 : 1;
}

/* How much of a text is written. */
static size_t fitting(const char *text)
{
    size_t size = 0, room = TEXT_MAX;
    for (; text[size]; size++) {
        if (width((unsigned char)text[size]) > room)
            return utf8_whole(text, size);
        room -= width((unsigned char)text[size]);
    }
    return size;
}

/* What others write, a system library or a client among them, may be long, and need not be UTF-8. */
static void put_text(struct buffer *line, const char *text)
{
    size_t size = fitting(text), begin = line->size;
    buffer_json(line, text, size);
    if (utf8_valid(text, size))
        return;
    for (size_t at = begin; at < line->size; at++)
        if ((unsigned char)line->data[at] >= 0x80)
            line->data[at] = '?';
}

static void put_field(struct buffer *line, const struct log_field *field)
{
    char number[32];
    size_t before = line->size;
    buffer_putc(line, ',');
    buffer_json(line, field->name, strlen(field->name));
    buffer_putc(line, ':');
    if (field->text) {
        put_text(line, field->text);
    } else {
        if (field->thousandths)
            snprintf(number, sizeof(number), "%lld.%03lld", field->number / 1000, field->number % 1000);
        else
            snprintf(number, sizeof(number), "%lld", field->number);
        buffer_puts(line, number);
    }
    if (line->size > PIPE_BUF - strlen(END))
        line->size = before;
}

/* A log that nobody reads must not stop the service: only where a pipe has a page left it takes a line without waiting,
 * and between the look and the line no other thread may take that. */
static void put_line(const struct buffer *line)
{
    static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT};
    pthread_mutex_lock(&turn);
    ssize_t written = poll(&room, 1, 0) == 1 ? write(STDERR_FILENO, line->data, line->size) : 0;
    pthread_mutex_unlock(&turn);
    (void)written;
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
    static const char *const names[] = {[LOG_INFO] = "info", [LOG_WARNING] = "warning", [LOG_ERROR] = "error"};
    _cleanup_(buffer_release) struct buffer line = BUFFER_INIT;
    buffer_puts(&line, "{\"ts\":");
    put_time(&line);
    put_field(&line, &(struct log_field)LOG_TEXT("level", names[level]));
    put_field(&line, &(struct log_field)LOG_TEXT("event", event));
    for (; fields && fields->name; fields++)
        put_field(&line, fields);
    buffer_puts(&line, END);
    put_line(&line);
}
