/* patch: a merge patch does to any target what RFC 7396 says of each member, and once is as often */
#include <jansson.h>
#include <stdbool.h>

#include "contract.h"
#include "fuzz.h"
#include "merge.h"
#include "routes.h"

/* Section 2; `before` is NULL where there was nothing. */
static void hold_patched(const json_t *before, const json_t *patch, const json_t *after)
{
    const char *name;
    json_t *member;
    if (!json_is_object(patch)) {
        HOLDS(json_equal(patch, after));
        return;
    }
    HOLDS(json_is_object(after));
    json_object_foreach((json_t *)patch, name, member)
    {
        const json_t *left = json_object_get(after, name);
        if (json_is_null(member))
            HOLDS(!left);
        else
            hold_patched(json_object_get(before, name), member, left);
    }
    json_object_foreach((json_t *)before, name, member)
        HOLDS(json_object_get(patch, name) || json_equal(member, json_object_get(after, name)));
    json_object_foreach((json_t *)after, name, member)
        HOLDS(json_object_get(patch, name) || json_object_get(before, name));
}

static void hold_merged(json_t *target, json_t *patch)
{
    json_auto_t *before = json_deep_copy(target), *kept = json_deep_copy(patch), *once = merge_patch(target, patch),
                *after = json_deep_copy(once), *twice = merge_patch(once, patch);
    hold_patched(before, patch, after);
    HOLDS(json_equal(kept, patch) && json_equal(after, twice));
}

static json_t *read(struct input *input)
{
    char fault[CONTRACT_FAULT_SIZE];
    _cleanup_(text_release) char *text = input_text(input, '\n');
    return contract_read(text, strlen(text), fault);
}

/* The target, if any, and the patch, each on a line */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    json_auto_t *target = read(&input), *patch = read(&input);
    if (patch)
        hold_merged(target, patch);
    return 0;
}
