/* digits: numbers in digits, by the conventions of a language or of others */
#include "figure/digits.h"

#include <string.h>

/* Before which marks are the groups of a number's integer, and its fraction. */
static const struct convention {
    char grouping, decimal;
} conventions[FIGURE_LANGUAGES] = {
    [FIGURE_ENGLISH] = {',', '.'}, [FIGURE_GERMAN] = {'.', ','},  [FIGURE_FRENCH] = {' ', ','},
    [FIGURE_SPANISH] = {'.', ','}, [FIGURE_ITALIAN] = {'.', ','},
};

enum { GROUPS_MOST = 24, GROUP = 3, MISPRINT_DIGITS_MOST = 2 };

/* Groups of digits as printed, each but the first with the mark before it. */
struct printed {
    char digits[EXACT_DIGITS];
    size_t sizes[GROUPS_MOST];
    char marks[GROUPS_MOST];
    size_t count, total;
    size_t end; /* in the text */
    unsigned notes;
};

/* ---- what is printed ---- */

static bool add_group(struct printed *printed, const struct text *text, size_t at, char mark)
{
    size_t end = text_skip_digits(text, at), size = end - at;
    if (printed->count == GROUPS_MOST || size > sizeof(printed->digits) - printed->total)
        return false;
    for (size_t i = 0; i < size; i++)
        printed->digits[printed->total + i] = (char)text->all[at + i].folded;
    printed->sizes[printed->count] = size;
    printed->marks[printed->count++] = mark;
    printed->total += size;
    printed->end = end;
    return true;
}

static bool is_group(const struct text *text, size_t at)
{
    return text_skip_digits(text, at) == at + GROUP;
}

/* A character that may stand between digits; 0 for another. */
static char mark_at(const struct text *text, size_t at)
{
    static const char marks[] = ".,' ";
    for (const char *mark = marks; *mark; mark++)
        if (text_is(text, at, (uint32_t)*mark))
            return *mark;
    return 0;
}

static bool is_decimal_mark(char mark)
{
    return mark == ',' || mark == '.';
}

/* Whether a space or an apostrophe stands between groups, which is all that they can do. */
static bool parts_groups(const struct printed *printed, const struct text *text, char mark)
{
    size_t last = printed->count - 1;
    bool alike = !last || printed->marks[last] == mark;
    return alike && printed->sizes[0] <= GROUP && printed->sizes[last] <= GROUP && is_group(text, printed->end + 1);
}

/* The mark at the end of what was printed so far, if digits of the same number stand behind it; 0 otherwise. */
static char mark_ahead(const struct printed *printed, const struct text *text)
{
    char mark = mark_at(text, printed->end);
    bool digits_follow = text_kind(text, printed->end + 1) == CHARACTER_DIGIT;
    if (!mark || !digits_follow || (!is_decimal_mark(mark) && !parts_groups(printed, text, mark)))
        return 0;
    return mark;
}

/* Whether more than a number stands at a place: a misprint is one only where a scale or a unit shows that it goes on.
 */
static bool is_followed(struct reader *reader, size_t at)
{
    size_t behind = reader_gap(reader, at);
    return number_scale(reader, behind, true) || reader_find(reader, behind, ROLE_UNIT);
}

/* "5, 6 Millionen" and "5 ,6 Millionen". */
static bool add_misprinted_fraction(struct reader *reader, struct printed *printed, char decimal)
{
    const struct text *text = &reader->text;
    size_t mark = text_skip_spaces(text, printed->end), digits = text_skip_spaces(text, mark + 1);
    size_t end = text_skip_digits(text, digits);
    bool before = mark > printed->end, behind = digits > mark + 1;
    if (!text_is(text, mark, (uint32_t)decimal) || before == behind || end == digits ||
        end - digits > MISPRINT_DIGITS_MOST || !is_followed(reader, end) || !add_group(printed, text, digits, decimal))
        return false;
    if (before)
        printed->notes |= NOTE(NOTE_SPACE_BEFORE_MARK);
    else
        printed->notes |= NOTE(decimal == ',' ? NOTE_SPACE_AFTER_COMMA : NOTE_SPACE_AFTER_POINT);
    return true;
}

static bool has_mark(const struct printed *printed, char mark)
{
    return memchr(printed->marks + 1, mark, printed->count - 1) != NULL;
}

