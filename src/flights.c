/* flights: requests that wait for an answer which another one has asked for already */
#include "flights.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "memory.h"

#define HASH_FUNCTION(key, size, hash) ((hash) = (unsigned)hash_of(key, size))
#define uthash_fatal(message) memory_exhausted()
#include <uthash.h>

struct flight {
    UT_hash_handle hh;
    uint64_t version;
    struct flight_seat *first, **end; /* the first one flies */
    bool joinable;                    /* it is among flights->flying */
    char key[];
};

static void sit_down(struct flight *flight, struct flight_seat *seat)
{
    *seat = (struct flight_seat){.flight = flight, .previous = flight->end};
    *flight->end = seat;
    flight->end = &seat->next;
}

static void stand_up(struct flight_seat *seat)
{
    *seat->previous = seat->next;
    *(seat->next ? &seat->next->previous : &seat->flight->end) = seat->previous;
    *seat = (struct flight_seat){0};
}

static void close_flight(struct flights *flights, struct flight *flight)
{
    if (flight->joinable)
        HASH_DEL(flights->flying, flight);
    flight->joinable = false;
}

static struct flight *open_flight(struct flights *flights, const char *key, size_t size, uint64_t version)
{
    struct flight *flight = memory_alloc(sizeof(*flight) + size);
    memcpy(flight->key, key, size);
    flight->version = version;
    flight->end = &flight->first;
    flight->joinable = true;
    HASH_ADD_KEYPTR(hh, flights->flying, flight->key, size, flight);
    return flight;
}

bool flight_join(struct flights *flights, const char *key, size_t size, uint64_t version, struct flight_seat *seat)
{
    struct flight *flight;
    HASH_FIND(hh, flights->flying, key, size, flight);
    bool joined = flight && flight->version == version;
    if (flight && !joined) /* what it brings is older than what this one may get */
        close_flight(flights, flight);
    sit_down(joined ? flight : open_flight(flights, key, size, version), seat);
    return joined;
}

struct flight_seat *flight_land(struct flights *flights, struct flight_seat *seat)
{
    struct flight *flight = seat->flight;
    close_flight(flights, flight);
    stand_up(seat);
    struct flight_seat *first = flight->first;
    for (struct flight_seat *each = first; each; each = each->next)
        each->flight = NULL;
    free(flight);
    return first;
}

struct flight_seat *flight_next(struct flight_seat *seat)
{
    struct flight_seat *next = seat->next;
    *seat = (struct flight_seat){0};
    return next;
}

struct flight_seat *flight_leave(struct flights *flights, struct flight_seat *seat)
{
    struct flight *flight = seat->flight;
    if (!flight)
        return NULL;
    bool flew = flight->first == seat;
    stand_up(seat);
    if (!flight->first) {
        close_flight(flights, flight);
        free(flight);
        return NULL;
    }
    return flew ? flight->first : NULL;
}
