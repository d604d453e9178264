/* field: whatever a header field says, what is made of it is one of what can be, and the same in other words */
#include <ctype.h>
#include <stdbool.h>

#include "etag.h"
#include "fuzz.h"
#include "httpdate.h"
#include "negotiate.h"
#include "origin.h"
#include "secret.h"
#include "trace.h"

/* ---- what is negotiated ---- */

static void hold_coding(const char *field)
{
    enum coding coding = negotiate_coding(field);
    HOLDS(coding == CODING_IDENTITY || coding == CODING_GZIP || coding == CODING_BROTLI);
    HOLDS(coding != CODING_GZIP || negotiate_quality(field, "gzip"));
    HOLDS(coding != CODING_BROTLI || negotiate_quality(field, "br"));
}

/* Names are the same in any case, and weights are none beyond the most. */
static void hold_wants(const char *field, const char *loud, const char *name)
{
    HOLDS(negotiate_quality(field, name) <= QUALITY_MOST && negotiate_media_type(field, "text/csv") <= QUALITY_MOST);
    HOLDS(negotiate_quality(field, name) == negotiate_quality(loud, name));
    HOLDS(negotiate_media_type(field, "text/csv") == negotiate_media_type(loud, "text/csv"));
    HOLDS(negotiate_coding(field) == negotiate_coding(loud));
    HOLDS(negotiate_prefers(field, "count", name) == negotiate_prefers(loud, "count", name));
    HOLDS(negotiate_is_type(field, name) == negotiate_is_type(loud, name));
}

/* What is listed before all others is wanted as much as it says. */
static void hold_first(const char *field)
{
    _cleanup_(text_release) char *listed = memory_format("x-first;q=0.25, %s", field);
    _cleanup_(text_release) char *preferred = memory_format("count=exact, %s", field);
    HOLDS(negotiate_quality(listed, "x-first") == QUALITY_MOST / 4);
    HOLDS(negotiate_prefers(preferred, "count", "exact"));
}

/* ---- validators ---- */

static void hold_revisions(const char *field)
{
    struct arena arena;
    arena_init(&arena);
    const char *next = etag_revisions(&arena, field);
    HOLDS(*next++ == '{');
    while (*next != '}') {
        size_t digits = strspn(next, "0123456789");
        HOLDS(digits && digits < 19 && strchr(",}", next[digits]));
        next += digits + (next[digits] == ',' && next[digits + 1] != '}');
    }
    HOLDS(!next[1]);
    arena_release(&arena);
}

/* A list that begins with a validator names it, strong or weak. */
static void hold_listed(const char *field, const char *other)
{
    char etag[ETAG_SIZE];
    etag_of(other, strlen(other), (int64_t)strlen(other), etag);
    _cleanup_(text_release) char *list = memory_format("%s, %s", etag, field), *weak = memory_format("W/%s", list);
    HOLDS(etag_listed(list, etag) && etag_listed(weak, etag));
    HOLDS(!etag_listed(field, etag) || strpbrk(field, "\"*"));
}

/* ---- others ---- */

static void hold_date(const char *field)
{
    char text[HTTPDATE_SIZE];
    int64_t seconds = httpdate_parse(field);
    if (seconds < 0)
        return;
    httpdate_format(seconds, text);
    HOLDS(strlen(text) == HTTPDATE_SIZE - 1 && httpdate_parse(text) == seconds);
}

static void hold_trace(const char *field)
{
    char id[TRACE_ID_SIZE];
    bool good = trace_id(field, id);
    HOLDS(strlen(id) == (good ? TRACE_ID_SIZE - 1 : 0) && strspn(id, "0123456789abcdef") == strlen(id));
    HOLDS(!good || strstr(field, id));
}

static void hold_secret(const char *field)
{
    char digest[SECRET_DIGEST_SIZE];
    const char *secret = secret_bearer(field);
    HOLDS(!secret || (secret > field && secret <= field + strlen(field) && *secret != ' '));
    secret_digest(secret ? secret : "", digest);
    HOLDS(strlen(digest) == SECRET_DIGEST_SIZE - 1);
}

/* An origin may read what its name is on the list for, and no other. */
static void hold_origin(const char *list, const char *origin)
{
    const char *allowed = origin_allowed(list, origin);
    _cleanup_(text_release) char *among = memory_format("https://a.example,%s", origin);
    HOLDS(!allowed || strcmp(allowed, "*") == 0 || (strcmp(allowed, origin) == 0 && strstr(list, origin)));
    HOLDS(!*origin || strchr(origin, ',') || origin_allowed(among, origin));
}

/* A field, and a name that may be in it, each on a line */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    _cleanup_(text_release) char *field = input_text(&input, '\n'), *name = input_text(&input, '\n');
    _cleanup_(text_release) char *loud = memory_text(field);
    for (char *letter = loud; *letter; letter++)
        *letter = (char)toupper((unsigned char)*letter);
    hold_coding(field);
    hold_wants(field, loud, name);
    hold_first(field);
    hold_revisions(field);
    hold_listed(field, name);
    hold_date(field);
    hold_trace(field);
    hold_secret(field);
    hold_origin(field, name);
    return 0;
}
