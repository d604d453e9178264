/* log: one JSON object a line on stderr, one line an event
 *
 * Each line has `ts` (RFC 3339, UTC), `level`, `event` and the event's own fields. A text takes 512 bytes at most
 * as it is written, and is cut between two characters; a field that a line has no room for is left out. So a line is
 * one write(2) within PIPE_BUF, and lines of several threads never mix; where nobody reads, lines are dropped. Nothing
 * secret goes in: no connection strings, no header values.
 */
#ifndef CLAIMD_LOG_H
#define CLAIMD_LOG_H

#include <stdbool.h>

enum log_level { LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_field {
    const char *name;
    const char *text; /* NULL: the field is the number */
    long long number;
    bool thousandths; /* that it counts */
};

#define LOG_TEXT(name, text)                                                                                           \
    {                                                                                                                  \
        (name), (text), 0, false                                                                                       \
    }
#define LOG_NUMBER(name, number)                                                                                       \
    {                                                                                                                  \
        (name), 0, (number), false                                                                                     \
    }

/* Milliseconds with three decimals, from microseconds. */
#define LOG_MILLISECONDS(name, microseconds)                                                                           \
    {                                                                                                                  \
        (name), 0, (long long)(microseconds), true                                                                     \
    }

/* log_event(LOG_INFO, "listening", LOG_TEXT("address", address), LOG_NUMBER("threads", 2)) */
#define log_event(level, event, ...) log_write((level), (event), (const struct log_field[]){__VA_ARGS__, {0}})

/* `fields` end with a nameless one; NULL is none. May be called from any thread. */
void log_write(enum log_level level, const char *event, const struct log_field *fields);

#endif
