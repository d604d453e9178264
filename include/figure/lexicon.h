/* lexicon: the words and phrases of all languages, as tools/compile-words writes them from src/figure/words
 *
 * A word is held without what joins its parts: "US-Dollar" is usdollar with a joint before its third letter, where a
 * text may have a space, a hyphen or nothing.
 */
#ifndef CLAIMD_FIGURE_LEXICON_H
#define CLAIMD_FIGURE_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "figure/meaning.h"

/* What a word is in a figure. */
enum role {
    ROLE_SMALL,       /* a number below a hundred, spelled: vierundneunzig */
    ROLE_HUNDRED,     /* so many hundreds, spelled: deux cents, deux cent */
    ROLE_THOUSAND,    /* a thousand that needs no number before it: mille */
    ROLE_THOUSANDS,   /* one that follows a number: mila */
    ROLE_NUMBER,      /* a number by itself: anderthalb */
    ROLE_ONE,         /* an article that counts before a scale alone: a million */
    ROLE_PART,        /* a fraction of what follows: half a million */
    ROLE_PLUS_PART,   /* a fraction added to what precedes: e mezzo */
    ROLE_SCALE,       /* multiplies the number before it: million, dozen */
    ROLE_MONEY_SCALE, /* the same, of money alone: m */
    ROLE_PLURAL,      /* a scale that says "so many or more" where no number precedes it: Milliarden */
    ROLE_AROUND,      /* a collective number, about so many: centinaio */
    ROLE_MULTIPLE,    /* a number of times in one word: doppelt */
    ROLE_FEW,         /* an uncounted number of what follows: several */
    ROLE_DIGITS,      /* so many digits: double-digit */
    ROLE_FIGURES,     /* makes so many digits of the number before it: -stellig */
    ROLE_SIZE,        /* says where among them: high */
    ROLE_SUM,         /* what has the digits: sum */
    ROLE_BY,          /* times, before the number: × */
    ROLE_MINUS,
    ROLE_BEFORE,       /* bounds what follows */
    ROLE_BEHIND,       /* bounds what precedes */
    ROLE_HEDGE,        /* weakens what follows */
    ROLE_HEDGE_BEHIND, /* weakens what precedes */
    ROLE_ARTICLE,      /* may stand behind a bound */
    ROLE_BETWEEN,
    ROLE_FROM,
    ROLE_TO,
    ROLE_OR,
    ROLE_AND_END, /* between the ends of a range that BETWEEN opens */
    ROLE_AND,     /* within a number */
    ROLE_OF,      /* between a scale and its unit */
    ROLE_UNIT,
    ROLE_ADJECTIVE, /* may stand before what is counted */
    ROLE_FRACTION,  /* of something, and so no figure: two thirds */
    ROLE_MONTH,
    ROLE_CLOCK,
    ROLE_ORDINAL
};

enum word_flag {
    WORD_EXACT = 1, /* capitals and accents have to be as in the table */
    WORD_APART = 2, /* a space has to precede it */
    WORD_UNTOLD = 4 /* counts only where no language is told */
};

struct word {
    uint64_t joints,
        varied;       /* a bit for each letter: it may be parted from the one before; it has a capital or an accent */
    int32_t value;    /* of a number: value × 10^exponent; or a bound, a hedge, a place in lexicon_units */
    uint16_t letters; /* where they begin in lexicon_letters */
    int16_t exponent;
    uint8_t size, role, languages, flags, note;
};

enum { LEXICON_UNIT_SIZE = 24, LEXICON_FOLDS_FROM = 0xC0, LEXICON_FOLDS_TO = 0x180 };

extern const struct word lexicon[]; /* in the order of their letters, shorter first */
extern const size_t lexicon_count;
extern const uint16_t lexicon_letters[]; /* code points, folded */
extern const char lexicon_units[][LEXICON_UNIT_SIZE];

/* The small plain letter of each code point from LEXICON_FOLDS_FROM to before LEXICON_FOLDS_TO; 0 for one that has
 * none. */
extern const uint8_t lexicon_folds[];

/* The code of a unit, and whether it is a currency's. */
const char *lexicon_unit(const struct word *word);
bool lexicon_is_money(const struct word *word);

#endif
