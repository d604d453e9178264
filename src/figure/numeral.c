/* numeral: a number in digits or in words, with what multiplies it */
#include "figure/numeral.h"

#include "figure/digits.h"
#include "figure/fraction.h"
#include "figure/spelled.h"

enum { LEAST_SCALE = 2 }; /* that other terms may follow: a hundred and five, but not a dozen and five */

/* ---- what begins a number ---- */

/* 2½, 2 ½, 5 1/2 */
static void add_fraction(struct reader *reader, struct number *number)
{
    struct exact part = exact_integer(0, 0);
    size_t at = text_skip_spaces(&reader->text, number->end), end = fraction_read(&reader->text, at, &part);
    if (end == at || !number->plain || !number_add(number, part))
        return;
    number->plain = false;
    number->end = end;
}

static bool read_lone_fraction(struct reader *reader, size_t at, struct number *ret)
{
    struct exact value = exact_integer(0, 0);
    bool sign = text_kind(&reader->text, at) != CHARACTER_DIGIT;
    *ret = (struct number){.start = at, .end = fraction_read(&reader->text, at, &value)};
    number_set(ret, value);
    ret->partial = !sign; /* 1/2 may be a date; 1/2 million is not */
    return ret->end > at;
}

/* A word that is a number by itself, or a part of one; the longest that was found stays. */
static void read_word(struct reader *reader, size_t at, enum role role, struct number *longest)
{
    const struct match *match = reader_find(reader, at, role);
    if (!match || match->end <= longest->end)
        return;
    *longest = (struct number){.start = at, .end = match->end, .spelled = true};
    number_set(longest, exact_integer((unsigned long)match->word->value, match->word->exponent));
    longest->lone = role == ROLE_NUMBER && match->word->value == 1 && !match->word->exponent;
    longest->partial = role == ROLE_PART || role == ROLE_ONE;
    longest->about = role == ROLE_AROUND;
}

/* Un centinaio: one of what is a number already. */
static void read_around(struct reader *reader, size_t at, struct number *longest)
{
    size_t behind = text_skip_spaces(&reader->text, longest->end);
    const struct match *around = longest->lone ? reader_find(reader, behind, ROLE_AROUND) : NULL;
    if (!around)
        return;
    read_word(reader, behind, ROLE_AROUND, longest);
    longest->start = at;
}

/* Millón y medio: one, since a part follows. */
static bool read_lone_scale(struct reader *reader, size_t at, struct number *ret)
{
    const struct match *scale = reader_find(reader, at, ROLE_SCALE);
    *ret = (struct number){.start = at, .end = at, .spelled = true, .partial = true};
    number_set(ret, exact_integer(1, 0));
    return scale && reader_find(reader, reader_gap(reader, scale->end), ROLE_PLUS_PART);
}

static bool read_beginning(struct reader *reader, size_t at, struct number *ret)
{
    if (digits_read(reader, at, ret)) {
        add_fraction(reader, ret);
        return true;
    }
    if (!spelled_read(reader, at, ret))
        *ret = (struct number){.start = at, .end = at};
    read_word(reader, at, ROLE_NUMBER, ret);
    read_word(reader, at, ROLE_PART, ret);
    read_word(reader, at, ROLE_ONE, ret);
    read_word(reader, at, ROLE_AROUND, ret);
    read_around(reader, at, ret);
    return ret->end > at || read_lone_scale(reader, at, ret);
}

/* ---- what multiplies it ---- */

static bool is_money_behind(struct reader *reader, size_t at)
{
    const struct match *unit = reader_find(reader, reader_gap(reader, at), ROLE_UNIT);
    return unit && lexicon_is_money(unit->word);
}

/* "m" is a million of money, and metres otherwise. */
static const struct match *scale_behind(struct reader *reader, size_t at, bool money)
{
    const struct match *scale = number_scale(reader, at, true);
    if (scale && scale->word->role == ROLE_MONEY_SCALE && !money && !is_money_behind(reader, scale->end))
        return number_scale(reader, at, false);
    return scale;
}

