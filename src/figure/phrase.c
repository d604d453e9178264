/* phrase: an amount or a range of amounts, with the words that bound and hedge it */
#include "figure/phrase.h"

#include "figure/lookalike.h"

enum { OPENING_WORDS_MOST = 6 };

/* What stands before the first amount. */
struct opening {
    enum figure_bound bound;
    enum figure_hedge hedge;
    const struct match *opener; /* between, from */
    size_t end;
    bool any;
};

/* A limit says more than "about": at least about five. */
static enum figure_bound stronger(enum figure_bound left, enum figure_bound right)
{
    return left == FIGURE_EXACT || (left == FIGURE_APPROX && right != FIGURE_EXACT) ? right : left;
}

static const struct match *longest(struct reader *reader, size_t at, enum role left, enum role right)
{
    const struct match *one = reader_find(reader, at, left), *other = reader_find(reader, at, right);
    return !other || (one && one->end >= other->end) ? one : other;
}

/* Takes a word that bounds, hedges or opens a range; false if there is none. */
static bool take_opening_word(struct reader *reader, struct opening *opening, bool with_opener)
{
    size_t at = opening->end;
    const struct match *word = longest(reader, at, ROLE_BEFORE, ROLE_HEDGE);
    const struct match *opener = with_opener && !opening->opener ? longest(reader, at, ROLE_BETWEEN, ROLE_FROM) : NULL;
    if (opener && (!word || opener->end >= word->end)) {
        opening->opener = word = opener;
    } else if (!word) {
        return false;
    } else if (word->word->role == ROLE_HEDGE) {
        opening->hedge = (enum figure_hedge)word->word->value;
    } else {
        opening->bound = stronger(opening->bound, (enum figure_bound)word->word->value);
    }
    opening->any = true;
    opening->end = reader_gap(reader, word->end);
    return true;
}

static struct opening read_opening(struct reader *reader, size_t at, bool with_opener)
{
    struct opening opening = {.end = at};
    for (int i = 0; i < OPENING_WORDS_MOST && take_opening_word(reader, &opening, with_opener); i++)
        continue;
    return opening;
}

/* Behind a bound an article may stand; it may also be the number: über die Million, über eine Million, hasta un 20 %.
 */
static bool read_amount(struct reader *reader, size_t at, bool bounded, struct amount *ret)
{
    struct amount amount;
    bool found = amount_read(reader, at, ret);
    size_t behind = bounded ? reader_skip(reader, at, ROLE_ARTICLE) : at;
    if (behind == at || (found && !amount_is_article(ret)) || !amount_read(reader, behind, &amount))
        return found;
    *ret = amount;
    return true;
}

/* ---- ranges ---- */

/* 5-6, 5 – 6: behind a dash where a number follows; `at` if there is none. */
static size_t skip_dash(const struct text *text, size_t at)
{
    size_t dash = text_skip_spaces(text, at), behind = text_skip_spaces(text, dash + 1);
    bool hyphen = text_is(text, dash, '-') && text_kind(text, behind) != CHARACTER_LETTER;
    bool even = (dash == at) == (behind == dash + 1);
    return even && (hyphen || text_is(text, dash, 0x2013)) ? behind : at;
}

/* Behind what stands between the ends of a range; `at` if nothing does. */
static size_t skip_connective(struct reader *reader, size_t at, const struct match *opener)
{
    bool between = opener && opener->word->role == ROLE_BETWEEN;
    size_t next = reader_gap(reader, at), behind = reader_skip(reader, next, between ? ROLE_AND_END : ROLE_TO);
    if (behind == next && !opener)
        behind = reader_skip(reader, next, ROLE_OR);
    if (behind > next)
        return behind;
    return between ? at : skip_dash(&reader->text, at);
}

static bool is_bare(const struct amount *amount)
{
    return !amount->unit.count && !amount->number.scaled;
}

/* 555-1234 and the like count nothing. */
static bool is_odd(const struct phrase *phrase)
{
    return is_bare(&phrase->first) && is_bare(&phrase->last) && phrase->first.number.plain &&
           phrase->last.number.plain &&
           exact_compare(phrase->first.number.readings[0].value, phrase->last.number.readings[0].value) > 0;
}

