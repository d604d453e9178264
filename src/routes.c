/* routes: THE table of what the service answers */
#include "routes.h"

#include <stdio.h>
#include <string.h>

#define WORDS_OF(...) ((const char *const[]){__VA_ARGS__, NULL})
#define PARAMS(...) ((const struct param[]){__VA_ARGS__, FORM, {.name = NULL}})
#define SORTS(...) ((const struct sort_key[]){__VA_ARGS__, {.name = NULL}})
#define REPRESENTATIONS(...) ((const struct representation[]){__VA_ARGS__, {.query = NULL}})

/* clang-format off */

/* ---- parameters ---- */

#define LIST(name, type, values, column) \
    {name, NULL, type, values, false, column " = ANY (?)"}, \
    {name, "not", type, values, false, "(" column " = ANY (?)) IS NOT TRUE"}
#define IDS(name, column) LIST(name, PARAM_IDS, NULL, column)
#define TAGS(name, column) LIST(name, PARAM_TAGS, NULL, column)
#define WORDS(name, column, ...) LIST(name, PARAM_WORDS, WORDS_OF(__VA_ARGS__), column)
/* So that the planner does not take what is null for next to nothing. */
#define IS_NULL(column) "CASE WHEN ? THEN " column " IS NULL ELSE " column " IS NOT NULL END"
#define NULLABLE(name, column) {name, NULL, PARAM_NULL, NULL, false, IS_NULL(column)}
#define ORDERED(name, type, column) \
    {name, "eq", type, NULL, true, column " = ?"}, \
    {name, "gt", type, NULL, true, column " > ?"}, \
    {name, "gte", type, NULL, true, column " >= ?"}, \
    {name, "lt", type, NULL, true, column " < ?"}, \
    {name, "lte", type, NULL, true, column " <= ?"}

/* Of what can be null, in the words of the keys by which it is sorted, so that the index of either order finds where to
 * begin. */
#define EITHER_ORDER(column, infinity, comparison) \
    "coalesce(" column ", '" infinity "') " comparison " ? AND coalesce(" column ", '-" infinity "') " comparison " ?"
#define ORDERED_OR_NULL(name, type, column, infinity) \
    {name, "eq", type, NULL, true, EITHER_ORDER(column, infinity, "=")}, \
    {name, "gt", type, NULL, true, EITHER_ORDER(column, infinity, ">")}, \
    {name, "gte", type, NULL, true, EITHER_ORDER(column, infinity, ">=")}, \
    {name, "lt", type, NULL, true, EITHER_ORDER(column, infinity, "<")}, \
    {name, "lte", type, NULL, true, EITHER_ORDER(column, infinity, "<=")}, \
    {name, NULL, PARAM_NULL, NULL, true, IS_NULL(column)}

/* The subselect makes the query be read once, and not for every row that it might match. */
#define SEARCH(table) {"q", NULL, PARAM_TEXT, NULL, false, table ".search @@ (SELECT search_query(?))"}

/* Not conditions, but what a query asks for by name. */
#define PLACED(name, type, values) {name, NULL, type, values, false, NULL}
#define STANCES WORDS_OF("asserts", "reports", "disputes")

/* What every answer of a resource takes, and every list. */
#define FORM \
    {"fields", NULL, PARAM_FIELDS, NULL, false, NULL}, {"format", NULL, PARAM_FORMAT, NULL, false, NULL}, \
    {"as_of", NULL, PARAM_MOMENT, NULL, false, NULL}
#define PAGE \
    {"sort", NULL, PARAM_SORT, NULL, false, NULL}, \
    {"limit", NULL, PARAM_LIMIT, NULL, false, NULL}, \
    {"cursor", NULL, PARAM_CURSOR, NULL, false, NULL}
#define PARAMS_OF_ONE ((const struct param[]){FORM, {.name = NULL}})
#define EMBED(...) {"embed", NULL, PARAM_EMBED, WORDS_OF(__VA_ARGS__), false, NULL}

/* ---- sort keys: a row without a value comes last, whichever the direction ---- */

#define KEY(name, expression) {name, expression, expression, NULL}
#define NULLABLE_KEY(name, expression, last, first) \
    {name, "coalesce(" expression ", " last ")", "coalesce(" expression ", " first ")", NULL}
