/* lexicon: the words and phrases of all languages */
#include "figure/lexicon.h"

#include <ctype.h>
#include <string.h>

enum { CURRENCY_LETTERS = 3 };

const char *lexicon_unit(const struct word *word)
{
    return lexicon_units[word->value];
}

/* ISO 4217 has three capitals; no other unit has. */
bool lexicon_is_money(const struct word *word)
{
    const char *unit = lexicon_unit(word);
    size_t capitals = 0;
    while (isupper((unsigned char)unit[capitals]))
        capitals++;
    return capitals == CURRENCY_LETTERS && !unit[CURRENCY_LETTERS];
}
