/* amount: a number with its unit, or words that stand for one */
#include "figure/amount.h"

#include <string.h>

#include "figure/lookalike.h"
#include "figure/numeral.h"

/* ---- what has no number ---- */

/* What multiplies an uncounted number further; its place, or where it would be. */
static const struct match *next_scale(struct reader *reader, size_t at, size_t *ret_at)
{
    *ret_at = reader_gap(reader, at);
    const struct match *scale = number_scale(reader, *ret_at, false);
    if (scale)
        return scale;
    *ret_at = reader_skip(reader, *ret_at, ROLE_OF);
    return number_scale(reader, *ret_at, false);
}

/* Hundreds of thousands, Milliarden; `bare` if the first may be singular: mehrere Hundert Millionen. */
static bool read_plurals(struct reader *reader, size_t at, bool bare, struct number *ret)
{
    const struct match *scale = bare ? number_scale(reader, at, false) : reader_find(reader, at, ROLE_PLURAL);
    *ret = (struct number){.start = at, .end = at, .spelled = true, .scaled = true};
    number_set(ret, exact_integer(1, 0));
    for (size_t next = at; scale; scale = next_scale(reader, ret->end, &next)) {
        if (!number_multiply(reader, ret, next, scale))
            return false;
        ret->end = scale->end;
    }
    return ret->end > at;
}

/* Several million: nobody counted them, but there are as many as the word says. */
static bool read_few(struct reader *reader, size_t at, struct number *ret)
{
    const struct match *few = reader_find(reader, at, ROLE_FEW);
    if (!few)
        return false;
    size_t next = text_skip_spaces(&reader->text, few->end), of = reader_skip(reader, next, ROLE_OF);
    bool found = read_plurals(reader, next, true, ret) || (of > next && read_plurals(reader, of, true, ret));
    ret->start = at;
    return found;
}

/* Twice, das Doppelte; but double-check is another word. */
static bool read_multiple(struct reader *reader, size_t at, struct number *ret)
{
    const struct match *multiple = reader_find(reader, at, ROLE_MULTIPLE);
    if (!multiple ||
        (text_is(&reader->text, multiple->end, '-') && text_kind(&reader->text, multiple->end + 1) == CHARACTER_LETTER))
        return false;
    *ret = (struct number){.start = at, .end = multiple->end, .spelled = true};
    number_set(ret, exact_integer((unsigned long)multiple->word->value, multiple->word->exponent));
    return true;
}

/* ---- so many digits ---- */

static size_t skip_sizes(struct reader *reader, size_t at)
{
    for (const struct match *size; (size = reader_find(reader, at, ROLE_SIZE));)
        at = reader_gap(reader, size->end);
    return at;
}

/* The number of digits, and where its words end: double-digit, zweistellig, six-figure. */
static bool read_count(struct reader *reader, size_t at, int *ret_digits, size_t *ret_end)
{
    const struct match *digits = reader_find(reader, at, ROLE_DIGITS);
    struct number number;
    if (digits) {
        *ret_digits = (int)digits->word->value;
        *ret_end = digits->end;
        return true;
    }
    if (!numeral_read(reader, at, false, &number) || number.scaled || number.count > 1)
        return false;
    const struct match *figures = reader_find(reader, reader_gap(reader, number.end), ROLE_FIGURES);
    for (*ret_digits = 1; figures && *ret_digits <= EXACT_MAGNITUDE / 2; ++*ret_digits)
        if (exact_compare(number.readings[0].value, exact_integer((unsigned long)*ret_digits, 0)) == 0) {
            *ret_end = figures->end;
            return true;
        }
    return false;
}

static bool read_digits(struct reader *reader, size_t at, struct amount *amount)
{
    struct number *number = &amount->number;
    size_t start = skip_sizes(reader, at), end = start;
    int digits = 0;
    if (!read_count(reader, start, &digits, &end))
        return false;
    *number = (struct number){.start = at, .end = end};
    number_set(number, exact_integer(1, digits - 1));
    number->readings[0].notes = NOTE(NOTE_NOT_REACHED);
    numeral_scale_behind(reader, number, end, false);
    const struct match *sum = reader_find(reader, reader_gap(reader, number->end), ROLE_SUM);
    number->end = sum ? sum->end : number->end;
    number->scaled = true;
    amount->high = number->readings[0].value;
    amount->kind = AMOUNT_DIGITS;
    return exact_multiply(&amount->high, 1, 1);
}

/* ---- the parts in order ---- */

static bool is_dash(const struct text *text, size_t at)
{
    return text_is(text, at, '-') || text_is(text, at, 0x2212) || text_is(text, at, 0x2013);
}

/* A dash before digits or the sign of a currency, and not between words. */
static bool is_sign(const struct text *text, size_t at)
{
    enum character_kind before = at ? text_kind(text, at - 1) : CHARACTER_SPACE, behind = text_kind(text, at + 1);
    return is_dash(text, at) && before != CHARACTER_LETTER && before != CHARACTER_DIGIT && !is_dash(text, at + 1) &&
           (behind == CHARACTER_DIGIT || behind == CHARACTER_MARK);
}

