/* target: what a request line asks for is refused with a reason, or can be asked for by its own target too */
#include "target.h"

#include <ctype.h>

#include "asked.h"
#include "sealed.h"
#include "url.h"

/* Of what is not encoded at all, the encoded form leads back to it. */
static void hold_encoding(struct arena *arena, const char *text)
{
    _cleanup_(buffer_release) struct buffer encoded = BUFFER_INIT;
    const char *decoded = NULL;
    url_encode(&encoded, text);
    const char *fault = url_decode(arena, encoded.data ? encoded.data : "", encoded.size, false, &decoded);
    HOLDS(fault || strcmp(decoded, text) == 0);
    if (fault)
        hold_text(fault);
}

static const char *absolute(struct arena *arena, const char *target)
{
    return *target == '/' ? arena_format(arena, "HTTP://user@host:1%s", target) : target;
}

static unsigned count_slashes(const char *path)
{
    unsigned count = 0;
    for (; *path && *path != '?'; path++)
        count += *path == '/';
    return count;
}

/* What parts the path are slashes as they stand, and no encoded ones. */
static void hold_parts(const char *target, const struct params *params)
{
    const struct route *route = params->page ? params->page : params->route;
    HOLDS(*target != '/' || count_slashes(target) == count_slashes(route->path));
}

/* METHOD TARGET */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct params params, same;
    struct error error, other;
    struct input input = {data, size};
    _cleanup_(text_release) char *method = input_text(&input, ' '), *target = input_text(&input, 0);
    arena_init(&arena);
    sealed_begin();
    error_init(&error);
    error_init(&other);
    bool good = target_read(&arena, method, target, &params, &error);
    HOLDS(good == target_read(&arena, method, absolute(&arena, target), &same, &other));
    if (good) {
        hold_same(&params, &same);
        hold_way_back(&arena, method, &params);
        hold_parts(target, &params);
    } else {
        hold_refusal(&error);
        HOLDS(error.code == other.code);
    }
    hold_encoding(&arena, target);
    arena_release(&arena);
    return 0;
}
