/* claimreview: reviews of claims, as fact checkers publish them in JSON-LD, as lines of line.h */
#include "claimreview.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "arena.h"
#include "figure/figure.h"
#include "memory.h"

enum { ID_SIZE = 96, WORDS_MOST = 60, LEFT_OUT_MOST = 10000 };

/* What a review is about; ClaimReview has no word for it. */
#define SUBJECT "cr-not-sorted-yet"

/* One reading of a document. */
struct reading {
    struct claimreview *into;
    json_t *known; /* the lines' kinds and ids */
    const json_t *review;
    char appearance[ID_SIZE], claimant[ID_SIZE], proposition[ID_SIZE]; /* of the review at hand; "": none */
};

/* ---- members ---- */

/* The member's text; "" if it has none. Of several, the first. */
static const char *text_of(const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);
    if (json_is_array(member))
        member = json_array_get(member, 0);
    return json_is_string(member) ? json_string_value(member) : "";
}

static const char *first_text(const json_t *object, const char *name, const char *other)
{
    const char *text = text_of(object, name);
    return *text ? text : text_of(object, other);
}

/* The member's object; of several, the first. NULL if it has none. */
static const json_t *object_of(const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);
    if (json_is_array(member))
        member = json_array_get(member, 0);
    return json_is_object(member) ? member : NULL;
}

static bool has_type(const json_t *object, const char *type)
{
    const json_t *given = json_object_get(object, "@type"), *each;
    size_t i;
    json_array_foreach(given, i, each)
    {
        if (json_is_string(each) && strcmp(json_string_value(each), type) == 0)
            return true;
    }
    return json_is_string(given) && strcmp(json_string_value(given), type) == 0;
}

/* ---- what is left out ---- */

/* Takes the entry; of very many, the last says that there are more. */
static void put_left_out(struct reading *reading, json_t *entry)
{
    json_t *left_out = reading->into->left_out;
    size_t count = json_array_size(left_out);
    if (count == LEFT_OUT_MOST)
        json_object_set_new(entry, "detail", json_string("There is more that has no place."));
    if (count <= LEFT_OUT_MOST)
        json_array_append(left_out, entry);
    json_decref(entry);
}

static void leave_out_words(struct reading *reading, const char *pointer, const char *words, size_t size,
                            const char *detail)
{
    put_left_out(reading, json_pack("{sI ss ss++#+}", "review", (json_int_t)reading->into->count, "pointer", pointer,
                                    "detail", detail, " “", words, (int)size, "”"));
}

static void leave_out(struct reading *reading, const char *pointer, const char *detail)
{
    put_left_out(reading, json_pack("{sI ss ss}", "review", (json_int_t)reading->into->count, "pointer", pointer,
                                    "detail", detail));
}

static void leave_out_member(struct reading *reading, const char *at, const char *name)
{
    _cleanup_(buffer_release) struct buffer pointer = BUFFER_INIT;
    buffer_puts(&pointer, at);
    contract_put_name(&pointer, name);
    buffer_putc(&pointer, '\0');
    leave_out(reading, pointer.data, "There is no place for this.");
}

/* Tells of the members that are none of these. */
static void check_members(struct reading *reading, const json_t *object, const char *at, const char *const *known)
{
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)object, name, member)
    {
        const char *const *each = known;
        while (*each && strcmp(*each, name) != 0)
            each++;
        if (!*each)
            leave_out_member(reading, at, name);
    }
}

/* ---- ids ---- */

/* Words for the eye, and a hash that tells apart what they do not. */
static void make_id(const char *text, char id[static ID_SIZE])
{
    size_t size = (size_t)sprintf(id, "cr-");
    const char *scheme = strstr(text, "://");
    for (const char *next = scheme ? scheme + 3 : text; *next && size < WORDS_MOST; next++) {
        int letter = *next >= 'A' && *next <= 'Z' ? *next - 'A' + 'a' : *next;
        if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9'))
            id[size++] = (char)letter;
        else if (id[size - 1] != '-')
            id[size++] = '-';
    }
    if (id[size - 1] != '-')
        id[size++] = '-';
    snprintf(id + size, ID_SIZE - size, "%08" PRIx32, (uint32_t)XXH3_64bits(text, strlen(text)));
}

/* ---- lines ---- */

/* Takes the document. */
static void add_line(struct reading *reading, const char *kind, const char *id, json_t *document)
{
    char name[ID_SIZE + 16];
    snprintf(name, sizeof(name), "%s/%s", kind, id);
    json_object_set_new(document, "id", json_string(id));
    if (!json_object_get(reading->known, name))
        json_array_append_new(reading->into->lines, json_pack("{sO}", kind, document));
    json_object_set_new(reading->known, name, json_true());
    json_decref(document);
}