#define RANK_KEY(table) \
    {"rank", "search_rank(" table ".search, (SELECT search_query({q})))", \
     "search_rank(" table ".search, (SELECT search_query({q})))", "q"}
#define DAY_KEY(name, column) NULLABLE_KEY(name, column, "'infinity'", "'-infinity'")

/* ---- representations ---- */

#define LIST_OF(resource) SHAPE_LIST, .rows = (resource), \
    .representations = REPRESENTATIONS({FORMAT_JSON, resource}, {FORMAT_CSV, resource}, {FORMAT_NDJSON, resource}, \
                                       {FORMAT_JSONLD, resource "_linked"})
#define ONE_OF(resource, table) SHAPE_ONE, .kind = (table), .rows = (resource), .id_condition = table ".id = ?", \
    .sorts = SORTS(KEY("revision", table ".since")), \
    .representations = REPRESENTATIONS({FORMAT_JSON, resource}, {FORMAT_JSONLD, resource "_linked"})
#define COMPARISON_OF(set, query) SHAPE_ONE, .rows = (set), \
    .representations = REPRESENTATIONS({FORMAT_JSON, query}, {FORMAT_CSV, "comparison_figures"}, \
                                       {FORMAT_JSONLD, "comparison_linked"}, {FORMAT_SVG, query})

/* ---- claims ---- */

#define CLAIM_EMBEDS EMBED("source", "claimant", "subject", "quantity", "proposition", "comparisons")
#define CLAIM_FILTERS \
    IDS("subject", "claim.subject_id"), \
    IDS("quantity", "claim.quantity_id"), NULLABLE("quantity", "claim.quantity_id"), \
    IDS("scope", "claim.scope_id"), NULLABLE("scope", "claim.scope_id"), \
    IDS("claimant", "claim.claimant_id"), \
    IDS("proposition", "claim.proposition_id"), \
    WORDS("stance", "claim.stance", "asserts", "reports", "disputes"), \
    WORDS("hedge", "claim.hedge", \
          "none", "estimate", "rumour", "allegation", "opinion", "speculation", "probable", "expectation"), \
    WORDS("kind", "claim.kind", "numeric", "multiple", "statement"), \
    TAGS("language", "claim.language"), \
    ORDERED_OR_NULL("value", PARAM_NUMBER, "claim.figure_amount", "Infinity"), \
    ORDERED_OR_NULL("published_at", PARAM_DAY, "claim.published_at", "infinity"), \
    ORDERED("line", PARAM_COUNT, "claim.line"), \
    ORDERED("created_at", PARAM_TIME, "claim.created_at"), \
    CLAIM_EMBEDS, \
    PAGE
#define CLAIM_SORTS SORTS( \
    KEY("id", "claim.id"), \
    NULLABLE_KEY("value", "claim.figure_amount", "'Infinity'", "'-Infinity'"), \
    KEY("source", "claim.source_id"), \
    KEY("line", "claim.line"), \
    KEY("subject", "claim.subject_id"), \
    NULLABLE_KEY("quantity", "claim.quantity_id::text", "'~'", "''"), \
    KEY("claimant", "claim.claimant_id"), \
    DAY_KEY("published_at", "claim.published_at"), \
    KEY("created_at", "claim.created_at"), \
    RANK_KEY("claim"))

/* ---- comparisons ---- */

/* What is kept of a comparison, unless some stances alone are asked for. */
#define OUTCOME(part) \
    "CASE WHEN {stance}::stance[] IS NULL THEN finding." part " ELSE (finding_of(finding, {stance}))." part " END"
#define COMPARISON_PARAMS \
    PLACED("baseline", PARAM_ID, NULL), PLACED("unit", PARAM_CODE, NULL), PLACED("stance", PARAM_WORDS, STANCES)

/* ---- writing ---- */

#define WRITE_PARAMS ((const struct param[]){ \
    {"comment", NULL, PARAM_TEXT, NULL, false, NULL}, {"dry_run", NULL, PARAM_FLAG, NULL, false, NULL}, {.name = NULL}})
