/* lookalike: digits that are no figure: dates, times, ordinals, telephone numbers */
#include "figure/lookalike.h"

enum { DAY_DIGITS = 2, YEAR_DIGITS = 4, TELEPHONE_DIGITS = 7 };

static size_t digits_at(const struct text *text, size_t at)
{
    return text_skip_digits(text, at) - at;
}

static bool is_short(const struct text *text, size_t at)
{
    size_t digits = digits_at(text, at);
    return digits && digits <= DAY_DIGITS;
}

bool lookalike_is_year(const struct text *text, size_t start, size_t end)
{
    bool century = (text_is(text, start, '1') && text_is(text, start + 1, '9')) ||
                   (text_is(text, start, '2') && text_is(text, start + 1, '0'));
    return century && end == start + YEAR_DIGITS && digits_at(text, start) == YEAR_DIGITS;
}

/* ---- digits that marks hold together ---- */

static size_t count_marks(const struct text *text, size_t at, size_t end, uint32_t mark)
{
    size_t count = 0;
    for (; at < end; at++)
        count += text_is(text, at, mark);
    return count;
}

/* 14:30, 10^6, 12/05/2024, 2025-09-18, 555-123-4567, 2024-25; but 1/2 may be a fraction, and 5-6 a range. */
static size_t skip_marked(const struct text *text, size_t at)
{
    size_t end = text_skip_word(text, at), first = text_skip_digits(text, at);
    size_t slashes = count_marks(text, at, end, '/');
    size_t hyphens = count_marks(text, at, end, '-') + count_marks(text, at, end, 0x2013);
    bool fraction =
        slashes == 1 && digits_at(text, at) == 1 && text_is(text, first, '/') && digits_at(text, first + 1) == 1;
    bool season = hyphens == 1 && lookalike_is_year(text, at, first) && digits_at(text, first + 1) == 2;
    bool marked = count_marks(text, at, end, ':') || count_marks(text, at, end, '^') || hyphens > 1 ||
                  (slashes && !fraction) || season;
    return marked ? end : at;
}

/* 14h30 */
static size_t skip_hours(const struct text *text, size_t at)
{
    size_t end = text_skip_digits(text, at);
    bool hours = is_short(text, at) && text_is(text, end, 'h') && digits_at(text, end + 1) == 2;
    return hours ? text_skip_digits(text, end + 1) : at;
}

/* 14 Uhr, 14.30 Uhr, 3 p.m. */
static size_t skip_clock(struct reader *reader, size_t at)
{
    const struct text *text = &reader->text;
    size_t end = text_skip_digits(text, at);
    if (text_is(text, end, '.') && digits_at(text, end + 1) == 2)
        end = text_skip_digits(text, end + 1);
    const struct match *clock =
        is_short(text, at) ? reader_find(reader, text_skip_spaces(text, end), ROLE_CLOCK) : NULL;
    return clock ? clock->end : at;
}

/* ---- telephone numbers ---- */

static bool is_dialled(const struct text *text, size_t at)
{
    static const char marks[] = "-/()";
    for (const char *mark = marks; *mark; mark++)
        if (text_is(text, at, (uint32_t)*mark))
            return true;
    return text_kind(text, at) == CHARACTER_SPACE || text_kind(text, at) == CHARACTER_DIGIT;
}

/* +49 30 1234567, 030 1234567: a plus or a zero in front, and digits that go on across spaces. */
static size_t skip_telephone(const struct text *text, size_t at)
{
    bool plus = text_is(text, at, '+');
    bool zero = text_is(text, at, '0') && text_kind(text, at + 1) == CHARACTER_DIGIT;
    size_t digits = 0, end = at + plus;
    for (size_t next = end; (plus || zero) && is_dialled(text, next); next++)
        if (text_kind(text, next) == CHARACTER_DIGIT) {
            digits++;
            end = next + 1;
        }
    bool spaced = digits < end - at - plus;
    return zero || (plus && spaced && digits >= TELEPHONE_DIGITS) ? end : at;
}

/* ---- dates ---- */

/* Behind ", 2025", " de 2025" or " 2025"; `at` if no year follows. */
static size_t skip_year(struct reader *reader, size_t at)
{
    const struct text *text = &reader->text;
    size_t next = text_skip_spaces(text, text_is(text, at, ',') || text_is(text, at, '.') ? at + 1 : at);
    next = reader_skip(reader, next, ROLE_OF);
    size_t end = text_skip_digits(text, next);
    return next > at && lookalike_is_year(text, next, end) ? end : at;
}

/* 18. September 2025, 18 settembre, 5 de mayo de 2024 */
static size_t skip_day(struct reader *reader, size_t at)
{
    const struct text *text = &reader->text;
    size_t end = text_skip_digits(text, at);
    if (!is_short(text, at))
        return at;
    end = text_skip_spaces(text, text_is(text, end, '.') ? end + 1 : end);
    const struct match *month = reader_find(reader, reader_skip(reader, end, ROLE_OF), ROLE_MONTH);
    return month ? skip_year(reader, month->end) : at;
}

/* September 2025, Mar 05,2025, May 5 */
static size_t skip_month(struct reader *reader, size_t at)
{
    const struct text *text = &reader->text;
    const struct match *month = reader_find(reader, at, ROLE_MONTH);
    if (!month)
        return at;
    size_t day = text_skip_spaces(text, month->end), end = skip_year(reader, month->end);
    if (end == month->end && is_short(text, day))
        end = skip_year(reader, text_skip_digits(text, day));
    return end > month->end ? end : at;
}

/* 18.9.: where a point makes ordinals, two of them are a day and its month. */
static size_t skip_short_date(struct reader *reader, size_t at)
{
    const struct text *text = &reader->text;
    size_t month = text_skip_digits(text, at) + 1, end = text_skip_digits(text, month);
    bool date = is_short(text, at) && is_short(text, month) && reader_find(reader, month - 1, ROLE_ORDINAL) &&
                reader_find(reader, end, ROLE_ORDINAL) && text_kind(text, end + 1) != CHARACTER_DIGIT;
    return date ? end + 1 : at;
}

/* 3. Platz: where a point makes ordinals, it does so before a word. */
static size_t skip_ordinal(struct reader *reader, size_t at)
{
    const struct text *text = &reader->text;
    size_t end = text_skip_digits(text, at);
    const struct match *point = is_short(text, at) ? reader_find(reader, end, ROLE_ORDINAL) : NULL;
    return point && text_kind(text, text_skip_spaces(text, point->end)) == CHARACTER_LETTER ? point->end : at;
}

static size_t skip_digits_of_time(struct reader *reader, size_t at)
{
    size_t end = skip_marked(&reader->text, at);
    if (end == at)
        end = skip_hours(&reader->text, at);
    if (end == at)
        end = skip_clock(reader, at);
    if (end == at)
        end = skip_day(reader, at);
    if (end == at)
        end = skip_short_date(reader, at);
    return end > at ? end : skip_ordinal(reader, at);
}

size_t lookalike_skip(struct reader *reader, size_t at)
{
    const struct text *text = &reader->text;
    size_t end = skip_telephone(text, at);
    if (end == at && text_kind(text, at) == CHARACTER_DIGIT)
        return skip_digits_of_time(reader, at);
    return end > at ? end : skip_month(reader, at);
}