static void put_text(json_t *document, const char *name, const char *text)
{
    if (*text)
        json_object_set_new(document, name, json_string(text));
}

/* An organization or a person, of whom a name is enough; "" if there is none. */
static void add_agent(struct reading *reading, const json_t *holder, const char *member, char id[static ID_SIZE])
{
    const json_t *agent = object_of(holder, member);
    const char *name = agent ? text_of(agent, "name") : text_of(holder, member);
    *id = 0;
    if (!*name)
        return;
    make_id(name, id);
    const char *kind = has_type(agent, "Person")         ? "person"
                       : has_type(agent, "Organization") ? "organization"
                                                         : "group";
    add_line(reading, "agent", id, json_pack("{ss ss}", "name", name, "kind", kind));
}

static const char *source_kind(const json_t *work)
{
    static const struct {
        const char *type, *kind;
    } kinds[] = {{"Article", "article"},         {"NewsArticle", "article"},         {"BlogPosting", "article"},
                 {"SocialMediaPosting", "post"}, {"DiscussionForumPosting", "post"}, {"Report", "report"},
                 {"ScholarlyArticle", "paper"}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (has_type(work, kinds[i].type))
            return kinds[i].kind;
    return "statement";
}

/* The day of a date, or of a date and time. */
static void put_day(json_t *document, const char *name, const char *moment)
{
    enum { DAY_SIZE = sizeof("YYYY-MM-DD") - 1 };
    size_t size = strlen(moment);
    if (size > DAY_SIZE && moment[DAY_SIZE] == 'T')
        size = DAY_SIZE;
    if (size)
        json_object_set_new(document, name, json_stringn(moment, size));
}

/* `work` is NULL where no more is known than its address. */
static void add_source(struct reading *reading, const char *id, const char *url, const json_t *work,
                       const char *description)
{
    char publisher[ID_SIZE];
    add_agent(reading, work, json_object_get(work, "publisher") ? "publisher" : "author", publisher);
    json_t *document = json_pack("{ss ss ss}", "kind", source_kind(work), "description", description, "url", url);
    put_text(document, "title", first_text(work, "headline", "name"));
    put_text(document, "language", text_of(work, "inLanguage"));
    put_text(document, "publisher", publisher);
    put_day(document, "published_at", text_of(work, "datePublished"));
    add_line(reading, "source", id, document);
}

/* ---- a review ---- */

/* The first place that has an address is where the claim stands. */
static void add_place(struct reading *reading, const json_t *place)
{
    const char *url = json_is_string(place) ? json_string_value(place) : text_of(place, "url");
    if (*url && *reading->appearance) {
        leave_out_words(reading, "/itemReviewed", url, strlen(url),
                        "A claim stands in one source, and there is another:");
    } else if (*url) {
        make_id(url, reading->appearance);
        add_source(reading, reading->appearance, url, json_is_object(place) ? place : NULL,
                   "Where a reviewed claim appeared.");
    }
}

static void add_appearance(struct reading *reading, const json_t *claim)
{
    static const char *const members[] = {"firstAppearance", "appearance", "url"};
    *reading->appearance = 0;
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        const json_t *given = json_object_get(claim, members[i]), *place;
        size_t k;
        if (!json_is_array(given))
            add_place(reading, given);
        json_array_foreach(given, k, place) add_place(reading, place);
    }
    if (!*reading->appearance)
        leave_out(reading, "/itemReviewed", "It does not say where the claim appeared: there is the review's alone.");
}

static void add_claim(struct reading *reading, const char *source, const char *stance)
{
    const char *statement = text_of(reading->review, "claimReviewed");
    char words[2 * ID_SIZE], id[ID_SIZE];
    snprintf(words, sizeof(words), "%s %s", source + strlen("cr-"), reading->proposition);
    make_id(words, id);
    json_t *claim = json_pack("{ss s{si} ss ss ss ss ss s{ss ss}}", "source", source, "locator", "line", 1, "statement",
                              statement, "kind", "statement", "subject", SUBJECT, "stance", stance, "hedge", "none",
                              "proposition", "id", reading->proposition, "statement", statement);
    if (*reading->claimant) {
        json_object_set_new(claim, "claimant", json_string(reading->claimant));
        json_object_set_new(claim, "attribution",
                            json_pack("[{ss ss}]", "agent", reading->claimant, "role", "speaker"));
    }
    add_line(reading, "claim", id, claim);
}

static bool number_of(const json_t *rating, const char *name, double *ret)
{
    const json_t *member = json_object_get(rating, name);
    char *end = NULL;
    if (json_is_number(member))
        *ret = json_number_value(member);
    else if (json_is_string(member))
        *ret = strtod(json_string_value(member), &end);
    return json_is_number(member) || (end && *json_string_value(member) && !*end);
}