#define REVISION_PARAMS ((const struct param[]){ \
    PAGE, {"fields", NULL, PARAM_FIELDS, NULL, false, NULL}, {"format", NULL, PARAM_FORMAT, NULL, false, NULL}, {.name = NULL}})
#define DIFF_PARAMS ((const struct param[]){ \
    PLACED("from", PARAM_PLACE, NULL), PLACED("to", PARAM_PLACE, NULL), \
    {"fields", NULL, PARAM_FIELDS, NULL, false, NULL}, {.name = NULL}})
#define WRITTEN(path, name, schema, form) WRITTEN_WITH(path, name, schema, form, schema)
#define WRITTEN_WITH(path, name, schema, form, first) \
    {path, SHAPE_WRITE, .methods = "POST", .kind = (name), .body = (first), .params = WRITE_PARAMS}, \
    {path "/{id}", SHAPE_WRITE, .methods = "PUT, PATCH, DELETE", .kind = (name), .body = (schema), .id_form = (form), \
     .params = WRITE_PARAMS}, \
    {path "/{id}/revert", SHAPE_WRITE, .methods = "POST, OPTIONS", .action = "REVERT", .kind = (name), .body = "RevertBody", .id_form = (form), \
     .params = WRITE_PARAMS}, \
    {path "/{id}/revisions", SHAPE_LIST, .kind = (name), .rows = "revisions", .id_form = (form), \
     .representations = REPRESENTATIONS({FORMAT_JSON, "revisions"}, {FORMAT_CSV, "revisions"}, {FORMAT_NDJSON, "revisions"}), \
     .id_condition = "known_revised({kind}, {id}) = {id} AND revision.kind = {kind} AND revision.id = ?", \
     .sorts = SORTS(KEY("revision", "revision.change")), .params = REVISION_PARAMS}, \
    {path "/{id}/diff", SHAPE_ONE, .kind = (name), .rows = "diff", .id_form = (form), .representations = REPRESENTATIONS({FORMAT_JSON, "diff"}), \
     .params = DIFF_PARAMS}

#define MERGED(path, name) \
    {path "/{id}/merge", SHAPE_WRITE, .methods = "POST, OPTIONS", .action = "MERGE", .kind = (name), .body = "MergeBody", \
     .params = WRITE_PARAMS}, \
    {path "/{id}/merge", SHAPE_WRITE, .methods = "DELETE", .action = "UNMERGE", .kind = (name), .params = WRITE_PARAMS}

/* ---- the table ---- */

#define FILE_AT(name, type) SHAPE_FILE, .file = (name), .media_type = (type)

#define PAGE_OF(query, ...) SHAPE_PAGE, .page = &(const struct page){__VA_ARGS__}, .policy = PAGE_POLICY, \
    .representations = REPRESENTATIONS({FORMAT_HTML, query})
#define BARE_PAGE(...) SHAPE_PAGE, .page = &(const struct page){__VA_ARGS__}, .policy = PAGE_POLICY

