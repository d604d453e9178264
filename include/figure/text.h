/* text: a phrase as folded characters
 *
 * Small letters without accents, one kind of space, apostrophe and hyphen; soft hyphens and joiners are left out.
 */
#ifndef CLAIMD_FIGURE_TEXT_H
#define CLAIMD_FIGURE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

enum character_kind { CHARACTER_END, CHARACTER_SPACE, CHARACTER_DIGIT, CHARACTER_LETTER, CHARACTER_MARK };

struct character {
    uint32_t folded;
    enum character_kind kind;
    bool capital;
    bool varied;               /* a letter that is printed with a capital or an accent */
    uint32_t point, point_end; /* in code points, what was left out behind it included */
    uint32_t byte, byte_end;
};

struct text {
    const struct character *all; /* in the arena; two of CHARACTER_END stand behind the last */
    size_t count;
};

/* False if the bytes are not UTF-8. They have to outlive the text. */
bool text_init(struct text *text, struct arena *arena, const char *bytes, size_t size);

static inline enum character_kind text_kind(const struct text *text, size_t at)
{
    return text->all[at].kind;
}

static inline bool text_is(const struct text *text, size_t at, uint32_t folded)
{
    return text->all[at].folded == folded && text->all[at].kind != CHARACTER_END;
}

/* Behind the spaces that stand there. */
size_t text_skip_spaces(const struct text *text, size_t at);

/* Behind the digits that stand there. */
size_t text_skip_digits(const struct text *text, size_t at);

/* Behind the word there, with the digits of a name and what is glued on by marks: GPT-4, 12/05/2024. At least one on.
 */
size_t text_skip_word(const struct text *text, size_t at);

/* Whether no word goes on across this place. */
bool text_is_edge(const struct text *text, size_t at);

#endif
