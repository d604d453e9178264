/* value: whether a text is a value of some type, as the database would read it */
#include "value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool is_slug_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

bool value_is_slug(const char *text)
{
    for (;; text++) {
        if (!is_slug_byte(*text))
            return false;
        while (is_slug_byte(*text))
            text++;
        if (*text != '-')
            return !*text;
    }
}

bool value_is_code(const char *text)
{
    const char *end = text;
    while (isgraph((unsigned char)*end))
        end++;
    return end > text && !*end;
}

bool value_is_tag(const char *text)
{
    size_t size = strspn(text, LOWER);
    if (size < 2 || size > 3)
        return false;
    for (text += size; *text == '-'; text += 1 + size) {
        size = strspn(text + 1, LOWER UPPER DIGITS);
        if (size < 2 || size > 8)
            return false;
    }
    return !*text;
}

bool value_is_number(const char *text)
{
    enum { DIGITS_MOST = 50, EXPONENT_MOST = 50 };
    text += *text == '-';
    size_t whole = strspn(text, DIGITS);
    text += whole;
    size_t part = *text == '.' ? strspn(text + 1, DIGITS) : 0;
    if (*text == '.')
        text += 1 + part;
    if (whole + part == 0 || whole + part > DIGITS_MOST)
        return false;
    if (*text != 'e' && *text != 'E')
        return !*text;
    text += 1 + (text[1] == '-' || text[1] == '+');
    size_t exponent = strspn(text, DIGITS);
    return exponent && exponent <= 2 && !text[exponent] && strtol(text, NULL, 10) <= EXPONENT_MOST;
}

bool value_is_count(const char *text)
{
    size_t digits = strspn(text, DIGITS);
    return digits && digits <= 9 && !text[digits] && strtol(text, NULL, 10) > 0;
}

/* Whether the text begins so, 0 being any digit. strptime() alone takes blanks for some. */
static bool has_form(const char *text, const char *form)
{
    for (; *form; form++, text++)
        if (*form == '0' ? !isdigit((unsigned char)*text) : *text != *form)
            return false;
    return true;
}

/* The end of a day of the calendar, or NULL. */
static const char *read_day(const char *text)
{
    struct tm given = {0};
    if (!has_form(text, "0000-00-00") || strncmp(text, "0000", 4) == 0)
        return NULL;
    const char *end = strptime(text, "%Y-%m-%d", &given);
    struct tm same = given;
    if (!end || timegm(&same) == -1)
        return NULL;
    return same.tm_mday == given.tm_mday ? end : NULL;
}

/* The end of a partial-time, or NULL. */
static const char *read_time_of_day(const char *text)
{
    struct tm ignored;
    const char *end = has_form(text, "00:00:00") ? strptime(text, "%H:%M:%S", &ignored) : NULL;
    if (!end || ignored.tm_sec > 59)
        return NULL;
    if (*end != '.')
        return end;
    size_t digits = strspn(end + 1, DIGITS);
    return digits && digits <= 6 ? end + 1 + digits : NULL;
}

/* PostgreSQL takes no more than fifteen hours. */
static bool is_offset(const char *text)
{
    struct tm offset;
    if (strcmp(text, "Z") == 0)
        return true;
    if ((*text != '+' && *text != '-') || !has_form(text + 1, "00:00"))
        return false;
    const char *end = strptime(text + 1, "%H:%M", &offset);
    return end && !*end && offset.tm_hour < 15;
}

bool value_is_day(const char *text)
{
    const char *end = read_day(text);
    return end && !*end;
}

bool value_is_time(const char *text)
{
    const char *end = read_day(text);
    if (!end || !*end)
        return end;
    end = *end == 'T' ? read_time_of_day(end + 1) : NULL;
    return end && is_offset(end);
}