/* What multiplies the number further: behind a gap, and behind "of" where it is scaled already. */
static const struct match *next_scale(struct reader *reader, const struct number *number, bool money, size_t *ret_at)
{
    *ret_at = reader_gap(reader, number->end);
    const struct match *scale = scale_behind(reader, *ret_at, money);
    if (scale || (!number->scaled && !number->about && !number->partial))
        return scale;
    *ret_at = reader_skip(reader, *ret_at, ROLE_OF);
    return scale_behind(reader, *ret_at, money);
}

static void add_part_behind(struct reader *reader, struct number *number)
{
    const struct match *part = reader_find(reader, reader_gap(reader, number->end), ROLE_PLUS_PART);
    if (!part || number->partial || !number_add_part(number, part->word))
        return;
    number->end = part->end;
    number->lone = number->plain = false;
}

static bool is_touched(const struct text *text, const struct number *number, size_t at)
{
    return at == number->end && at > number->start && text_kind(text, at) == CHARACTER_LETTER &&
           text_kind(text, at - 1) == CHARACTER_DIGIT;
}

static int power_of_scales(const struct number_reading *reading)
{
    struct exact scales = exact_integer(reading->factor, reading->power);
    return exact_magnitude(&scales) - 1;
}

/* Million, thousand million, million and a half; false if the number becomes too large. */
static bool read_scales(struct reader *reader, struct number *number, bool money)
{
    const struct match *scale;
    size_t at;
    int last = 0; /* behind a million a thousand begins another term */
    add_part_behind(reader, number);
    while ((scale = next_scale(reader, number, money, &at)) && scale->word->exponent >= last) {
        last = scale->word->exponent;
        if (!number_multiply(reader, number, at, scale))
            return false;
        if (is_touched(&reader->text, number, at))
            number->readings[0].notes |= NOTE(NOTE_TOUCHES);
        number->end = scale->end;
        number->scaled = true;
        number->partial = number->lone = number->plain = false;
    }
    if (!number->scaled)
        return true;
    number->scale = power_of_scales(number->readings);
    add_part_behind(reader, number);
    return true;
}

static bool read_term(struct reader *reader, size_t at, bool money, struct number *ret)
{
    bool begun = read_lone_fraction(reader, at, ret) || read_beginning(reader, at, ret);
    return begun && read_scales(reader, ret, money) && !ret->partial;
}

/* ---- sums ---- */

/* Where the next term may begin: one million, two hundred thousand; un milione e duecentomila. */
static size_t skip_to_term(struct reader *reader, const struct number *number)
{
    size_t at = number->end;
    if (number->spelled && text_is(&reader->text, at, ','))
        at++;
    at = text_skip_spaces(&reader->text, at);
    return reader->between ? at : reader_skip(reader, at, ROLE_AND);
}

/* Whether a term can be what is left of a number behind its scale. */
static bool continues(const struct number *number, const struct number *term)
{
    if (term->count > 1 || term->about || !(term->scaled || (number->spelled && term->spelled)))
        return false;
    return exact_magnitude(&term->readings[0].value) <= number->scale;
}

bool numeral_scale_behind(struct reader *reader, struct number *number, size_t at, bool money)
{
    struct number scaled = *number;
    scaled.end = at;
    bool found = !number->scaled && read_scales(reader, &scaled, money) && scaled.scaled;
    if (found)
        *number = scaled;
    return found;
}

bool numeral_read(struct reader *reader, size_t at, bool money, struct number *ret)
{
    struct number term;
    if (!read_term(reader, at, money, ret))
        return false;
    while (ret->scale >= LEAST_SCALE && read_term(reader, skip_to_term(reader, ret), money, &term) &&
           continues(ret, &term) && number_add(ret, term.readings[0].value)) {
        ret->readings[0].notes |= term.readings[0].notes;
        ret->end = term.end;
        ret->scale = term.scale;
    }
    return true;
}