/* Our own files alone, no script or style inside the page, and the pictures that its style sheet holds. */
#define DOCS_POLICY \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const struct route routes[] = {
    {"/v1/claims", LIST_OF("claims"), .sorts = CLAIM_SORTS,
     .params = PARAMS(IDS("id", "claim.id"), SEARCH("claim"), IDS("source", "claim.source_id"), CLAIM_FILTERS)},
    {"/v1/claims/{id}", ONE_OF("claims", "claim"),
     .params = PARAMS(CLAIM_EMBEDS)},
    {"/v1/claims/{id}/related", LIST_OF("related"),
     .sorts = SORTS(KEY("id", "claim.id")), .params = PARAMS(PAGE)},

    {"/v1/sources", LIST_OF("sources"),
     .sorts = SORTS(KEY("id", "source.id"),
                    DAY_KEY("published_at", "source.published_at"),
                    KEY("created_at", "source.created_at"),
                    RANK_KEY("source")),
     .params = PARAMS(IDS("id", "source.id"), SEARCH("source"),
                      WORDS("kind", "source.kind", "article", "study", "paper", "post", "report", "statement"),
                      TAGS("language", "source.language"), NULLABLE("language", "source.language"),
                      IDS("origin", "source.origin_id"),
                      {"url", NULL, PARAM_TEXT, NULL, false, "source.url = ?"},
                      ORDERED_OR_NULL("published_at", PARAM_DAY, "source.published_at", "infinity"),
                      ORDERED("created_at", PARAM_TIME, "source.created_at"),
                      PAGE)},
    {"/v1/sources/{id}", ONE_OF("sources", "source"), .params = PARAMS_OF_ONE},
    /* Whether there is the source stands apart from the rows, of which the filters may leave none to ask it of. */
    {"/v1/sources/{id}/claims", LIST_OF("claims"), .sorts = CLAIM_SORTS,
     .id_condition = "known_source({id}) = {id} AND claim.source_id = ?",
     .params = PARAMS(SEARCH("claim"), CLAIM_FILTERS)},

    {"/v1/comparisons", LIST_OF("comparisons"),
     .sorts = SORTS(KEY("id", "finding.id"),
                    NULLABLE_KEY("spread", OUTCOME("ratio"), "'Infinity'", "'-Infinity'")),
     .params = PARAMS(IDS("id", "finding.id"),
                      WORDS("kind", "finding.kind", "curated", "derived"),
                      IDS("subject", "finding.subject_id"), NULLABLE("subject", "finding.subject_id"),
                      IDS("quantity", "finding.quantity_id"), NULLABLE("quantity", "finding.quantity_id"),
                      {"verdict", NULL, PARAM_WORDS, WORDS_OF("agree", "overlap", "conflict", "incomparable"), false,
                       OUTCOME("verdict") " = ANY (?::text[])"},
                      {"min_origins", NULL, PARAM_COUNT, NULL, false, OUTCOME("origins") " >= ?"},
                      {"stance", NULL, PARAM_WORDS, STANCES, false, "finding_has_stance(finding.id, ?)"},
                      PAGE)},
    {"/v1/comparisons/{id}", COMPARISON_OF("comparison", "comparison"), .kind = "comparison",
     .id_condition = "comparison_set.id = ?",
     .sorts = SORTS(KEY("revision", "(SELECT comparison.since FROM comparison WHERE comparison.id = comparison_set.id)")),
     .params = PARAMS(COMPARISON_PARAMS)},
    {"/v1/compare", COMPARISON_OF("compare", "compare"),
     .params = PARAMS(PLACED("claims", PARAM_IDS, NULL), PLACED("subject", PARAM_ID, NULL),
                      PLACED("quantity", PARAM_ID, NULL), COMPARISON_PARAMS)},

    {"/v1/propositions", LIST_OF("propositions"),
     .sorts = SORTS(KEY("id", "proposition.id"), RANK_KEY("proposition")),
     .params = PARAMS(IDS("id", "proposition.id"), SEARCH("proposition"), PAGE)},
    {"/v1/propositions/{id}", ONE_OF("propositions", "proposition"), .params = PARAMS_OF_ONE},

    {"/v1/subjects", LIST_OF("subjects"),
     .sorts = SORTS(KEY("id", "subject.id")),
     .params = PARAMS(IDS("id", "subject.id"),
                      WORDS("kind", "subject.kind",
                            "model", "company", "product", "technology", "market", "document", "group", "person"),
                      PAGE)},
    {"/v1/subjects/{id}", ONE_OF("subjects", "subject"), .params = PARAMS_OF_ONE},
    {"/v1/quantities", LIST_OF("quantities"),
     .sorts = SORTS(KEY("id", "quantity.id")),
     .params = PARAMS(IDS("id", "quantity.id"), IDS("dimension", "quantity.dimension_id"), PAGE)},
    {"/v1/quantities/{id}", ONE_OF("quantities", "quantity"), .params = PARAMS_OF_ONE},
    {"/v1/agents", LIST_OF("agents"),
     .sorts = SORTS(KEY("id", "agent.id")),
     .params = PARAMS(IDS("id", "agent.id"),
                      WORDS("kind", "agent.kind", "person", "organization", "group", "source"), PAGE)},
    {"/v1/agents/{id}", ONE_OF("agents", "agent"),
     .params = PARAMS_OF_ONE},
    {"/v1/units", LIST_OF("units"), .sorts = SORTS(KEY("id", "unit.id")),
     .params = PARAMS(IDS("dimension", "unit.dimension_id"), PAGE)},
    {"/v1/units/{id}", ONE_OF("units", "unit"),
     .id_form = ID_CODE, .params = PARAMS_OF_ONE},
    {"/v1/scopes", LIST_OF("scopes"),
     .sorts = SORTS(KEY("id", "scope.id")), .params = PARAMS(IDS("id", "scope.id"), PAGE)},
    {"/v1/scopes/{id}", ONE_OF("scopes", "scope"),
     .params = PARAMS_OF_ONE},

    WRITTEN("/v1/claims", "claim", "ClaimBody", ID_SLUG),
    WRITTEN_WITH("/v1/sources", "source", "SourceBody", ID_SLUG, "SourceWithPartsBody"),
    WRITTEN("/v1/comparisons", "comparison", "ComparisonBody", ID_SLUG),
    WRITTEN("/v1/subjects", "subject", "SubjectBody", ID_SLUG),
    WRITTEN("/v1/quantities", "quantity", "QuantityBody", ID_SLUG),
    WRITTEN("/v1/agents", "agent", "AgentBody", ID_SLUG),
    WRITTEN("/v1/units", "unit", "UnitBody", ID_CODE),
    WRITTEN("/v1/scopes", "scope", "ScopeBody", ID_SLUG),

    MERGED("/v1/subjects", "subject"),
    MERGED("/v1/agents", "agent"),
    MERGED("/v1/propositions", "proposition"),
    {"/v1/figures/parse", SHAPE_PARSE, .methods = "POST, OPTIONS", .body = "FigureTextBody"},
    {"/v1/import", SHAPE_IMPORT, .methods = "POST, OPTIONS",
     .params = ((const struct param[]){{"comment", NULL, PARAM_TEXT, NULL, false, NULL}, {"dry_run", NULL, PARAM_FLAG, NULL, false, NULL},
                                       {"on_error", NULL, PARAM_WORDS, WORDS_OF("stop", "skip"), false, NULL}, {.name = NULL}})},
    {"/v1/changes", SHAPE_LIST, .rows = "changes",
     .representations = REPRESENTATIONS({FORMAT_JSON, "changes"}, {FORMAT_CSV, "changes"}, {FORMAT_NDJSON, "changes"},
                                        {FORMAT_EVENTS, "changes"}),
     .sorts = SORTS(KEY("seq", "revision.seq")),
     .params = ((const struct param[]){
         {"since", NULL, PARAM_PLACE, NULL, false, "revision.seq > ?"}, {"wait", NULL, PARAM_WAIT, NULL, false, NULL},
         WORDS("kind", "revision.kind", "claim", "source", "comparison", "subject", "quantity", "agent", "unit", "scope",
               "proposition", "dimension"),
         PAGE, {"fields", NULL, PARAM_FIELDS, NULL, false, NULL}, {"format", NULL, PARAM_FORMAT, NULL, false, NULL},
         {.name = NULL}})},

    {"/", PAGE_OF("comparisons", "/v1/comparisons?verdict=conflict&sort=-spread&limit=6", "Which figure is which?",
                  "Newspapers print figures that contradict each other. Here they stand side by side: who says so, on whose "
                  "authority, and what can be compared at all.")},
    {"/comparisons", PAGE_OF("comparisons", "/v1/comparisons?sort=-spread", "Comparisons",
                             "Figures of the same thing side by side, the widest apart first.")},
    {"/comparisons/{id}", PAGE_OF("comparison", "/v1/comparisons/{id}", NULL, NULL)},
    {"/claims", PAGE_OF("claims", "/v1/claims", "Claims", "Who asserts which figure, about what, in which source and at which line.")},
    {"/claims/{id}", PAGE_OF("claims", "/v1/claims/{id}?embed=source,subject,quantity,comparisons", NULL, NULL)},
    {"/sources", PAGE_OF("sources", "/v1/sources?sort=-published_at,id", "Sources", "What the claims stand in, and what that rests on.")},
    {"/sources/{id}", PAGE_OF("sources", "/v1/sources/{id}", NULL, NULL)},
    {"/search", PAGE_OF("claims", "/v1/claims?limit=10", "Search", "Claims and sources, by what they say.")},
    {"/edit", BARE_PAGE(NULL, "Add a source", "A source and its claims, each figure read as it is typed.")},
    {"/web/{id}", SHAPE_ASSET, .id_form = ID_CODE},

    {"/problems/{id}", SHAPE_PROBLEM, .file = NULL},
    {"/openapi.json", FILE_AT("openapi.json", "application/json")},
    {"/openapi.yaml", FILE_AT("openapi.yaml", "application/yaml")},
    {"/context.jsonld", FILE_AT("context.jsonld", "application/ld+json")},
    {"/.well-known/api-catalog",
     FILE_AT("api-catalog.json",
             "application/linkset+json; profile=\"https://www.rfc-editor.org/info/rfc9727\"")},
    {"/docs", FILE_AT("docs/index.html", "text/html"), .policy = DOCS_POLICY},
    {"/docs/docs.js", FILE_AT("docs/docs.js", "text/javascript")},
    {"/docs/swagger-ui.css", FILE_AT("docs/swagger-ui.css", "text/css")},
    {"/docs/swagger-ui-bundle.js", FILE_AT("docs/swagger-ui-bundle.js", "text/javascript")},
    {"/docs/swagger-ui-bundle.js.LICENSE.txt", FILE_AT("docs/swagger-ui-bundle.js.LICENSE.txt", "text/plain")},
    {"/healthz", SHAPE_HEALTH, .file = NULL},
    {"/readyz", SHAPE_READY, .file = NULL},
    {.path = NULL},
};
/* clang-format on */