static bool print(struct reader *reader, size_t at, struct printed *printed)
{
    const struct text *text = &reader->text;
    char decimal = conventions[reader->language].decimal, mark = 0;
    *printed = (struct printed){.end = at};
    if (!add_group(printed, text, at, 0))
        return false;
    while ((mark = mark_ahead(printed, text)))
        if (!add_group(printed, text, printed->end + 1, mark))
            return false;
    if (!has_mark(printed, decimal))
        add_misprinted_fraction(reader, printed, decimal);
    return true;
}

/* ---- what it means ---- */

/* Whether the first `count` groups are those of one integer. */
static bool is_grouped(const struct printed *printed, size_t count)
{
    if (printed->sizes[0] > GROUP || printed->digits[0] == '0')
        return false;
    for (size_t i = 1; i < count; i++)
        if (printed->sizes[i] != GROUP || printed->marks[i] != printed->marks[1])
            return false;
    return true;
}

/* 12,34,567: thousands, then hundreds of thousands by twos. */
static bool is_grouped_by_twos(const struct printed *printed)
{
    if (printed->count < 3 || printed->sizes[0] > 2 || printed->sizes[printed->count - 1] != GROUP)
        return false;
    for (size_t i = 1; i < printed->count; i++)
        if (printed->marks[i] != ',' || (i + 1 < printed->count && printed->sizes[i] != 2))
            return false;
    return true;
}

static void add_reading(struct number *number, const struct printed *printed, size_t places, unsigned notes)
{
    number->readings[number->count++] = (struct number_reading){
        .value = exact_digits(printed->digits, printed->total, -(int)places),
        .notes = printed->notes | notes,
        .factor = 1,
        .less_likely = places == GROUP && is_grouped(printed, printed->count),
    };
}

static unsigned grouping_notes(char mark, const struct convention *convention)
{
    if (mark == convention->grouping)
        return 0;
    return mark == ' ' ? NOTE(NOTE_SPACE_IN_NUMBER) : NOTE(NOTE_OTHER_GROUPING);
}

static unsigned decimal_notes(char mark, const struct convention *convention)
{
    return mark == convention->decimal ? 0 : NOTE(NOTE_OTHER_DECIMAL);
}

/* One mark: 1.234 groups or is decimal, as the language has it; in one that has it as neither it may be both. */
static bool mean_one_mark(struct number *number, const struct printed *printed, const struct convention *convention)
{
    char mark = printed->marks[1];
    bool groups = is_grouped(printed, 2) && mark != convention->decimal;
    bool decimal = is_decimal_mark(mark) && !(groups && mark == convention->grouping);
    unsigned either = groups && decimal ? NOTE(NOTE_EITHER) : 0;
    if (groups)
        add_reading(number, printed, 0, either | (decimal ? 0 : grouping_notes(mark, convention)));
    if (decimal)
        add_reading(number, printed, printed->sizes[1], either | (groups ? 0 : decimal_notes(mark, convention)));
    return groups || decimal;
}

/* Several: the last is decimal if it differs from the others. */
static bool mean_marks(struct number *number, const struct printed *printed, const struct convention *convention)
{
    size_t last = printed->count - 1;
    char mark = printed->marks[last];
    bool whole = is_grouped(printed, printed->count) || is_grouped_by_twos(printed);
    if (whole)
        add_reading(number, printed, 0, grouping_notes(printed->marks[1], convention));
    else if (is_grouped(printed, last) && mark != printed->marks[1] && is_decimal_mark(mark))
        add_reading(number, printed, printed->sizes[last],
                    grouping_notes(printed->marks[1], convention) | decimal_notes(mark, convention));
    return number->count;
}

/* No number begins with a zero that is not its integer: 007, 030 1234. */
static bool has_leading_zero(const struct printed *printed)
{
    return printed->digits[0] == '0' && printed->sizes[0] > 1;
}

bool digits_read(struct reader *reader, size_t at, struct number *ret)
{
    const struct convention *convention = &conventions[reader->language];
    struct printed printed;
    *ret = (struct number){.start = at};
    if (text_kind(&reader->text, at) != CHARACTER_DIGIT || !print(reader, at, &printed) || has_leading_zero(&printed))
        return false;
    ret->end = printed.end;
    ret->plain = printed.count == 1;
    if (ret->plain)
        add_reading(ret, &printed, 0, 0);
    else if (printed.count == 2)
        return mean_one_mark(ret, &printed, convention);
    else
        return mean_marks(ret, &printed, convention);
    return true;
}
