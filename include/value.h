/* value: whether a text is a value of some type, as the database would read it
 */
#ifndef CLAIMD_VALUE_H
#define CLAIMD_VALUE_H

#include <stdbool.h>

/* Lower-case ASCII words with one hyphen between each two. */
bool value_is_slug(const char *text);

/* Visible ASCII. */
bool value_is_code(const char *text);

/* A language and its subtags (RFC 5646, section 2.1). */
bool value_is_tag(const char *text);

/* Digits with at most one point among them, then perhaps an exponent; no more than a hundred digits written out. */
bool value_is_number(const char *text);

/* A whole number from 1 to 999999999. */
bool value_is_count(const char *text);

/* A full-date (RFC 3339, section 5.6) of the calendar. */
bool value_is_day(const char *text);

/* A full-date, or a date-time with at most six digits of a second. */
bool value_is_time(const char *text);

#endif