static const char hole[] = "{id}";

bool route_has_id(const struct route *route)
{
    return strstr(route->path, hole) != NULL;
}

const struct representation *route_representation(const struct route *route, enum format format)
{
    for (const struct representation *each = route->representations; each && each->query; each++)
        if (each->format == format)
            return each;
    return NULL;
}

const struct route *route_shown(const struct route *route)
{
    const char *target = route->page ? route->page->target : NULL;
    size_t size = target ? strcspn(target, "?") : 0;
    for (const struct route *shown = routes; target && shown->path; shown++)
        if (strlen(shown->path) == size && strncmp(shown->path, target, size) == 0 && !shown->methods)
            return shown;
    return route;
}

static bool matches(const char *template, const char *path, const char **ret_id, size_t *ret_id_size)
{
    const char *id = strstr(template, hole);
    *ret_id = NULL;
    if (!id)
        return strcmp(template, path) == 0;
    size_t before = (size_t)(id - template);
    if (strncmp(template, path, before) != 0)
        return false;
    *ret_id = path + before;
    *ret_id_size = strcspn(*ret_id, "/");
    return *ret_id_size && strcmp(*ret_id + *ret_id_size, id + strlen(hole)) == 0;
}

const char routes_reading[] = "GET, HEAD, OPTIONS";

