/* text: a phrase as folded characters */
#include "figure/text.h"

#include "figure/lexicon.h"
#include "utf8.h"

enum { COUNT_BEHIND = 2 };

struct range {
    uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t point)
{
    for (size_t i = 0; i < count; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

#define IS_IN(ranges, point) is_in(ranges, sizeof(ranges) / sizeof(*(ranges)), point)

/* Hyphens of layout, accents that stand by themselves, joiners, variation selectors, the byte order mark. */
static bool is_left_out(uint32_t point)
{
    static const struct range ranges[] = {{0xAD, 0xAD},     {0x300, 0x36F},   {0x200B, 0x200F}, {0x202A, 0x202E},
                                          {0x2060, 0x2064}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};
    return IS_IN(ranges, point);
}

static bool is_space(uint32_t point)
{
    static const struct range ranges[] = {{'\t', '\r'},     {' ', ' '},       {0xA0, 0xA0},     {0x2000, 0x200A},
                                          {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
    return IS_IN(ranges, point);
}

/* Beyond ASCII: all but punctuation, currency signs, operators and pictures. */
static bool is_foreign_letter(uint32_t point)
{
    static const struct range marks[] = {{0x80, 0xA9},     {0xAB, 0xB4},      {0xB6, 0xB9},     {0xBB, 0xBF},
                                         {0xD7, 0xD7},     {0xF7, 0xF7},      {0xE3F, 0xE3F},   {0x2000, 0x2BFF},
                                         {0x3000, 0x303F}, {0xFE10, 0xFE6F},  {0xFF00, 0xFF0F}, {0xFF1A, 0xFF20},
                                         {0xFFE0, 0xFFEF}, {0x1F000, 0x1FAFF}};
    return point >= 0x80 && !IS_IN(marks, point);
}

static uint32_t fold_mark(uint32_t point)
{
    static const struct {
        uint32_t point, folded;
    } marks[] = {{0x2010, '-'},  {0x2011, '-'}, {0x2012, 0x2013}, {0x2014, 0x2013}, {0x2015, 0x2013}, {0x2018, '\''},
                 {0x2019, '\''}, {0x2BC, '\''}, {0x2032, '\''},   {0x201D, 0x201C}, {0x201F, 0x201C}, {0xAB, 0x201E},
                 {0xBB, 0x201C}, {'"', 0x201C}, {0x3BC, 0xB5},    {0x2264, 0x2264}};
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        if (marks[i].point == point)
            return marks[i].folded;
    return point;
}

static uint32_t fold(uint32_t point)
{
    if (point >= 'A' && point <= 'Z')
        return point - 'A' + 'a';
    if (point < LEXICON_FOLDS_FROM)
        return fold_mark(point);
    if (point >= LEXICON_FOLDS_TO)
        return fold_mark(point);
    uint32_t plain = lexicon_folds[point - LEXICON_FOLDS_FROM];
    return plain ? plain : point;
}

static enum character_kind kind_of(uint32_t point)
{
    if (is_space(point))
        return CHARACTER_SPACE;
    if (point >= '0' && point <= '9')
        return CHARACTER_DIGIT;
    bool letter = (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') || is_foreign_letter(point);
    return letter ? CHARACTER_LETTER : CHARACTER_MARK;
}

/* Latin letters of two cases alternate from U+0100 on, but for a few that no language here has. */
static bool is_capital(uint32_t point)
{
    return (point >= 'A' && point <= 'Z') || (point >= 0xC0 && point <= 0xDE && point != 0xD7) ||
           (point >= 0x100 && point < 0x138 && point % 2 == 0);
}

static struct character character_of(uint32_t point)
{
    enum character_kind kind = kind_of(point);
    uint32_t folded = kind == CHARACTER_SPACE ? ' '
                      : point                 ? fold(point)
                                              : UINT16_MAX; /* 0 ends the words of the lexicon */
    return (struct character){.folded = folded,
                              .kind = kind,
                              .capital = is_capital(point),
                              .varied = kind == CHARACTER_LETTER && folded != point};
}

bool text_init(struct text *text, struct arena *arena, const char *bytes, size_t size)
{
    struct character *all = arena_alloc(arena, (size + COUNT_BEHIND) * sizeof(*all));
    size_t count = 0;
    uint32_t points = 0, point = 0;
    for (size_t at = 0, length; at < size; at += length, points++) {
        length = utf8_decode(bytes + at, size - at, &point);
        if (!length)
            return false;
        if (!is_left_out(point)) {
            all[count] = character_of(point);
            all[count].point = points;
            all[count++].byte = (uint32_t)at;
        }
        if (count) {
            all[count - 1].point_end = points + 1;
            all[count - 1].byte_end = (uint32_t)(at + length);
        }
    }
    *text = (struct text){all, count};
    return true;
}

size_t text_skip_spaces(const struct text *text, size_t at)
{
    while (text_kind(text, at) == CHARACTER_SPACE)
        at++;
    return at;
}

size_t text_skip_digits(const struct text *text, size_t at)
{
    while (text_kind(text, at) == CHARACTER_DIGIT)
        at++;
    return at;
}

static size_t skip_letters(const struct text *text, size_t at)
{
    while (text_kind(text, at) == CHARACTER_LETTER)
        at++;
    return at;
}

static size_t skip_name(const struct text *text, size_t at)
{
    while (text_kind(text, at) == CHARACTER_DIGIT || text_kind(text, at) == CHARACTER_LETTER)
        at++;
    return at;
}

/* What joins a digit to what stands before it, so that they are one name, date, time or address. */
static bool is_glue(const struct text *text, size_t at)
{
    static const char marks[] = "-.,:/'_@^";
    for (const char *mark = marks; *mark; mark++)
        if (text_is(text, at, (uint32_t)*mark))
            return true;
    return text_is(text, at, 0x2013);
}

size_t text_skip_word(const struct text *text, size_t at)
{
    size_t end = skip_letters(text, at);
    bool name = end > at && text_is(text, end, '-') && text_kind(text, end + 1) == CHARACTER_DIGIT;
    if (text_kind(text, end) != CHARACTER_DIGIT && !name)
        return end > at ? end : at + 1;
    for (end = skip_name(text, end); is_glue(text, end) && text_kind(text, end + 1) == CHARACTER_DIGIT;)
        end = skip_name(text, end + 1);
    return end;
}

bool text_is_edge(const struct text *text, size_t at)
{
    return !at || text_kind(text, at - 1) != CHARACTER_LETTER ||
           (text_kind(text, at) != CHARACTER_LETTER && text_kind(text, at) != CHARACTER_DIGIT);
}