/* 512 GPUs – 5 of them: the second counts something else, unless a word says from where to where. */
static bool goes_astray(const struct phrase *phrase)
{
    const struct amount *first = &phrase->first;
    return first->unit.count && !first->money_before && !phrase->last.unit.count;
}

/* The second end; a currency before the first is its own, too: €5-6m. */
static bool read_last(struct reader *reader, size_t at, struct phrase *phrase)
{
    struct opening opening = read_opening(reader, at, false);
    reader->money = phrase->first.money_before;
    bool found = read_amount(reader, opening.end, true, &phrase->last);
    reader->money = false;
    return found && phrase->last.kind == AMOUNT_VALUE && unit_agrees(&phrase->first.unit, &phrase->last.unit);
}

static bool read_range(struct reader *reader, const struct match *opener, struct phrase *phrase)
{
    const struct amount *first = &phrase->first, *last = &phrase->last;
    size_t at = skip_connective(reader, first->end, opener);
    if (at == first->end || first->kind != AMOUNT_VALUE || !read_last(reader, at, phrase))
        return false;
    if (!opener && (is_odd(phrase) || goes_astray(phrase)))
        return false;
    if (amount_is_article(first) && is_bare(last))
        return false;
    phrase->range = true;
    phrase->end = last->end;
    return true;
}

/* A range that a word opens: between five and six million. */
static bool read_opened(struct reader *reader, size_t at, struct phrase *ret)
{
    struct opening opening = read_opening(reader, at, true);
    if (!opening.opener)
        return false;
    ret->hedge = opening.hedge;
    reader->between = opening.opener->word->role == ROLE_BETWEEN;
    bool found = read_amount(reader, opening.end, true, &ret->first) && read_range(reader, opening.opener, ret);
    reader->between = false;
    return found;
}

/* ---- all else ---- */

/* 5 milioni stimati */
static void read_hedge_behind(struct reader *reader, struct phrase *phrase)
{
    const struct match *hedge = reader_find(reader, text_skip_spaces(&reader->text, phrase->end), ROLE_HEDGE_BEHIND);
    size_t next = hedge ? text_skip_spaces(&reader->text, hedge->end) : 0;
    if (!hedge || phrase->hedge != FIGURE_UNHEDGED || text_kind(&reader->text, next) == CHARACTER_DIGIT)
        return;
    phrase->hedge = (enum figure_hedge)hedge->word->value;
    phrase->end = hedge->end;
}

static bool may_be_year(const struct reader *reader, const struct amount *amount)
{
    return is_bare(amount) && amount->number.plain && amount->kind == AMOUNT_VALUE &&
           lookalike_is_year(&reader->text, amount->start, amount->end);
}

static bool read_single(struct reader *reader, size_t at, struct phrase *ret)
{
    struct opening opening = read_opening(reader, at, false);
    if (!read_amount(reader, opening.end, opening.any, &ret->first))
        return false;
    const struct amount *first = &ret->first;
    ret->hedge = opening.hedge;
    ret->bound = opening.bound;
    ret->end = first->end;
    if (read_range(reader, NULL, ret))
        return true;
    if (amount_is_article(first))
        return false;
    if (first->behind)
        ret->bound = stronger(ret->bound, (enum figure_bound)first->behind->value);
    if (first->number.about)
        ret->bound = stronger(ret->bound, FIGURE_APPROX);
    return true;
}

bool phrase_read(struct reader *reader, size_t at, struct phrase *ret)
{
    *ret = (struct phrase){.start = at};
    if (!read_opened(reader, at, ret)) {
        *ret = (struct phrase){.start = at};
        if (!read_single(reader, at, ret))
            return false;
    }
    ret->year = ret->bound == FIGURE_EXACT && may_be_year(reader, &ret->first) &&
                (!ret->range || may_be_year(reader, &ret->last));
    read_hedge_behind(reader, ret);
    return true;
}