static bool takes(const struct route *route, const char *method)
{
    const char *methods = route->methods ? route->methods : routes_reading;
    size_t size = strlen(method);
    for (const char *each = methods; each; each = strchr(each, ',')) {
        each += strspn(each, ", ");
        if (strncmp(each, method, size) == 0 && (!each[size] || each[size] == ','))
            return true;
    }
    return false;
}

const struct route *route_find(const char *method, const char *path, const char **ret_id, size_t *ret_id_size)
{
    for (const struct route *route = routes; route->path; route++)
        if (matches(route->path, path, ret_id, ret_id_size) && takes(route, method))
            return route;
    return NULL;
}

bool route_methods(const char *path, char methods[static METHODS_SIZE])
{
    const char *id;
    size_t id_size;
    *methods = 0;
    for (const struct route *route = routes; route->path; route++)
        if (matches(route->path, path, &id, &id_size))
            snprintf(methods + strlen(methods), METHODS_SIZE - strlen(methods), "%s%s", *methods ? ", " : "",
                     route->methods ? route->methods : routes_reading);
    return *methods;
}

const struct route *route_of_kind(const char *kind)
{
    for (const struct route *route = routes; route->path; route++)
        if (route->shape == SHAPE_ONE && route->kind && strcmp(route->kind, kind) == 0)
            return route;
    return NULL;
}
