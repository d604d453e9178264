/* spelled: numbers below a million in words */
#include "figure/spelled.h"

/* A number that ends at some place; the grammar below goes on from it. */
struct part {
    size_t end;
    unsigned long value;
    bool lone;
};

enum { PARTS_MOST = 64, THOUSAND = 1000, THOUSAND_SCALE = 3 };

struct parts {
    struct part all[PARTS_MOST];
    size_t count;
};

static void add_part(struct parts *parts, size_t end, unsigned long value, bool lone)
{
    if (parts->count < PARTS_MOST)
        parts->all[parts->count++] = (struct part){end, value, lone};
}

static unsigned long value_of(const struct word *word)
{
    unsigned long value = (unsigned long)word->value;
    for (int i = 0; i < word->exponent; i++)
        value *= 10;
    return value;
}

/* Between the parts of one number: nothing, a space, a hyphen, or and. */
static size_t skip_and(struct reader *reader, size_t at)
{
    size_t next = reader_gap(reader, at);
    const struct match *and = reader->between ? NULL : reader_find_open(reader, next, ROLE_AND);
    return and? reader_gap(reader, and->end) : next;
}

/* Adds value × each number of a role that begins there, and what it ends in. */
static void add_words(struct reader *reader, size_t at, enum role role, unsigned long value, struct parts *parts)
{
    const struct matches *matches = reader_matches(reader, at);
    for (size_t i = 0; i < matches->count; i++) {
        const struct match *match = &matches->all[i];
        unsigned long word = value_of(match->word);
        if (reader_takes(reader, at, match, role))
            add_part(parts, match->end, value + word, !value && word == 1);
    }
}

/* What begins there, or behind an and. */
static void add_words_behind(struct reader *reader, size_t at, enum role role, unsigned long value, struct parts *parts)
{
    size_t gap = reader_gap(reader, at), behind = skip_and(reader, at);
    add_words(reader, gap, role, value, parts);
    if (behind != gap)
        add_words(reader, behind, role, value, parts);
}

/* Below a thousand: hundreds, and perhaps a small number. */
static void add_groups(struct reader *reader, size_t at, unsigned long value, struct parts *parts)
{
    size_t first = parts->count;
    add_words(reader, at, ROLE_HUNDRED, value, parts);
    size_t hundreds = parts->count;
    for (size_t i = first; i < hundreds; i++)
        add_words_behind(reader, parts->all[i].end, ROLE_SMALL, parts->all[i].value, parts);
    add_words(reader, at, ROLE_SMALL, value, parts);
}

static void add_thousands(struct reader *reader, size_t at, enum role role, unsigned long value, struct parts *parts)
{
    const struct match *thousand = reader_find_open(reader, at, role);
    if (!thousand)
        return;
    add_part(parts, thousand->end, value * THOUSAND, false);
    size_t gap = reader_gap(reader, thousand->end), behind = skip_and(reader, thousand->end);
    add_groups(reader, gap, value * THOUSAND, parts);
    if (behind != gap)
        add_groups(reader, behind, value * THOUSAND, parts);
}

static void add_numbers(struct reader *reader, size_t at, struct parts *parts)
{
    add_groups(reader, at, 0, parts);
    size_t groups = parts->count;
    for (size_t i = 0; i < groups; i++)
        if (parts->all[i].value)
            add_thousands(reader, reader_gap(reader, parts->all[i].end), ROLE_THOUSANDS, parts->all[i].value, parts);
    add_thousands(reader, at, ROLE_THOUSAND, 1, parts);
}

/* Whether a word of that role ends the word that a number begins. Codes do not: tent is not ten tonnes. */
static bool is_ended_by(struct reader *reader, size_t at, enum role role)
{
    const struct match *match = reader_find(reader, at, role);
    return match && !(match->word->flags & WORD_EXACT);
}

/* fünfmal, zweieinhalb, zweistellig, tenish, fünfmillionen. */
static bool may_end(struct reader *reader, size_t at)
{
    return text_is_edge(&reader->text, at) || is_ended_by(reader, at, ROLE_UNIT) ||
           is_ended_by(reader, at, ROLE_PLUS_PART) || is_ended_by(reader, at, ROLE_FIGURES) ||
           is_ended_by(reader, at, ROLE_BEHIND) || is_ended_by(reader, at, ROLE_SCALE) ||
           is_ended_by(reader, at, ROLE_PLURAL);
}

bool spelled_read(struct reader *reader, size_t at, struct number *ret)
{
    struct parts parts;
    const struct part *best = NULL;
    if (text_kind(&reader->text, at) != CHARACTER_LETTER)
        return false;
    parts.count = 0;
    add_numbers(reader, at, &parts);
    for (size_t i = 0; i < parts.count; i++)
        if ((!best || parts.all[i].end > best->end) && may_end(reader, parts.all[i].end))
            best = &parts.all[i];
    if (!best)
        return false;
    *ret = (struct number){.start = at, .end = best->end, .spelled = true, .lone = best->lone};
    number_set(ret, exact_integer(best->value, 0));
    ret->scale = best->value && best->value % THOUSAND == 0 ? THOUSAND_SCALE : 0;
    return true;
}
