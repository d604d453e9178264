/* unit: what a number counts or measures, before or behind it */
#include "figure/unit.h"

#include <string.h>

enum { QUALIFIERS_MOST = 4, QUOTED_MOST = 40 };

const struct unit unit_times = {.count = 1, .readings = {{"1", 0, 0}}};

static bool is_counted(const char *code)
{
    return *code == '{';
}

static struct unit_reading reading_of(const struct match *match)
{
    unsigned notes = note_bit(match->word->note) | (match->split ? NOTE(NOTE_SPACE_IN_UNIT) : 0);
    return (struct unit_reading){lexicon_unit(match->word), match->word->exponent, notes};
}

/* The units of one spelling; a longer one hides those within it. */
static bool take(struct reader *reader, size_t at, const struct match *longest, struct unit *ret)
{
    const struct matches *matches = reader_matches(reader, at);
    *ret = (struct unit){.start = at, .end = longest->end};
    for (size_t i = 0; i < matches->count && ret->count < UNIT_READINGS; i++)
        if (matches->all[i].end == longest->end && reader_takes(reader, at, &matches->all[i], ROLE_UNIT))
            ret->readings[ret->count++] = reading_of(&matches->all[i]);
    return true;
}

bool unit_read_money(struct reader *reader, size_t at, struct unit *ret)
{
    const struct match *unit = reader_find(reader, at, ROLE_UNIT);
    const struct match *open = reader_find_open(reader, at, ROLE_UNIT);
    if (!unit && open && text_kind(&reader->text, open->end) == CHARACTER_DIGIT)
        unit = open;
    return unit && lexicon_is_money(unit->word) && !unit->word->exponent && take(reader, at, unit, ret);
}

/* ---- behind the number ---- */

/* Part of a word: GPU-Cluster counts clusters. */
static bool is_part_of_word(const struct text *text, size_t end)
{
    return text_is(text, end, '-') && text_kind(text, end + 1) == CHARACTER_LETTER;
}

static bool read_at(struct reader *reader, size_t at, struct unit *ret)
{
    const struct match *unit = reader_find(reader, at, ROLE_UNIT);
    if (!unit || (is_counted(lexicon_unit(unit->word)) && is_part_of_word(&reader->text, unit->end)))
        return false;
    return take(reader, at, unit, ret);
}

/* ---- what may stand before what is counted ---- */

static bool is_quote(const struct text *text, size_t at)
{
    return text_is(text, at, 0x201C) || text_is(text, at, 0x201E);
}

/* Behind a quoted name; `at` if there is none. */
static size_t skip_quoted(const struct text *text, size_t at)
{
    if (!is_quote(text, at))
        return at;
    for (size_t end = at + 1; text_kind(text, end) != CHARACTER_END && end - at < QUOTED_MOST; end++)
        if (is_quote(text, end))
            return end + 1;
    return at;
}

/* A name has a capital, and perhaps digits: NVIDIA, H800. */
static size_t skip_name(const struct text *text, size_t at)
{
    bool capital = text_kind(text, at) == CHARACTER_LETTER && text->all[at].capital;
    while (capital && (text_kind(text, at) == CHARACTER_LETTER || text_kind(text, at) == CHARACTER_DIGIT))
        at++;
    return at;
}

/* Behind one word that may stand there, and what joins it to the next; `at` if that is another word, or the last. */
static size_t skip_qualifier(struct reader *reader, size_t at)
{
    const struct text *text = &reader->text;
    const struct match *adjective = reader_find(reader, at, ROLE_ADJECTIVE);
    size_t end = adjective ? adjective->end : skip_quoted(text, at);
    if (end == at)
        end = skip_name(text, at);
    size_t next = reader_gap(reader, end);
    return end > at && next > end ? next : at;
}

/* A unit there or behind some qualifiers, which only what is counted may have. */
static bool read_qualified(struct reader *reader, size_t at, struct unit *ret)
{
    size_t start = at;
    for (int i = 0; i <= QUALIFIERS_MOST; i++) {
        if (read_at(reader, at, ret) && (at == start || is_counted(ret->readings[0].code)))
            return true;
        size_t next = skip_qualifier(reader, at);
        if (next == at)
            break;
        at = next;
    }
    return false;
}

bool unit_read_behind(struct reader *reader, size_t at, bool scaled, struct unit *ret)
{
    size_t start = reader_gap(reader, at), behind = scaled ? reader_skip(reader, start, ROLE_OF) : start;
    *ret = (struct unit){.start = at, .end = at};
    bool found = read_qualified(reader, start, ret) || (behind > start && read_qualified(reader, behind, ret));
    bool touches = found && ret->start == at && text_kind(&reader->text, at) == CHARACTER_LETTER &&
                   text_kind(&reader->text, at - 1) == CHARACTER_DIGIT;
    for (size_t i = 0; touches && i < ret->count; i++)
        ret->readings[i].notes |= NOTE(NOTE_TOUCHES);
    return found;
}

bool unit_agrees(const struct unit *left, const struct unit *right)
{
    for (size_t i = 0; i < left->count; i++)
        for (size_t k = 0; k < right->count; k++)
            if (strcmp(left->readings[i].code, right->readings[k].code) == 0)
                return true;
    return !left->count || !right->count;
}
