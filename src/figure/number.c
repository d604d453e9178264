/* number: what a number can be read as, and the words that multiply it */
#include "figure/number.h"

#include <limits.h>
#include <string.h>

void number_set(struct number *number, struct exact value)
{
    number->count = 1;
    number->readings[0] = (struct number_reading){.value = value, .factor = 1};
}

static const struct match *longer(const struct match *left, const struct match *right)
{
    return !right || (left && left->end >= right->end) ? left : right;
}

const struct match *number_scale(struct reader *reader, size_t at, bool money)
{
    const struct match *scale = longer(reader_find(reader, at, ROLE_SCALE), reader_find(reader, at, ROLE_PLURAL));
    scale = longer(scale, reader_find(reader, at, ROLE_THOUSANDS));
    return money ? longer(scale, reader_find(reader, at, ROLE_MONEY_SCALE)) : scale;
}

/* A word of the same spelling that means another number elsewhere: billion. NULL if there is none. */
static const struct word *find_namesake(struct reader *reader, size_t at, const struct match *scale)
{
    const struct matches *matches = reader_matches(reader, at);
    for (size_t i = 0; i < matches->count && !reader->told; i++) {
        const struct word *word = matches->all[i].word;
        bool other = word->value != scale->word->value || word->exponent != scale->word->exponent;
        if (other && matches->all[i].end == scale->end && (word->role == ROLE_SCALE || word->role == ROLE_PLURAL))
            return word;
    }
    return NULL;
}

/* Of words such as dozen, so many would have to follow each other that nobody prints them. */
static bool multiply_factor(struct number_reading *reading, const struct word *word)
{
    bool fits = reading->factor <= ULONG_MAX / (unsigned long)word->value;
    reading->factor *= (unsigned long)word->value;
    reading->power += word->exponent;
    return fits;
}

static bool multiply(struct number_reading *readings, size_t count, const struct word *word)
{
    bool fits = true;
    for (size_t i = 0; i < count; i++) {
        fits = exact_multiply(&readings[i].value, (unsigned long)word->value, word->exponent) && fits;
        fits = multiply_factor(&readings[i], word) && fits;
        readings[i].notes |= note_bit(word->note);
    }
    return fits;
}

bool number_multiply(struct reader *reader, struct number *number, size_t at, const struct match *scale)
{
    const struct word *namesake = find_namesake(reader, at, scale);
    struct number_reading *all = number->readings;
    size_t count = number->count;
    if (namesake && 2 * count <= NUMBER_READINGS) {
        memcpy(all + count, all, count * sizeof(*all));
        number->count += count;
        if (!multiply(all + count, count, namesake))
            return false;
    }
    return multiply(all, count, scale->word);
}

bool number_add(struct number *number, struct exact more)
{
    struct number sum = *number;
    for (size_t i = 0; i < sum.count; i++) {
        sum.readings[i].value = exact_sum(sum.readings[i].value, more);
        if (!exact_fits(&sum.readings[i].value))
            return false;
    }
    *number = sum;
    return true;
}

bool number_add_part(struct number *number, const struct word *part)
{
    struct number sum = *number;
    for (size_t i = 0; i < sum.count; i++) {
        struct number_reading *reading = &sum.readings[i];
        struct exact more = exact_integer(reading->factor, reading->power);
        if (!exact_multiply(&more, (unsigned long)part->value, part->exponent))
            return false;
        reading->value = exact_sum(reading->value, more);
        if (!exact_fits(&reading->value))
            return false;
    }
    *number = sum;
    return true;
}