/* The ends of a scale say what the source does with the claim; in between it passes it on. */
static const char *stance_of(const json_t *rating)
{
    double value, worst, best;
    if (!number_of(rating, "ratingValue", &value) || !number_of(rating, "worstRating", &worst) ||
        !number_of(rating, "bestRating", &best) || worst == best)
        return "reports";
    return value == worst ? "disputes" : value == best ? "asserts" : "reports";
}

static const char *take_rating(struct reading *reading)
{
    const json_t *rating = object_of(reading->review, "reviewRating");
    const char *stance = stance_of(rating), *words = first_text(rating, "alternateName", "name");
    if (*words)
        leave_out_words(reading, "/reviewRating", words, strlen(words), "The words of a rating have no place:");
    else if (strcmp(stance, "reports") == 0)
        leave_out(reading, "/reviewRating", "It is neither end of a scale, so that the review reports the claim.");
    return stance;
}

static void tell_figures(struct reading *reading, const char *statement)
{
    struct arena arena;
    arena_init(&arena);
    struct figures figures = figure_read(&arena, statement, strlen(statement), FIGURE_ANY_LANGUAGE);
    for (size_t i = 0; i < figures.count; i++)
        leave_out_words(reading, "/claimReviewed", figures.all[i].as_printed, figures.all[i].size,
                        "A figure waits for its quantity to be chosen:");
    arena_release(&arena);
}

static void tell_members(struct reading *reading, const json_t *claim)
{
    static const char *const of_review[] = {
        "@context",  "@type",         "@id",        "url",      "claimReviewed", "itemReviewed", "author",
        "publisher", "datePublished", "inLanguage", "headline", "name",          "reviewRating", NULL};
    static const char *const of_claim[] = {"@type",           "@id", "author",        "appearance",
                                           "firstAppearance", "url", "datePublished", NULL};
    check_members(reading, reading->review, "", of_review);
    check_members(reading, claim, "/itemReviewed", of_claim);
}

static void take_review(struct reading *reading, const json_t *review)
{
    const char *url = text_of(review, "url"), *statement = text_of(review, "claimReviewed");
    const json_t *claim = object_of(review, "itemReviewed");
    char source[ID_SIZE];
    reading->review = review;
    reading->into->count++;
    if (!*url || !*statement) {
        leave_out(reading, "", "A review has a url and a claimReviewed: nothing of this one is taken in.");
        return;
    }
    make_id(url, source);
    make_id(statement, reading->proposition);
    add_line(reading, "subject", SUBJECT,
             json_pack("{ss ss ss}", "name", "Not sorted yet", "kind", "document", "description",
                       "What reviews are about that were imported: they do not say."));
    add_agent(reading, claim, "author", reading->claimant);
    add_source(reading, source, url, review, "A review of a claim.");
    add_appearance(reading, claim);
    if (*reading->appearance)
        add_claim(reading, reading->appearance, *reading->claimant ? "reports" : "asserts");
    add_claim(reading, source, take_rating(reading));
    tell_figures(reading, statement);
    tell_members(reading, claim);
}

/* ---- the document ---- */

/* As deep as contract_read() lets a document be. */
static void take_all(struct reading *reading, const json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;
    if (has_type(value, "ClaimReview")) {
        take_review(reading, value);
        return;
    }
    json_array_foreach(value, i, member) take_all(reading, member);
    json_object_foreach((json_t *)value, name, member) take_all(reading, member);
}

/* Each kind behind those that it refers to. Those of one kind stand together, since they are taken in at once. */
static json_t *in_order(const json_t *lines)
{
    static const char *const kinds[] = {"subject", "agent", "source", "claim", NULL};
    json_t *ordered = json_array(), *line;
    size_t i;
    for (const char *const *kind = kinds; *kind; kind++)
        json_array_foreach(lines, i, line) if (json_object_get(line, *kind)) json_array_append(ordered, line);
    return ordered;
}

bool claimreview_read(const char *text, size_t size, struct claimreview *ret, char fault[static CONTRACT_FAULT_SIZE])
{
    json_t *document = contract_read(text, size, fault);
    *ret = (struct claimreview){json_array(), json_array(), 0};
    if (!document)
        return false;
    struct reading reading = {.into = ret, .known = json_object()};
    take_all(&reading, document);
    json_t *ordered = in_order(ret->lines);
    json_decref(ret->lines);
    ret->lines = ordered;
    json_decref(reading.known);
    json_decref(document);
    if (!ret->count)
        snprintf(fault, CONTRACT_FAULT_SIZE, "There is no ClaimReview in it.");
    return ret->count > 0;
}

void claimreview_release(struct claimreview *reviews)
{
    json_decref(reviews->lines);
    json_decref(reviews->left_out);
}