static size_t read_minus(struct reader *reader, size_t at, bool *ret)
{
    size_t behind = is_sign(&reader->text, at) ? at + 1 : reader_skip(reader, at, ROLE_MINUS);
    *ret = behind > at;
    return behind;
}

/* $ 5.6: the sign of a currency, unlike its code, stands at the number. */
static size_t read_money(struct reader *reader, size_t at, struct amount *amount)
{
    const struct text *text = &reader->text;
    if (!unit_read_money(reader, at, &amount->unit)) {
        amount->unit = (struct unit){.start = at, .end = at};
        return at;
    }
    size_t behind = text_skip_spaces(text, amount->unit.end);
    bool sign = text_kind(text, amount->unit.end - 1) == CHARACTER_MARK && !text_is(text, amount->unit.end - 1, '.');
    for (size_t i = 0; sign && behind > amount->unit.end && i < amount->unit.count; i++)
        amount->unit.readings[i].notes |= NOTE(NOTE_SPACE_BEHIND_SIGN);
    amount->money_before = true;
    return behind;
}

/* Two thirds of something. */
static bool is_fraction(struct reader *reader, const struct number *number)
{
    return !number->scaled && reader_find(reader, reader_gap(reader, number->end), ROLE_FRACTION);
}

static bool read_core(struct reader *reader, size_t at, struct amount *amount)
{
    struct number *number = &amount->number;
    if (lookalike_skip(reader, at) > at)
        return false;
    if (read_digits(reader, at, amount))
        return true;
    amount->kind = AMOUNT_FROM;
    if (read_few(reader, at, number) || read_plurals(reader, at, false, number))
        return true;
    amount->kind = AMOUNT_VALUE;
    if (numeral_read(reader, at, amount->money_before || reader->money, number))
        return !is_fraction(reader, number);
    if (!amount->money_before && read_multiple(reader, at, number)) {
        amount->unit = unit_times;
        return true;
    }
    return false;
}

/* A bound behind an amount, unless it stands before another: 5 plus 6. */
static void read_behind(struct reader *reader, struct amount *amount)
{
    size_t at = reader_gap(reader, amount->end);
    const struct match *behind = amount->behind ? NULL : reader_find(reader, at, ROLE_BEHIND);
    if (!behind || text_kind(&reader->text, text_skip_spaces(&reader->text, behind->end)) == CHARACTER_DIGIT)
        return;
    amount->behind = behind->word;
    amount->end = behind->end;
    if (amount->kind == AMOUNT_VALUE &&
        numeral_scale_behind(reader, &amount->number, behind->end, amount->money_before))
        amount->end = amount->number.end;
}

/* A unit before the number may be said again behind it: $5 million dollars. */
static void read_unit(struct reader *reader, struct amount *amount)
{
    struct unit behind;
    bool of = amount->number.scaled || amount->number.about;
    if (!unit_read_behind(reader, amount->end, of, &behind))
        return;
    if (amount->unit.count && !(amount->money_before && unit_agrees(&amount->unit, &behind)))
        return;
    amount->end = behind.end;
    if (!amount->money_before)
        amount->unit = behind;
}

/* Due volte e mezzo, deux ans et demi: a part of the unit. */
static void read_part(struct reader *reader, struct amount *amount)
{
    struct number *number = &amount->number;
    const struct match *part = reader_find(reader, reader_gap(reader, amount->end), ROLE_PLUS_PART);
    if (!part || amount->kind != AMOUNT_VALUE || number->scaled || !amount->unit.count ||
        !number_add_part(number, part->word))
        return;
    number->lone = false;
    amount->end = part->end;
}

static bool is_times(const struct unit *unit)
{
    return unit->count && strcmp(unit->readings[0].code, unit_times.readings[0].code) == 0;
}

bool amount_is_article(const struct amount *amount)
{
    return amount->number.lone && (!amount->unit.count || is_times(&amount->unit));
}

/* What the letters say that touch its digits is unknown: 4o, 3D. */
static bool is_name(const struct text *text, const struct amount *amount)
{
    size_t end = amount->number.end;
    return amount->end == end && text_kind(text, end - 1) == CHARACTER_DIGIT &&
           text_kind(text, end) == CHARACTER_LETTER;
}

static void negate(struct number *number)
{
    for (size_t i = 0; i < number->count; i++)
        number->readings[i].value = exact_negative(number->readings[i].value);
}

bool amount_read(struct reader *reader, size_t at, struct amount *ret)
{
    bool minus = false, minus_behind = false;
    *ret = (struct amount){.start = at};
    size_t next = read_money(reader, read_minus(reader, at, &minus), ret);
    if (ret->money_before && !minus)
        next = read_minus(reader, next, &minus_behind);
    const struct match *by = reader_find_open(reader, next, ROLE_BY);
    bool times = by && text_kind(&reader->text, by->end) == CHARACTER_DIGIT && !ret->money_before;
    if (!read_core(reader, times ? by->end : next, ret))
        return false;
    ret->end = ret->number.end;
    if (times)
        ret->unit = unit_times;
    read_behind(reader, ret);
    read_unit(reader, ret);
    read_part(reader, ret);
    read_behind(reader, ret);
    if (minus || minus_behind)
        negate(&ret->number);
    return !is_name(&reader->text, ret);
}
