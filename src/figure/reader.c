/* reader: a text being read in one language, and the words of the lexicon that stand in it */
#include "figure/reader.h"

enum { MATCHES_MOST = 32 };

bool reader_init(struct reader *reader, struct arena *arena, const char *bytes, size_t size)
{
    *reader = (struct reader){.arena = arena};
    if (!text_init(&reader->text, arena, bytes, size))
        return false;
    reader->matches = arena_alloc(arena, (reader->text.count + 1) * sizeof(*reader->matches));
    return true;
}

/* ---- the words that begin at a place ---- */

/* The words that agree with the letters read so far, and how the parts of what was read are joined. */
struct search {
    size_t low, high; /* in the lexicon */
    size_t depth;     /* letters */
    uint64_t gaps, varied;
    bool split;
};

static uint16_t letter_of(size_t word, size_t depth)
{
    return depth < lexicon[word].size ? lexicon_letters[lexicon[word].letters + depth] : 0;
}

/* The first word of those found whose next letter is not below that one. */
static size_t bisect(const struct search *search, uint32_t letter)
{
    size_t low = search->low, high = search->high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (letter_of(middle, search->depth) < letter)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void narrow(struct search *search, const struct character *character)
{
    size_t low = bisect(search, character->folded);
    search->high = bisect(search, character->folded + 1);
    search->low = low;
    search->varied |= (uint64_t)character->varied << search->depth;
    search->depth++;
}

/* Over spaces with at most one hyphen among them. */
static size_t take_gap(struct search *search, const struct text *text, size_t at)
{
    size_t hyphen = text_skip_spaces(text, at);
    bool hyphened = text_is(text, hyphen, '-');
    size_t end = text_skip_spaces(text, hyphen + hyphened);
    if (end > at) {
        search->gaps |= UINT64_C(1) << search->depth;
        search->split = search->split || (hyphened && end - at > 1);
    }
    return end;
}

static bool agrees(const struct search *search, const struct word *word)
{
    return !(search->gaps & ~word->joints) && (!(word->flags & WORD_EXACT) || word->varied == search->varied);
}

static size_t collect(const struct search *search, size_t end, struct match *matches, size_t count)
{
    for (size_t i = search->low; i < search->high && lexicon[i].size == search->depth && count < MATCHES_MOST; i++)
        if (agrees(search, &lexicon[i]))
            matches[count++] = (struct match){&lexicon[i], end, search->split};
    return count;
}

static size_t look_up(const struct text *text, size_t at, struct match matches[MATCHES_MOST])
{
    struct search search = {.high = lexicon_count};
    size_t count = 0;
    while (search.low < search.high && text_kind(text, at) != CHARACTER_END) {
        narrow(&search, &text->all[at++]);
        count = collect(&search, at, matches, count);
        at = take_gap(&search, text, at);
    }
    return count;
}

const struct matches *reader_matches(struct reader *reader, size_t at)
{
    struct matches *matches = &reader->matches[at];
    struct match found[MATCHES_MOST];
    if (matches->known)
        return matches;
    matches->count = text_kind(&reader->text, at) == CHARACTER_SPACE ? 0 : look_up(&reader->text, at, found);
    matches->known = true;
    if (matches->count) {
        struct match *all = arena_alloc(reader->arena, matches->count * sizeof(*all));
        for (size_t i = 0; i < matches->count; i++)
            all[i] = found[i];
        matches->all = all;
    }
    return matches;
}

/* ---- those that count ---- */

/* Where no language is told, a number is none as soon as one language says so: 18. September. */
static bool tells_apart(enum role role)
{
    return role == ROLE_MONTH || role == ROLE_CLOCK || role == ROLE_FRACTION;
}

bool reader_takes(const struct reader *reader, size_t at, const struct match *match, enum role role)
{
    const struct word *word = match->word;
    unsigned language = 1u << (reader->language - FIGURE_ENGLISH);
    bool known = (word->languages & language) || (!reader->told && tells_apart(role));
    if (word->role != role || !known || ((word->flags & WORD_UNTOLD) && reader->told))
        return false;
    return !(word->flags & WORD_APART) || !at || text_kind(&reader->text, at - 1) == CHARACTER_SPACE;
}

static const struct match *find(struct reader *reader, size_t at, enum role role, bool open)
{
    const struct matches *matches = reader_matches(reader, at);
    for (size_t i = matches->count; i--;)
        if (reader_takes(reader, at, &matches->all[i], role) &&
            (open || text_is_edge(&reader->text, matches->all[i].end)))
            return &matches->all[i];
    return NULL;
}

const struct match *reader_find(struct reader *reader, size_t at, enum role role)
{
    return find(reader, at, role, false);
}

const struct match *reader_find_open(struct reader *reader, size_t at, enum role role)
{
    return find(reader, at, role, true);
}

size_t reader_skip(struct reader *reader, size_t at, enum role role)
{
    const struct match *match = reader_find(reader, at, role);
    return match ? text_skip_spaces(&reader->text, match->end) : at;
}

size_t reader_gap(const struct reader *reader, size_t at)
{
    const struct text *text = &reader->text;
    size_t end = text_skip_spaces(text, at), behind = text_skip_spaces(text, end + 1);
    bool hyphen =
        text_is(text, end, '-') && text_kind(text, behind) == CHARACTER_LETTER && (end == at || behind == end + 1);
    return hyphen ? behind : end;
}
