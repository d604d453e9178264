/* reader: a text being read in one language, and the words of the lexicon that stand in it
 */
#ifndef CLAIMD_FIGURE_READER_H
#define CLAIMD_FIGURE_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "figure/lexicon.h"
#include "figure/text.h"

/* A word of the lexicon where it stands. */
struct match {
    const struct word *word;
    size_t end;
    bool split; /* what joins its parts has a space too many */
};

struct matches {
    const struct match *all; /* shorter first */
    size_t count;
    bool known; /* they were looked up */
};

struct reader {
    struct arena *arena;
    struct text text;
    struct matches *matches; /* of each character */
    enum figure_language language;
    bool told;    /* the language was given, and not tried */
    bool money;   /* a currency precedes the range that is read */
    bool between; /* "and" divides the ends of a range, and joins no numbers */
};

/* False if the bytes are not UTF-8. All is in the arena; the bytes have to outlive it. */
bool reader_init(struct reader *reader, struct arena *arena, const char *bytes, size_t size);

/* Every word of the lexicon that begins at a place, in any language. */
const struct matches *reader_matches(struct reader *reader, size_t at);

/* Whether it is a word of the language that is read, in that role. */
bool reader_takes(const struct reader *reader, size_t at, const struct match *match, enum role role);

/* The longest word in a role that begins at a place and is not the beginning of a longer one; NULL if there is none. */
const struct match *reader_find(struct reader *reader, size_t at, enum role role);

/* The same, though letters or digits may touch its end. */
const struct match *reader_find_open(struct reader *reader, size_t at, enum role role);

/* Behind a word in a role and the spaces after it; `at` if there is none. */
size_t reader_skip(struct reader *reader, size_t at, enum role role);

/* Behind what may stand between two parts of a figure: spaces, or a hyphen before a letter. */
size_t reader_gap(const struct reader *reader, size_t at);

#endif
