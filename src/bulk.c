/* bulk: the commands that import and export all data, in the lines of line.h */
#include "bulk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buffer.h"
#include "line.h"
#include "memory.h"
#include "session.h"

/* ---- out ---- */

/* Of CSV with one column and marks that no JSON has, the lines are as they are. */
static const char copy_out[] =
    "COPY (SELECT export_lines()) TO STDOUT (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')";

static bool run(PGconn *session, const char *sql)
{
    _cleanup_(session_clear_at) PGresult *result = session_ask(session, sql, 0, NULL);
    return result != NULL;
}

static bool write_copied(PGconn *session)
{
    char *part;
    int size;
    while ((size = PQgetCopyData(session, &part, 0)) > 0) {
        bool written = fwrite(part, (size_t)size, 1, stdout) == 1;
        PQfreemem(part);
        if (!written)
            return !session_complain("cannot write the export", strerror(errno));
    }
    return size == -1 || !session_complain("the database refused", PQerrorMessage(session));
}

int bulk_export(const char *url)
{
    _cleanup_(session_finish_at) PGconn *session = session_open(url, "claimd export");
    if (!session || !run(session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        return 1;
    _cleanup_(session_clear_at) PGresult *copying = PQexec(session, copy_out);
    if (PQresultStatus(copying) != PGRES_COPY_OUT)
        return session_complain("the database refused", PQerrorMessage(session));
    if (!write_copied(session))
        return 1;
    return fflush(stdout) == 0 ? 0 : session_complain("cannot write the export", strerror(errno));
}

/* ---- in ---- */

enum { BATCH = 500 };

struct import {
    PGconn *session;
    FILE *file;
    off_t size; /* of the file; 0: not known */
    bool shows; /* how far it is */
    char *text; /* the line at hand */
    size_t room;
    unsigned long lines, created, replaced, unchanged, refused;
    unsigned batched;
    struct buffer numbers, documents; /* array literals */
};

static void complain_of(unsigned long line, const char *kind, const char *id, const json_t *problems)
{
    json_t *problem;
    size_t i;
    json_array_foreach(problems, i, problem)
        fprintf(stderr, "line %lu%s%s%s%s: %s%s%s\n", line, *kind ? ", " : "", kind, *id ? " " : "", id,
                json_string_value(json_object_get(problem, "pointer")),
                *json_string_value(json_object_get(problem, "pointer")) ? ": " : "",
                json_string_value(json_object_get(problem, "detail")));
}

static void note_refusal(struct import *import, const PGresult *result, int row)
{
    json_t *problems = json_loads(PQgetvalue(result, row, 4), 0, NULL);
    complain_of(strtoul(PQgetvalue(result, row, 0), NULL, 10), PQgetvalue(result, row, 1), PQgetvalue(result, row, 2),
                problems);
    json_decref(problems);
    import->refused++;
}

static void note_outcomes(struct import *import, const PGresult *result)
{
    for (int row = 0; row < PQntuples(result); row++) {
        const char *outcome = PQgetvalue(result, row, 3);
        if (strcmp(outcome, "refused") == 0)
            note_refusal(import, result, row);
        else if (strcmp(outcome, "created") == 0)
            import->created++;
        else if (strcmp(outcome, "replaced") == 0)
            import->replaced++;
        else
            import->unchanged++;
    }
}

static void show(const struct import *import)
{
    if (!import->shows)
        return;
    if (import->size)
        fprintf(stderr, "\r%lu lines, %d %%", import->lines,
                (int)(100.0 * (double)ftello(import->file) / (double)import->size));
    else
        fprintf(stderr, "\r%lu lines", import->lines);
}

static bool ask(struct import *import, const char *sql, int count, const char *const *arguments)
{
    _cleanup_(session_clear_at) PGresult *result = session_ask(import->session, sql, count, arguments);
    if (result)
        note_outcomes(import, result);
    return result;
}

static bool send_batch(struct import *import)
{
    if (!import->batched)
        return true;
    buffer_append(&import->numbers, "}", sizeof("}"));
    buffer_append(&import->documents, "}", sizeof("}"));
    bool good = ask(import, "SELECT * FROM import_lines($1, $2)", 2,
                    (const char *const[]){import->numbers.data, import->documents.data});
    import->batched = 0;
    import->numbers.size = import->documents.size = 0;
    show(import);
    return good;
}

/* An element of an array literal, in quotes. */
static void put_element(struct buffer *array, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"' || text[i] == '\\')
            buffer_putc(array, '\\');
        buffer_putc(array, text[i]);
    }
}

static void add_line(struct import *import, size_t size)
{
    char number[24];
    const char *before = import->batched ? "," : "{";
    snprintf(number, sizeof(number), "%s%lu", before, import->lines);
    buffer_puts(&import->numbers, number);
    buffer_puts(&import->documents, before);
    buffer_putc(&import->documents, '"');
    put_element(&import->documents, import->text, size);
    buffer_putc(&import->documents, '"');
    import->batched++;
}

static bool take_line(struct import *import, size_t size)
{
    json_t *problems;
    import->lines++;
    if (strspn(import->text, " \t\r\n") == size)
        return true;
    if (line_check(import->text, size, &problems)) {
        add_line(import, size);
        return import->batched < BATCH || send_batch(import);
    }
    complain_of(import->lines, "", "", problems);
    json_decref(problems);
    import->refused++;
    return true;
}

static bool take_all(struct import *import)
{
    ssize_t size;
    while ((size = getline(&import->text, &import->room, import->file)) > 0)
        if (!take_line(import, (size_t)size))
            return false;
    if (ferror(import->file))
        return !session_complain("cannot read the file", strerror(errno));
    return send_batch(import) && ask(import, "SELECT * FROM import_end()", 0, NULL);
}

static int end(struct import *import, bool skip)
{
    bool keeps = import->refused == 0 || skip;
    if (!run(import->session, keeps ? "COMMIT" : "ROLLBACK"))
        return 1;
    fprintf(stderr, "%s%lu lines: %lu created, %lu replaced, %lu unchanged, %lu refused%s\n", import->shows ? "\r" : "",
            import->lines, import->created, import->replaced, import->unchanged, import->refused,
            keeps ? "." : ": nothing was taken in.");
    return !keeps;
}

static void import_release(struct import *import)
{
    if (import->file && import->file != stdin)
        fclose(import->file);
    PQfinish(import->session);
    free(import->text);
    buffer_release(&import->numbers);
    buffer_release(&import->documents);
}

int bulk_import(const char *url, const char *path, bool skip)
{
    _cleanup_(import_release) struct import import = {.shows = isatty(STDERR_FILENO)};
    struct stat about;
    import.file = !path || strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!import.file)
        return session_complain(path, strerror(errno));
    if (fstat(fileno(import.file), &about) == 0 && S_ISREG(about.st_mode))
        import.size = about.st_size;
    import.session = session_open(url, "claimd import");
    bool begun = import.session && run(import.session, "BEGIN") &&
                 run(import.session, "SELECT set_config('claimd.comment', 'Imported.', true), await_other_changes()") &&
                 run(import.session, "SELECT import_begin()");
    return begun && take_all(&import) ? end(&import, skip) : 1;
}
