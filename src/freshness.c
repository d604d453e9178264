/* freshness: what a thread knows of the data that answers are made from: which version of them is the last, how far the
 * primary and its standbys have come, and what this process has written */
#include "freshness.h"

#include <stdatomic.h>
#include <time.h>

#include "loop.h"

/* What all threads have written: the one thing that they share, so that who has written something reads it, too,
 * whichever thread answers, though the database's notification may be on its way still. */
static _Atomic uint64_t writes;

/* Behind all of them, and when one was made of which nothing is known: each only grows, and before the write is
 * counted. */
static _Atomic uint64_t written_timeline, written_change, unplaced;

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- versions ---- */

/* One that began earlier than another may be told later, and long after it began. What the threads find at the start
 * gets one date, though they find it one after the other: their answers to one question are the same. */
static void begin_version(struct freshness *known, int64_t told_at, struct position position)
{
    enum { START_SECONDS = 2 };
    int64_t heard_at = later(time(NULL) + 1, known->began + START_SECONDS);
    int64_t changed_at = later(later(told_at, heard_at), known->data.changed_at);
    known->data = (struct data_state){.version = ++known->versions,
                                      .changed_at = changed_at,
                                      .told_at = later(told_at, known->data.told_at),
                                      .position = position};
    if (known->changed)
        known->changed(known);
}

static void know_nothing(struct freshness *known)
{
    known->data = (struct data_state){0};
}

/* ---- how new a standby is ---- */

static bool has_unplaced(const struct freshness *known)
{
    return known->unplaced_at && known->placed_at <= known->unplaced_at;
}

static bool is_in_bound(const struct freshness *known, struct position reached)
{
    return lag_of(&known->lag, reached, loop_now()) <= known->lag_most;
}

bool freshness_confirms(const struct freshness *known, struct position reached)
{
    return !has_unplaced(known) && is_in_bound(known, reached);
}

static bool standby_speaks(const struct freshness *known)
{
    return known->standby_heard && !known->primary_heard;
}

uint64_t freshness_bound_in(const struct freshness *known)
{
    if (!standby_speaks(known) || known->overdue || !is_in_bound(known, known->reached))
        return 0;
    return known->lag_most - lag_of(&known->lag, known->reached, loop_now()) + 1;
}

void freshness_look_at_bound(struct freshness *known)
{
    bool before = known->overdue;
    known->overdue = standby_speaks(known) && !freshness_confirms(known, known->reached);
    if (known->overdue != before && known->data.version)
        begin_version(known, 0, known->reached);
}

static void catch_up_with_unplaced(struct freshness *known)
{
    uint64_t at = unplaced;
    if (known->unplaced_at == at)
        return;
    known->unplaced_at = at;
    freshness_look_at_bound(known);
}

/* ---- what the primary tells ---- */

void freshness_change(struct freshness *known, int64_t told_at)
{
    known->primary_heard = true;
    known->overdue = false;
    begin_version(known, told_at, (struct position){0});
}

/* Of a change that was notified the position comes with the state that is asked for then. */
static void note_place(struct freshness *known, const struct db_place *place)
{
    catch_up_with_unplaced(known);
    known->confirmed_at = place->asked;
    if (!place->position.timeline)
        return;
    lag_note(&known->lag, place->position, place->asked);
    if (place->settled && !known->data.position.timeline)
        known->data.position = place->position;
    if (has_unplaced(known))
        known->written = position_later(known->written, place->position);
    known->placed_at = place->asked;
}

void freshness_state(struct freshness *known, int64_t told_at, const struct db_place *place)
{
    bool same = known->primary_heard && known->data.version && told_at <= known->data.told_at;
    if (!same)
        freshness_change(known, told_at);
    note_place(known, place);
}

/* At each attempt to reach it, too, while a standby speaks. */
void freshness_lost(struct freshness *known)
{
    if (known->primary_heard || !known->standby_heard)
        know_nothing(known);
    known->primary_heard = false;
}

/* ---- what a standby tells ---- */

void freshness_standby_state(struct freshness *known, int64_t last_change, const struct db_place *place)
{
    bool same = known->data.version && last_change == known->last_change;
    known->standby_heard = true;
    known->last_change = last_change;
    known->reached = place->position;
    if (known->primary_heard)
        return;
    known->confirmed_at = place->asked;
    if (!same)
        begin_version(known, 0, place->position);
    else if (!known->data.position.timeline)
        known->data.position = place->position;
    freshness_look_at_bound(known);
}

void freshness_standby_lost(struct freshness *known)
{
    known->standby_heard = false;
    if (!known->primary_heard)
        know_nothing(known);
}

/* ---- what this process has written ---- */

static void raise_to(_Atomic uint64_t *most, uint64_t value)
{
    uint64_t before = *most;
    while (before < value && !atomic_compare_exchange_weak(most, &before, value))
        ;
}

void freshness_wrote(struct freshness *known, struct position position)
{
    raise_to(&written_timeline, position.timeline);
    raise_to(&written_change, position.change);
    writes++;
    freshness_catch_up(known);
}

void freshness_may_have_written(struct freshness *known)
{
    raise_to(&unplaced, loop_now());
    freshness_catch_up(known);
}

void freshness_catch_up(struct freshness *known)
{
    uint64_t now = writes;
    catch_up_with_unplaced(known);
    if (known->writes_seen == now)
        return;
    known->writes_seen = now;
    known->own_from = known->versions + 1;
    known->written = position_later(known->written, (struct position){(uint32_t)written_timeline, written_change});
    if (known->data.version)
        begin_version(known, 0, (struct position){0});
}

/* ---- how old what is kept is ---- */

/* The last version is right as long as the database has said so. Who has written does not read what was before that. */
unsigned freshness_age(const struct freshness *known, uint64_t version, uint64_t right_at)
{
    bool last = version == known->versions && known->confirmed_at > right_at;
    uint64_t age = (loop_now() - (last ? known->confirmed_at : right_at)) / 1000 + 1;
    return version >= known->own_from && age <= known->stale_most ? (unsigned)age : 0;
}
