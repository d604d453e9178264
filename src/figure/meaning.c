/* meaning: what can be said of a figure, and what it is called */
#include "figure/meaning.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char *const phrases[] = {
    [NOTE_SPACE_AFTER_COMMA] = "space after the decimal comma",
    [NOTE_SPACE_AFTER_POINT] = "space after the decimal point",
    [NOTE_SPACE_BEFORE_MARK] = "space before the decimal mark",
    [NOTE_SPACE_IN_NUMBER] = "space within the number",
    [NOTE_SPACE_IN_UNIT] = "space between the unit's parts",
    [NOTE_SPACE_BEHIND_SIGN] = "space between the sign and the number",
    [NOTE_TOUCHES] = "no space between the number and its unit",
    [NOTE_OTHER_DECIMAL] = "the decimal mark is not the language's",
    [NOTE_OTHER_GROUPING] = "the grouping mark is not the language's",
    [NOTE_EITHER] = "the mark may group or be decimal",
    [NOTE_LONG] = "the long scale: the word is 1e12 or more",
    [NOTE_BILIONE] = "bilione is 1e12",
    [NOTE_DOLLAR] = "the dollar is taken to be the US dollar",
    [NOTE_HUNDREDTH] = "hundredths of the currency",
    [NOTE_YEAR] = "may be a year",
    [NOTE_SHARED_SCALE] = "both ends take the scale of the last",
    [NOTE_TURNED] = "the ends are printed the other way round",
    [NOTE_NOT_REACHED] = "the upper end is not reached",
    [NOTE_LIST] = "may be the last of several figures",
    [NOTE_NONE] = NULL,
};

const char *figure_note(unsigned bit)
{
    return bit < NOTE_NONE ? phrases[bit] : NULL;
}

const char *figure_bound_name(enum figure_bound bound)
{
    static const char *const names[] = {
        [FIGURE_EXACT] = "exact", [FIGURE_APPROX] = "approx", [FIGURE_GT] = "gt",       [FIGURE_GTE] = "gte",
        [FIGURE_LT] = "lt",       [FIGURE_LTE] = "lte",       [FIGURE_RANGE] = "range",
    };
    return names[bound];
}

const char *figure_kind_name(enum figure_kind kind)
{
    return kind == FIGURE_MULTIPLE ? "multiple" : "numeric";
}

const char *figure_hedge_name(enum figure_hedge hedge)
{
    static const char *const names[] = {
        [FIGURE_UNHEDGED] = "none",         [FIGURE_ESTIMATE] = "estimate",       [FIGURE_RUMOUR] = "rumour",
        [FIGURE_ALLEGATION] = "allegation", [FIGURE_OPINION] = "opinion",         [FIGURE_SPECULATION] = "speculation",
        [FIGURE_PROBABLE] = "probable",     [FIGURE_EXPECTATION] = "expectation",
    };
    return names[hedge];
}

const char *figure_language_name(enum figure_language language)
{
    static const char *const names[FIGURE_LANGUAGES] = {
        [FIGURE_ENGLISH] = "en", [FIGURE_GERMAN] = "de",  [FIGURE_FRENCH] = "fr",
        [FIGURE_SPANISH] = "es", [FIGURE_ITALIAN] = "it",
    };
    return names[language];
}

enum figure_language figure_language_of(const char *tag)
{
    size_t size = strcspn(tag, "-");
    for (enum figure_language language = FIGURE_ENGLISH; language < FIGURE_LANGUAGES; language++)
        if (size == strlen(figure_language_name(language)) &&
            strncasecmp(tag, figure_language_name(language), size) == 0)
            return language;
    return FIGURE_ANY_LANGUAGE;
}
