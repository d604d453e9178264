/* merge: one answer from what all languages find in a text */
#include "figure/merge.h"

#include <stdint.h>

/* A language whose words explain the most of the text, and how far its figures were taken. */
struct candidate {
    struct findings findings;
    size_t taken;
};

struct candidates {
    struct candidate all[FIGURE_LANGUAGES];
    size_t count;
};

static void try_languages(struct reader *reader, struct candidates *candidates)
{
    size_t most = 0;
    for (enum figure_language language = FIGURE_ENGLISH; language < FIGURE_LANGUAGES; language++) {
        struct candidate *candidate = &candidates->all[candidates->count];
        *candidate = (struct candidate){.findings = findings_read(reader, language)};
        if (candidate->findings.covered > most) {
            most = candidate->findings.covered;
            candidates->all[0] = *candidate;
            candidates->count = 0;
        }
        candidates->count += most && candidate->findings.covered == most;
    }
}

static const struct found *next_found(const struct candidate *candidate)
{
    return candidate->taken < candidate->findings.count ? &candidate->findings.all[candidate->taken] : NULL;
}

/* Where the first figure begins that was not taken; SIZE_MAX if all were. */
static size_t find_start(const struct candidates *candidates)
{
    size_t start = SIZE_MAX;
    for (size_t i = 0; i < candidates->count; i++) {
        const struct found *found = next_found(&candidates->all[i]);
        if (found && found->start < start)
            start = found->start;
    }
    return start;
}

/* The furthest end of a figure that begins before a place; not before that place. */
static size_t reach(const struct candidates *candidates, size_t before)
{
    size_t end = before;
    for (size_t i = 0; i < candidates->count; i++) {
        const struct findings *findings = &candidates->all[i].findings;
        for (size_t k = candidates->all[i].taken; k < findings->count && findings->all[k].start < before; k++)
            if (findings->all[k].end > end)
                end = findings->all[k].end;
    }
    return end;
}

/* Where the figures end that overlap the one that begins there, or each other. */
static size_t find_end(const struct candidates *candidates, size_t start)
{
    size_t end = start + 1;
    for (size_t further; (further = reach(candidates, end)) > end;)
        end = further;
    return end;
}

static void add_readings(struct readings *readings, const struct found *found, unsigned notes)
{
    for (size_t i = 0; i < found->readings_count; i++) {
        struct reading reading = found->readings[i];
        reading.figure.notes |= notes;
        readings_add_one(readings, &reading);
    }
}

/* What the candidates read there: those first that read one figure. Of several, "5, 6 million", the last counts. */
static void read_cluster(struct candidates *candidates, size_t end, struct readings *readings)
{
    for (int several = 0; several < 2; several++)
        for (size_t i = 0; i < candidates->count; i++) {
            const struct candidate *candidate = &candidates->all[i];
            size_t last = candidate->taken;
            while (last < candidate->findings.count && candidate->findings.all[last].end <= end)
                last++;
            if (last > candidate->taken && several == (last - candidate->taken > 1))
                add_readings(readings, &candidate->findings.all[last - 1], several ? NOTE(NOTE_LIST) : 0);
        }
    for (size_t i = 0; i < candidates->count; i++)
        while (next_found(&candidates->all[i]) && next_found(&candidates->all[i])->end <= end)
            candidates->all[i].taken++;
}

struct findings merge_languages(struct reader *reader)
{
    struct findings findings = findings_of(reader);
    struct candidates candidates = {.count = 0};
    try_languages(reader, &candidates);
    for (size_t start; (start = find_start(&candidates)) != SIZE_MAX;) {
        size_t end = find_end(&candidates, start);
        struct readings readings = {.count = 0};
        read_cluster(&candidates, end, &readings);
        readings_sort(&readings);
        findings_add(&findings, reader->arena, start, end, &readings);
    }
    return findings;
}
