/* bulk: the command that imports data */
#include "bulk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"
#include "claimreview.h"
#include "line.h"
#include "memory.h"
#include "report.h"
#include "session.h"

enum { BATCH = 500, READ_BYTES = 65536 };

struct import {
    PGconn *session;
    FILE *file;
    off_t size; /* of the file; 0: not known */
    bool shows; /* how far it is */
    size_t lines;
    struct batch batch;
    struct report report;
};

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void show(const struct import *import)
{
    if (!import->shows)
        return;
    if (import->size)
        fprintf(stderr, "\r%zu lines, %d %%", import->lines,
                (int)(100.0 * (double)ftello(import->file) / (double)import->size));
    else
        fprintf(stderr, "\r%zu lines", import->lines);
}

static bool send_batch(struct import *import)
{
    if (!import->batch.count)
        return true;
    batch_close(&import->batch);
    _cleanup_(session_clear_at) PGresult *result =
        session_ask(import->session, "SELECT import_lines($1, $2)", 2,
                    (const char *const[]){import->batch.numbers.data, import->batch.lines.data});
    batch_clear(&import->batch);
    show(import);
    return result;
}

static bool take_line(struct import *import, const char *text, size_t size)
{
    import->lines++;
    if (!line_accept(text, size, import->lines, &import->report))
        return true;
    batch_add(&import->batch, import->lines, text, size);
    return import->batch.count < BATCH || send_batch(import);
}

static bool take_end(struct import *import)
{
    _cleanup_(session_clear_at) PGresult *result = session_ask(import->session, "SELECT import_end()", 0, NULL);
    if (result)
        report_add(&import->report, PQgetvalue(result, 0, 0));
    return result;
}

static bool good_file(const struct import *import)
{
    return !ferror(import->file) || !session_complain("cannot read the file", strerror(errno));
}

static bool take_lines(struct import *import)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t size;
    bool good = true;
    while (good && (size = getline(&text, &room, import->file)) > 0)
        good = take_line(import, text, (size_t)size);
    free(text);
    return good && good_file(import);
}

static void tell_left_out(const json_t *left_out)
{
    json_t *each;
    size_t i;
    json_array_foreach(left_out, i, each)
    {
        const char *pointer = text_of(each, "pointer");
        fprintf(stderr, "review %lld: %s%s%s\n", json_integer_value(json_object_get(each, "review")), pointer,
                *pointer ? ": " : "", text_of(each, "detail"));
    }
}

static void read_all(FILE *file, struct buffer *text)
{
    size_t got;
    do {
        buffer_reserve(text, READ_BYTES);
        got = fread(text->data + text->size, 1, READ_BYTES, file);
        text->size += got;
    } while (got);
}

static bool take_reviews(struct import *import)
{
    _cleanup_(buffer_release) struct buffer text = BUFFER_INIT;
    _cleanup_(claimreview_release) struct claimreview reviews;
    char fault[CONTRACT_FAULT_SIZE];
    read_all(import->file, &text);
    bool good = claimreview_read(text.data, text.size, &reviews, fault) || !session_complain("no reviews", fault);
    for (size_t i = 0; good && i < json_array_size(reviews.lines); i++) {
        char *line = json_dumps(json_array_get(reviews.lines, i), JSON_COMPACT);
        good = take_line(import, line, strlen(line));
        free(line);
    }
    tell_left_out(reviews.left_out);
    return good && good_file(import);
}

static bool take_all(struct import *import, bool reviews)
{
    return (reviews ? take_reviews(import) : take_lines(import)) && send_batch(import) && take_end(import);
}

static void complain_of(const json_t *refused)
{
    const char *kind = text_of(refused, "kind"), *id = text_of(refused, "id");
    json_t *problem;
    size_t i;
    json_array_foreach(json_object_get(refused, "errors"), i, problem)
    {
        const char *pointer = text_of(problem, "pointer");
        fprintf(stderr, "line %lld%s%s%s%s: %s%s%s\n", json_integer_value(json_object_get(refused, "line")),
                *kind ? ", " : "", kind, *id ? " " : "", id, pointer, *pointer ? ": " : "", text_of(problem, "detail"));
    }
}

static void tell(const struct import *import, bool keeps)
{
    const struct report *report = &import->report;
    size_t told = json_array_size(report->problems);
    fputs(import->shows ? "\r" : "", stderr);
    for (size_t i = 0; i < told; i++)
        complain_of(json_array_get(report->problems, i));
    if ((size_t)report->refused > told)
        fprintf(stderr, "and %lld more\n", report->refused - (json_int_t)told);
    fprintf(stderr, "%zu lines: %lld created, %lld replaced, %lld unchanged, %lld refused%s\n", import->lines,
            report->created, report->replaced, report->unchanged, report->refused,
            keeps ? "." : ": nothing was taken in.");
}

static int end(struct import *import, bool skip)
{
    bool keeps = import->report.refused == 0 || skip;
    if (!session_run(import->session, keeps ? "COMMIT" : "ROLLBACK"))
        return 1;
    tell(import, keeps);
    return !keeps;
}

static void import_release(struct import *import)
{
    if (import->file && import->file != stdin)
        fclose(import->file);
    PQfinish(import->session);
    batch_release(&import->batch);
    report_release(&import->report);
}

/* The file is NULL, and why is told, if it cannot be read. */
static void open_file(struct import *import, const char *path)
{
    struct stat about;
    import->file = !path || strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!import->file)
        session_complain(path, strerror(errno));
    else if (fstat(fileno(import->file), &about) == 0 && S_ISREG(about.st_mode))
        import->size = about.st_size;
}

static bool begin(struct import *import, const char *url, bool reviews)
{
    import->session = session_open(url, "claimd import");
    return import->session && session_run(import->session, "BEGIN") &&
           session_run(import->session,
                       "SELECT set_config('claimd.comment', 'Imported.', true), await_other_changes()") &&
           session_run(import->session, reviews ? "SELECT import_begin(only_new => true)" : "SELECT import_begin()");
}

int bulk_import(const char *url, const char *path, const char *format, bool skip)
{
    _cleanup_(import_release) struct import import = {.shows = isatty(STDERR_FILENO)};
    bool reviews = format && strcmp(format, "claimreview") == 0;
    if (format && !reviews && strcmp(format, "ndjson") != 0)
        return session_complain(format, "an import is ndjson or claimreview.");
    open_file(&import, path);
    return import.file && begin(&import, url, reviews) && take_all(&import, reviews) ? end(&import, skip) : 1;
}
