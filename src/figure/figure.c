/* figure: which figures stand in a printed phrase, and what each leaves possible */
#include "figure/figure.h"

#include "figure/findings.h"
#include "figure/merge.h"
#include "figure/reader.h"

static struct figure figure_of(const struct reader *reader, const char *text, const struct found *found)
{
    const struct character *first = &reader->text.all[found->start], *last = &reader->text.all[found->end - 1];
    struct figure_reading *readings = arena_alloc(reader->arena, found->readings_count * sizeof(*readings));
    for (size_t i = 0; i < found->readings_count; i++)
        readings[i] = found->readings[i].figure;
    return (struct figure){.as_printed = text + first->byte,
                           .size = last->byte_end - first->byte,
                           .start = first->point,
                           .end = last->point_end,
                           .readings = readings,
                           .readings_count = found->readings_count};
}

static struct figures figures_of(const struct reader *reader, const char *text, const struct findings *findings)
{
    struct figure *all = arena_alloc(reader->arena, findings->count * sizeof(*all));
    for (size_t i = 0; i < findings->count; i++)
        all[i] = figure_of(reader, text, &findings->all[i]);
    return (struct figures){all, findings->count};
}

struct figures figure_read(struct arena *arena, const char *text, size_t size, enum figure_language language)
{
    struct reader reader;
    if (size > FIGURE_TEXT_MOST || !reader_init(&reader, arena, text, size))
        return (struct figures){NULL, 0};
    reader.told = language != FIGURE_ANY_LANGUAGE;
    struct findings findings = reader.told ? findings_read(&reader, language) : merge_languages(&reader);
    return figures_of(&reader, text, &findings);
}
