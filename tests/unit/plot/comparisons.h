/* comparisons: documents to draw, written with single quotes */
#ifndef CLAIMD_TEST_PLOT_COMPARISONS_H
#define CLAIMD_TEST_PLOT_COMPARISONS_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* JSON text with ' for ". */
static inline json_t *json_of(const char *text)
{
    char *quoted = strdup(text);
    for (char *quote = strchr(quoted, '\''); quote; quote = strchr(quote, '\''))
        *quote = '"';
    json_error_t error;
    json_t *document = json_loads(quoted, 0, &error);
    if (!document)
        fprintf(stderr, "%s at %d of %s\n", error.text, error.position, quoted);
    free(quoted);
    return document;
}

/* The amount of a figure in a comparison in USD; no other unit converts to that. */
static inline json_t *amount_of(const json_t *figure)
{
    static const char *const keys[] = {"value", "low", "high"};
    const char *unit = json_string_value(json_object_get(figure, "unit"));
    json_t *amount = json_object();
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        json_t *number = unit && strcmp(unit, "USD") == 0 ? json_object_get(figure, keys[i]) : NULL;
        json_object_set(amount, keys[i], number ? number : json_null());
    }
    return amount;
}

/* A compared figure with everything in its place; `figure` is JSON. */
static inline json_t *figure_of_claim(const char *claim, const char *figure, const char *stance, const char *hedge)
{
    json_t *printed = json_of(figure);
    return json_pack("{ss s{ss ss} s{ss ss} s{ss ss ss} s{ss ss ss} ss ss sn sn so so sn sn}", "claim", claim,
                     "subject", "id", "deepseek-r1", "name", "DeepSeek R1", "quantity", "id", "training-cost", "name",
                     "Training cost", "source", "id", "myth", "title", "Ein Mythos", "language", "de", "claimant", "id",
                     "analysts", "name", "Analysts", "kind", "group", "stance", stance, "hedge", hedge, "scope",
                     "period", "figure", printed, "amount", amount_of(printed), "ratio_to_baseline",
                     "difference_to_baseline");
}

/* A comparison in USD of figures, which it takes, with the claim "a" as the baseline; `pairs` is JSON. */
static inline json_t *comparison_of(json_t *figures, const char *pairs)
{
    return json_pack("{ss ss so sn si si sn so s[]}", "unit", "USD", "baseline", "a", "figures", figures, "spread",
                     "sources", 1, "origins", 1, "verdict", "pairs", json_of(pairs), "stated_multiples");
}

#endif
