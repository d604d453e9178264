/* flights: requests that wait for an answer which another one has asked for already
 *
 * Of requests for one answer that come at the same time the first asks the database, and the others get what it gets.
 * One thread at a time.
 */
#ifndef CLAIMD_FLIGHTS_H
#define CLAIMD_FLIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flight;

/* A request's place in a flight. All zero is none. */
struct flight_seat {
    struct flight *flight;
    struct flight_seat *next, **previous;
};

struct flights {
    struct flight *flying; /* those that can be joined */
};

/* Joins the flight for the answer of that key, made from data of that version; true if there was one. Otherwise the
 * caller flies: it gets the answer and calls flight_land(). */
bool flight_join(struct flights *flights, const char *key, size_t size, uint64_t version, struct flight_seat *seat);

/* The one that flies has its answer: ends the flight, and its own seat. Returns the first seat of those that waited,
 * for flight_next(); NULL: nobody. */
struct flight_seat *flight_land(struct flights *flights, struct flight_seat *seat);

/* Ends a seat of a flight that has landed; returns the next one. Until then whoever sits in it must not go. */
struct flight_seat *flight_next(struct flight_seat *seat);

/* A request leaves before the flight has landed. If it was the one that flies, the next does: its seat is returned, and
 * it has to ask. NULL otherwise; harmless for one that sits nowhere. */
struct flight_seat *flight_leave(struct flights *flights, struct flight_seat *seat);

#endif
