/* meaning: what can be said of a figure, and what it is called
 */
#ifndef CLAIMD_FIGURE_MEANING_H
#define CLAIMD_FIGURE_MEANING_H

enum figure_language {
    FIGURE_ANY_LANGUAGE, /* not told: what the languages read differently gives a reading each */
    FIGURE_ENGLISH,
    FIGURE_GERMAN,
    FIGURE_FRENCH,
    FIGURE_SPANISH,
    FIGURE_ITALIAN,
    FIGURE_LANGUAGES
};

enum figure_bound { FIGURE_EXACT, FIGURE_APPROX, FIGURE_GT, FIGURE_GTE, FIGURE_LT, FIGURE_LTE, FIGURE_RANGE };

enum figure_kind { FIGURE_NUMERIC, FIGURE_MULTIPLE };

enum figure_hedge {
    FIGURE_UNHEDGED,
    FIGURE_ESTIMATE,
    FIGURE_RUMOUR,
    FIGURE_ALLEGATION,
    FIGURE_OPINION,
    FIGURE_SPECULATION,
    FIGURE_PROBABLE,
    FIGURE_EXPECTATION
};

/* What was done that a careful reader wants to know. */
enum note {
    NOTE_SPACE_AFTER_COMMA,
    NOTE_SPACE_AFTER_POINT,
    NOTE_SPACE_BEFORE_MARK,
    NOTE_SPACE_IN_NUMBER,
    NOTE_SPACE_IN_UNIT,
    NOTE_SPACE_BEHIND_SIGN,
    NOTE_TOUCHES,
    NOTE_OTHER_DECIMAL,
    NOTE_OTHER_GROUPING,
    NOTE_EITHER,
    NOTE_LONG,
    NOTE_BILIONE,
    NOTE_DOLLAR,
    NOTE_HUNDREDTH,
    NOTE_YEAR,
    NOTE_SHARED_SCALE,
    NOTE_TURNED,
    NOTE_NOT_REACHED,
    NOTE_LIST,
    NOTE_NONE /* how many there are */
};

#define NOTE(note) (1u << (note))

/* The bit of a word's note, which may be none. */
static inline unsigned note_bit(unsigned note)
{
    return note == NOTE_NONE ? 0 : NOTE(note);
}

/* One way to read a figure. Decimals are in plain notation, without zeros behind the last digit of a fraction. */
struct figure_reading {
    const char *value;      /* NULL for a range that names no single value */
    const char *low, *high; /* the values that are left possible; NULL is open */
    const char *unit;       /* an ISO 4217 or UCUM-like code; NULL where none is printed */
    enum figure_bound bound;
    enum figure_kind kind;
    enum figure_hedge hedge;
    unsigned notes; /* a bit for each of enum note */
};

/* A short English phrase for each bit of notes; NULL behind the last. */
const char *figure_note(unsigned bit);

/* The names that the API has for them. */
const char *figure_bound_name(enum figure_bound bound);
const char *figure_kind_name(enum figure_kind kind);
const char *figure_hedge_name(enum figure_hedge hedge);
const char *figure_language_name(enum figure_language language); /* NULL for FIGURE_ANY_LANGUAGE */

/* The language of a tag such as "de" or "fr-CH" (RFC 5646); FIGURE_ANY_LANGUAGE for one that is not read. */
enum figure_language figure_language_of(const char *tag);

#endif
