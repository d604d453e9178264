/* findings: the figures of a text as one language has them */
#include "figure/findings.h"

#include <string.h>

#include "figure/lookalike.h"
#include "figure/phrase.h"

struct findings findings_of(const struct reader *reader)
{
    return (struct findings){.all = arena_alloc(reader->arena, (reader->text.count + 1) * sizeof(struct found))};
}

void findings_add(struct findings *findings, struct arena *arena, size_t start, size_t end,
                  const struct readings *readings)
{
    struct reading *kept = arena_alloc(arena, readings->count * sizeof(*kept));
    memcpy(kept, readings->all, readings->count * sizeof(*kept));
    findings->all[findings->count++] = (struct found){start, end, kept, readings->count};
}

static size_t count_covered(const struct text *text, size_t start, size_t end)
{
    size_t covered = 0;
    for (size_t at = start; at < end; at++)
        covered += text_kind(text, at) != CHARACTER_SPACE && !text_is(text, at, ',') && !text_is(text, at, '.');
    return covered;
}

static void add_phrase(struct reader *reader, struct findings *findings, const struct phrase *phrase)
{
    struct readings readings = {.count = 0};
    readings_add(&readings, reader->arena, phrase);
    findings_add(findings, reader->arena, phrase->start, phrase->end, &readings);
    findings->covered += count_covered(&reader->text, phrase->start, phrase->end);
}

static bool is_whole_text(const struct text *text, const struct phrase *phrase)
{
    return text_skip_spaces(text, 0) == phrase->start && text_skip_spaces(text, phrase->end) == text->count;
}

/* Words that the lexicon does not have begin nothing, and neither do spaces. */
static bool may_begin(struct reader *reader, size_t at)
{
    enum character_kind kind = text_kind(&reader->text, at);
    return kind != CHARACTER_SPACE && (kind != CHARACTER_LETTER || reader_matches(reader, at)->count);
}

static size_t skip_other(struct reader *reader, size_t at)
{
    size_t end = lookalike_skip(reader, at);
    return end > at ? end : text_skip_word(&reader->text, at);
}

struct findings findings_read(struct reader *reader, enum figure_language language)
{
    struct findings findings = findings_of(reader);
    struct phrase phrase;
    reader->language = language;
    for (size_t at = 0; at < reader->text.count;) {
        if (!may_begin(reader, at) || !phrase_read(reader, at, &phrase)) {
            at = skip_other(reader, at);
            continue;
        }
        if (!phrase.year || is_whole_text(&reader->text, &phrase))
            add_phrase(reader, &findings, &phrase);
        at = phrase.end;
    }
    return findings;
}
