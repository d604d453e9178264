/* report: what became of the lines of an import */
#include "report.h"

/* Of lines, and of what is wrong with all of them together. */
enum { TOLD_MOST = 1000, PROBLEMS_MOST = 10000 };

void report_refuse(struct report *report, size_t line, json_t *problems)
{
    if (!report->problems)
        report->problems = json_array();
    report->refused++;
    report->told += json_array_size(problems);
    if (json_array_size(report->problems) < TOLD_MOST && report->told <= PROBLEMS_MOST)
        json_array_append_new(report->problems, json_pack("{sI sO}", "line", (json_int_t)line, "errors", problems));
    json_decref(problems);
}

static json_int_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static bool is_first(const json_t *problem, const json_t *other)
{
    return problem && (!other || number(problem, "line") <= number(other, "line"));
}

/* The two lists as one, in the order of their lines. */
static json_t *merged(const json_t *ours, const json_t *theirs)
{
    json_t *all = json_array();
    for (size_t i = 0, k = 0; json_array_size(all) < TOLD_MOST;) {
        json_t *our = json_array_get(ours, i), *their = json_array_get(theirs, k);
        if (!our && !their)
            break;
        bool first = is_first(our, their);
        json_array_append(all, first ? our : their);
        i += first;
        k += !first;
    }
    return all;
}

void report_add(struct report *report, const char *told)
{
    json_t *object = json_loads(told, 0, NULL),
           *problems = merged(report->problems, json_object_get(object, "problems"));
    json_decref(report->problems);
    report->problems = problems;
    report->created += number(object, "created");
    report->replaced += number(object, "replaced");
    report->unchanged += number(object, "unchanged");
    report->refused += number(object, "refused");
    json_decref(object);
}

void report_release(struct report *report)
{
    json_decref(report->problems);
    report->problems = NULL;
}
