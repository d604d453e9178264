/* routes: THE table of what the service answers */
#include "routes.h"

#include <stdbool.h>
#include <string.h>

#define VALUES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define PARAMS(...) ((const struct param[]){__VA_ARGS__, {NULL, PARAM_ID, NULL, NULL}})

/* clang-format off */
#define IDS(name, condition) {name, PARAM_IDS, NULL, condition}
#define ONE_ID(name) {name, PARAM_ID, NULL, NULL}
#define WORDS(name, condition, ...) {name, PARAM_WORDS, VALUES(__VA_ARGS__), condition}
#define TAGS(name, condition) {name, PARAM_TAGS, NULL, condition}
#define PAGE(key) {"limit", PARAM_LIMIT, NULL, NULL}, {"cursor", PARAM_CURSOR, NULL, key " > ?"}

#define CLAIM_FILTERS \
    IDS("subject", "claim.subject_id = ANY (?)"), \
    IDS("quantity", "claim.quantity_id = ANY (?)"), \
    IDS("claimant", "claim.claimant_id = ANY (?)"), \
    IDS("proposition", "claim.proposition_id = ANY (?)"), \
    WORDS("stance", "claim.stance = ANY (?)", "asserts", "reports", "disputes"), \
    WORDS("hedge", "claim.hedge = ANY (?)", \
          "none", "estimate", "rumour", "allegation", "opinion", "speculation", "probable", "expectation"), \
    WORDS("kind", "claim.kind = ANY (?)", "numeric", "multiple", "statement"), \
    TAGS("language", "source.language = ANY (?)"), \
    PAGE("claim.id")

const struct route routes[] = {
    {"/v1/claims", SHAPE_LIST, "claims",
     .params = PARAMS(IDS("source", "claim.source_id = ANY (?)"), CLAIM_FILTERS)},
    {"/v1/claims/{id}", SHAPE_ONE, "claims", .id_condition = "claim.id = ?"},

    {"/v1/sources", SHAPE_LIST, "sources",
     .params = PARAMS(WORDS("kind", "source.kind = ANY (?)", "article", "study", "paper", "post", "report", "statement"),
                      TAGS("language", "source.language = ANY (?)"),
                      IDS("origin", "source.origin_id = ANY (?)"),
                      PAGE("source.id"))},
    {"/v1/sources/{id}", SHAPE_ONE, "sources", .id_condition = "source.id = ?"},
    {"/v1/sources/{id}/claims", SHAPE_LIST, "claims", .id_condition = "claim.source_id = known_source(?)",
     .params = PARAMS(CLAIM_FILTERS)},

    {"/v1/comparisons", SHAPE_LIST, "comparisons",
     .params = PARAMS(WORDS("kind", "comparison_set.kind = ANY (?)", "curated", "derived"),
                      IDS("subject", "comparison_set.subject_id = ANY (?)"),
                      IDS("quantity", "comparison_set.quantity_id = ANY (?)"),
                      PAGE("comparison_set.id"))},
    {"/v1/comparisons/{id}", SHAPE_ONE, "comparison", .id_condition = "comparison_set.id = ?",
     .params = PARAMS(ONE_ID("baseline"))},
    {"/v1/compare", SHAPE_ONE, "compare",
     .params = PARAMS({"claims", PARAM_IDS, NULL, NULL}, ONE_ID("subject"), ONE_ID("quantity"), ONE_ID("baseline"))},

    {"/v1/subjects", SHAPE_LIST, "subjects",
     .params = PARAMS(WORDS("kind", "subject.kind = ANY (?)",
                            "model", "company", "product", "technology", "market", "document", "group", "person"),
                      PAGE("subject.id"))},
    {"/v1/subjects/{id}", SHAPE_ONE, "subjects", .id_condition = "subject.id = ?"},
    {"/v1/quantities", SHAPE_LIST, "quantities",
     .params = PARAMS(IDS("dimension", "quantity.dimension_id = ANY (?)"), PAGE("quantity.id"))},
    {"/v1/quantities/{id}", SHAPE_ONE, "quantities", .id_condition = "quantity.id = ?"},
    {"/v1/agents", SHAPE_LIST, "agents",
     .params = PARAMS(WORDS("kind", "agent.kind = ANY (?)", "person", "organization", "group", "source"), PAGE("agent.id"))},
    {"/v1/agents/{id}", SHAPE_ONE, "agents", .id_condition = "agent.id = ?"},
    {"/v1/units", SHAPE_LIST, "units",
     .params = PARAMS(IDS("dimension", "unit.dimension_id = ANY (?)"), PAGE("unit.id"))},
    {"/v1/units/{id}", SHAPE_ONE, "units", .id_condition = "unit.id = ?", .id_form = ID_CODE},
    {"/v1/scopes", SHAPE_LIST, "scopes", .params = PARAMS(PAGE("scope.id"))},
    {"/v1/scopes/{id}", SHAPE_ONE, "scopes", .id_condition = "scope.id = ?"},

    {"/openapi.json", SHAPE_ASSET, "json", .media_type = "application/json"},
    {"/openapi.yaml", SHAPE_ASSET, "yaml", .media_type = "application/yaml"},
    {"/healthz", SHAPE_HEALTH, .query = NULL},
    {"/readyz", SHAPE_READY, .query = "ready"},
    {.path = NULL},
};
/* clang-format on */

static bool matches(const char *template, const char *path, const char **ret_id, size_t *ret_id_size)
{
    static const char hole[] = "{id}";
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
