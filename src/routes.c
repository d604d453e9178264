/* routes: THE table of what the service answers */
#include "routes.h"

#include <stdbool.h>
#include <string.h>

#define VALUES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define PARAMS(...) ((const struct param[]){__VA_ARGS__, {.name = NULL}})

/* clang-format off */
#define ONE_ID(name) {name, NULL, PARAM_ID, NULL, NULL}
#define LIST(name, type, values, column) \
    {name, NULL, type, values, column " = ANY (?)"}, \
    {name, "not", type, values, "(" column " = ANY (?)) IS NOT TRUE"}
#define IDS(name, column) LIST(name, PARAM_IDS, NULL, column)
#define TAGS(name, column) LIST(name, PARAM_TAGS, NULL, column)
#define WORDS(name, column, ...) LIST(name, PARAM_WORDS, VALUES(__VA_ARGS__), column)
#define NULLABLE(name, column) {name, NULL, PARAM_NULL, NULL, "(" column " IS NULL) = ?"}
#define ORDERED(name, type, column) \
    {name, "eq", type, NULL, column " = ?"}, \
    {name, "gt", type, NULL, column " > ?"}, \
    {name, "gte", type, NULL, column " >= ?"}, \
    {name, "lt", type, NULL, column " < ?"}, \
    {name, "lte", type, NULL, column " <= ?"}
#define PAGE(key) {"limit", NULL, PARAM_LIMIT, NULL, NULL}, {"cursor", NULL, PARAM_CURSOR, NULL, key " > ?"}

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
    TAGS("language", "source.language"), \
    ORDERED("value", PARAM_NUMBER, "claim.figure_value * coalesce(unit.factor, 1)"), \
    NULLABLE("value", "claim.figure_value"), \
    ORDERED("line", PARAM_COUNT, "claim.line"), \
    ORDERED("created_at", PARAM_TIME, "claim.created_at"), \
    PAGE("claim.id")

const struct route routes[] = {
    {"/v1/claims", SHAPE_LIST, "claims",
     .params = PARAMS(IDS("id", "claim.id"), IDS("source", "claim.source_id"), CLAIM_FILTERS)},
    {"/v1/claims/{id}", SHAPE_ONE, "claims", .id_condition = "claim.id = ?"},

    {"/v1/claims/{id}/related", SHAPE_LIST, "related", .params = PARAMS(PAGE("claim.id"))},

    {"/v1/sources", SHAPE_LIST, "sources",
     .params = PARAMS(IDS("id", "source.id"),
                      WORDS("kind", "source.kind", "article", "study", "paper", "post", "report", "statement"),
                      TAGS("language", "source.language"), NULLABLE("language", "source.language"),
                      IDS("origin", "source.origin_id"),
                      ORDERED("published_at", PARAM_DAY, "source.published_at"),
                      NULLABLE("published_at", "source.published_at"),
                      ORDERED("created_at", PARAM_TIME, "source.created_at"),
                      PAGE("source.id"))},
    {"/v1/sources/{id}", SHAPE_ONE, "sources", .id_condition = "source.id = ?"},
    {"/v1/sources/{id}/claims", SHAPE_LIST, "claims", .id_condition = "claim.source_id = known_source(?)",
     .params = PARAMS(CLAIM_FILTERS)},

    {"/v1/comparisons", SHAPE_LIST, "comparisons",
     .params = PARAMS(IDS("id", "comparison_set.id"),
                      WORDS("kind", "comparison_set.kind", "curated", "derived"),
                      IDS("subject", "comparison_set.subject_id"), NULLABLE("subject", "comparison_set.subject_id"),
                      IDS("quantity", "comparison_set.quantity_id"), NULLABLE("quantity", "comparison_set.quantity_id"),
                      PAGE("comparison_set.id"))},
    {"/v1/comparisons/{id}", SHAPE_ONE, "comparison", .id_condition = "comparison_set.id = ?",
     .params = PARAMS(ONE_ID("baseline"))},
    {"/v1/compare", SHAPE_ONE, "compare",
     .params = PARAMS({"claims", NULL, PARAM_IDS, NULL, NULL}, ONE_ID("subject"), ONE_ID("quantity"), ONE_ID("baseline"))},

    {"/v1/propositions", SHAPE_LIST, "propositions",
     .params = PARAMS(IDS("id", "proposition.id"), PAGE("proposition.id"))},
    {"/v1/propositions/{id}", SHAPE_ONE, "propositions", .id_condition = "proposition.id = ?"},

    {"/v1/subjects", SHAPE_LIST, "subjects",
     .params = PARAMS(IDS("id", "subject.id"),
                      WORDS("kind", "subject.kind",
                            "model", "company", "product", "technology", "market", "document", "group", "person"),
                      PAGE("subject.id"))},
    {"/v1/subjects/{id}", SHAPE_ONE, "subjects", .id_condition = "subject.id = ?"},
    {"/v1/quantities", SHAPE_LIST, "quantities",
     .params = PARAMS(IDS("id", "quantity.id"), IDS("dimension", "quantity.dimension_id"), PAGE("quantity.id"))},
    {"/v1/quantities/{id}", SHAPE_ONE, "quantities", .id_condition = "quantity.id = ?"},
    {"/v1/agents", SHAPE_LIST, "agents",
     .params = PARAMS(IDS("id", "agent.id"),
                      WORDS("kind", "agent.kind", "person", "organization", "group", "source"), PAGE("agent.id"))},
    {"/v1/agents/{id}", SHAPE_ONE, "agents", .id_condition = "agent.id = ?"},
    {"/v1/units", SHAPE_LIST, "units",
     .params = PARAMS(IDS("dimension", "unit.dimension_id"), PAGE("unit.id"))},
    {"/v1/units/{id}", SHAPE_ONE, "units", .id_condition = "unit.id = ?", .id_form = ID_CODE},
    {"/v1/scopes", SHAPE_LIST, "scopes", .params = PARAMS(IDS("id", "scope.id"), PAGE("scope.id"))},
    {"/v1/scopes/{id}", SHAPE_ONE, "scopes", .id_condition = "scope.id = ?"},

    {"/problems/{id}", SHAPE_PROBLEM, .query = NULL},
    {"/openapi.json", SHAPE_ASSET, "json", .media_type = "application/json"},
    {"/openapi.yaml", SHAPE_ASSET, "yaml", .media_type = "application/yaml"},
    {"/healthz", SHAPE_HEALTH, .query = NULL},
    {"/readyz", SHAPE_READY, .query = "ready"},
    {.path = NULL},
};
/* clang-format on */

static const char hole[] = "{id}";

bool route_has_id(const struct route *route)
{
    return strstr(route->path, hole) != NULL;
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

const struct route *route_find(const char *path, const char **ret_id, size_t *ret_id_size)
{
    for (const struct route *route = routes; route->path; route++)
        if (matches(route->path, path, ret_id, ret_id_size))
            return route;
    return NULL;
}
