/* received: the parts of a reply, as the text that a client received */
#ifndef CLAIMD_TEST_RECEIVED_H
#define CLAIMD_TEST_RECEIVED_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* 0 if it does not begin as a reply does. */
static inline unsigned received_status(const char *reply)
{
    unsigned status = 0;
    return sscanf(reply, "HTTP/1.1 %u ", &status) == 1 ? status : 0;
}

/* NULL if the head has no end. */
static inline const char *received_body(const char *reply)
{
    const char *end_of_head = strstr(reply, "\r\n\r\n");
    return end_of_head ? end_of_head + 4 : NULL;
}

/* What stands behind `line`, which the head must have; NULL otherwise. */
static inline const char *received_behind(const char *reply, const char *line)
{
    const char *found = strstr(reply, line), *body = received_body(reply);
    return found && body && found < body ? found + strlen(line) : NULL;
}

/* True if the head has this field line. */
static inline bool received_field(const char *reply, const char *name, const char *value)
{
    char *line = memory_format("\r\n%s: %s\r\n", name, value);
    bool found = received_behind(reply, line);
    free(line);
    return found;
}

static inline bool received_named(const char *reply, const char *name)
{
    char *line = memory_format("\r\n%s:", name);
    bool found = received_behind(reply, line);
    free(line);
    return found;
}

/* The field's value, which a later call overwrites; "" if it is absent. */
static inline const char *received_value(const char *reply, const char *name)
{
    static char value[400];
    char *line = memory_format("\r\n%s: ", name);
    const char *found = received_behind(reply, line);
    free(line);
    snprintf(value, sizeof(value), "%.*s", found ? (int)strcspn(found, "\r") : 0, found ? found : "");
    return value;
}

/* Field lines of the head. */
static inline unsigned received_fields(const char *reply)
{
    unsigned lines = 0;
    const char *body = received_body(reply);
    for (const char *line = strstr(reply, "\r\n"); line && line + 4 < body; line = strstr(line + 2, "\r\n"))
        lines++;
    return lines;
}

#endif
