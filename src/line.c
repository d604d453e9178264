/* line: the lines in which data are exported and imported: {"KIND":DOCUMENT} */
#include "line.h"

#include <string.h>

#include "contract.h"
#include "memory.h"

/* THE kinds that a line can have. */
static const struct {
    const char *kind, *schema;
} kinds[] = {
    {"dimension", "DimensionBody"}, {"unit", "UnitBody"},
    {"quantity", "QuantityBody"},   {"scope", "ScopeBody"},
    {"subject", "SubjectBody"},     {"agent", "AgentBody"},
    {"source", "SourceBody"},       {"proposition", "PropositionBody"},
    {"claim", "ClaimBody"},         {"comparison", "ComparisonBody"},
};

static const char *schema_of(const char *kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (kind && strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].schema;
    return NULL;
}

static void check(const json_t *line, json_t *problems)
{
    void *member = json_object_iter((json_t *)line);
    const char *kind = member ? json_object_iter_key(member) : NULL, *schema = schema_of(kind);
    if (!schema || json_object_size(line) != 1) {
        contract_problem(problems, "",
                         "A line is an object with one member, whose name is the kind of the thing in it.");
        return;
    }
    const json_t *document = json_object_iter_value(member);
    contract_check(schema, document, problems);
    if (!json_object_get(document, "id"))
        contract_problem(problems, "/id", "This is missing.");
}

bool line_accept(const char *text, size_t size, size_t number, struct report *report)
{
    if (strspn(text, " \t\r\n") == size)
        return false;
    char fault[CONTRACT_FAULT_SIZE];
    json_t *problems = json_array();
    json_auto_t *line = contract_read(text, size, fault);
    if (line)
        check(line, problems);
    else
        contract_problem(problems, "", fault);
    if (json_array_size(problems)) {
        report_refuse(report, number, problems);
        return false;
    }
    json_decref(problems);
    return true;
}
