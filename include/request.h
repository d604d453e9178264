/* request: what is known of one request, and how it is answered
 *
 * NEW → ACCEPTED → WAITING → READY. While it waits, for the database or for another request's answer, the connection is
 * suspended. All of it belongs to one thread.
 */
#ifndef CLAIMD_REQUEST_H
#define CLAIMD_REQUEST_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "answer.h"
#include "arena.h"
#include "buffer.h"
#include "document.h"
#include "error.h"
#include "fields.h"
#include "params.h"
#include "peer.h"
#include "reply.h"
#include "service.h"
#include "stream.h"
#include "trace.h"
#include "waiting.h"

enum { REQUEST_ID_SIZE = 65 };

struct renewal;
struct write;
struct import;

struct request {
    struct service *service;
    struct MHD_Connection *connection;
    enum { REQUEST_NEW, REQUEST_ACCEPTED, REQUEST_WAITING, REQUEST_READY } state;
    const char *target;          /* as sent */
    const char *target_received; /* where libmicrohttpd had it */
    const char *method;
    const struct peer *peer; /* the connection's */
    size_t head_size;        /* bytes of the connection's memory that its head takes */
    struct fields fields;
    char id[REQUEST_ID_SIZE];      /* the client's, or "" until request_id() is asked for it */
    char trace[TRACE_PARENT_SIZE]; /* its own traceparent, or "" until request_trace() is asked for it */
    uint64_t begun;                /* loop_now_us() */
    uint64_t answered;             /* the same of when its answer was handed over; 0: that of all others was */
    struct arena arena;

    /* what is asked for */
    struct params params;
    const struct representation *representation; /* of a document that is made from data */
    const char *key;                             /* what chooses the answer, if it may be kept; NULL otherwise */
    struct flight_seat seat;                     /* while the answer is on its way */
    bool has_older;                              /* there is an answer by that key which was right before */

    const char *digest;                                  /* of the token that it reads by, once that was looked at */
    void (*granted)(struct request *request);            /* what it does once what it waits for is there */
    void (*renewed)(struct request *request, bool good); /* the same of one that goes on reading */
    struct renewal *renewal;                             /* that it waits for, or NULL */
    struct request *renewing;                            /* the next that does */
    bool suspended;                                      /* its connection is */
    const struct error *refusal;                         /* by its head, for when all of it has come; NULL: none */
    bool closes;                                         /* its connection must end with the answer */

    /* quota's */
    const char *quota_left, *quota_policy; /* RateLimit and RateLimit-Policy, or NULL */
    /* reading's */
    struct {
        enum { READING_OVER, READING_PRIMARY, READING_STANDBY, READING_AWAITING } state;
        bool asked_standby;      /* the call has been asked of one */
        struct loop_timer pause; /* until it is looked again whether a standby has come so far */
        struct db_call look;     /* that looks */
    } reading;
    /* of the data that the answer's parts hold: */
    unsigned parts;
    bool parts_of_standbys;   /* one of them at least is */
    bool unconfirmed;         /* and may be older than the service lets it be */
    struct position position; /* that all of them have reached; not known: none in particular */

    /* write's */
    struct buffer body;  /* as far as it has come */
    size_t body_held;    /* what was noted of it (see held.h) */
    bool crowded_out;    /* there was no room for it */
    struct write *write; /* NULL: it reads */
    struct import *import;

    /* fetch's */
    struct answer_count count;
    struct data_state data; /* when the database was first asked */
    enum query_aim aim;     /* of the call under way */
    struct db_call call;
    uint64_t asked;         /* loop_now_us() of the call */
    uint64_t waited;        /* microseconds of all of them */
    uint64_t queued;        /* of these while no connection had taken them */
    struct position least;  /* that the answer must hold, by the client's word */
    struct stream stream;   /* of a streamed answer */
    size_t part_held;       /* what was noted of its part */
    struct waiting waiting; /* for changes */
    uint64_t rested;        /* microseconds that it wished to wait for them */
    bool caught_up;         /* a follower has been sent all changes that there are */
    char reached[24];       /* by a follower: the last that it was sent */
    struct arena page;      /* what one page of it needs, or one query of those of a wait */

    /* the answer, once READY: a document, or else a response of its own */
    unsigned status;
    struct document *document;
    struct MHD_Response *response;
    size_t size;             /* bytes of that one's body */
    const char *place;       /* links from it to others of its list, or NULL */
    bool recalled;           /* the document was there already */
    unsigned age;            /* seconds since the document was last known to be right, rounded up; 0: it is */
    enum error_code excuse;  /* why one is given that may not be */
    const char *memory;      /* for the log: whether the answer was in memory; NULL: it could not have been */
    enum error_code failure; /* that it tells */
    struct request *spare;   /* the next of those that have ended */
};

/* A request whose target is `target`, of the client at the other end of the connection, who outlives it. */
struct request *request_new(struct service *service, const char *target, const struct peer *peer);

/* Nothing may wait for it any more. */
void request_free(struct request *request);

/* Frees what the service keeps for further requests. */
void request_forget_spares(struct service *service);

/* The field's value, or NULL. */
const char *request_field(const struct request *request, enum field field);

/* The digest of the bearer token that it must have (see secret.h), worked out once. */
const char *request_digest(struct request *request);

bool request_has_method(const struct request *request, const char *method);

/* Whether it is answered by events, for as long as the client likes. */
bool request_is_followed(const struct request *request);

/* Whether what it is answered with must be new: what has events. */
bool request_asks_for_news(const struct request *request);

/* Bytes of the connection's memory that its head may take, so that there is room for that of an answer. */
size_t request_head_most(const struct request *request);

/* The client's own id where it is harmless in a log and a header, else one that no other request of this server has. */
const char *request_id(struct request *request);

/* The traceparent of what is done for the request, whose span it is; NULL: the client sent none. */
const char *request_trace(struct request *request);

/* The row of the table of endpoints that the request is for; NULL: none. */
const struct route *request_route(const struct request *request);

/* ---- the database ---- */

/* As db_start(), for the request's call. */
enum db_status request_ask(struct request *request);

/* The call has ended: to be said first thing when it does. */
void request_heard(struct request *request);

/* Whether the client has the document, by what it says of its own (RFC 9110, section 13). */
bool request_has(const struct request *request, const struct document *document);

/* ---- answers: each makes the request READY ---- */

/* With the document, or that the client has it already; takes a reference of its own. */
void request_answer(struct request *request, struct document *document);

void request_reply(struct request *request, struct reply reply);
void request_fail(struct request *request, const struct error *error);

/* The same for a call of the database that could not be started, or has ended so. */
void request_fail_status(struct request *request, enum db_status status);
void request_refuse(struct request *request, enum error_code code, const char *detail);

/* The header fields that every answer to such a request has, and Link with `place` (NULL: nothing) before the links
 * that every document has. They live as long as the request. */
void request_headers(struct request *request, const char *place, struct headers *headers);

/* What a document for such a request is made into, of data that are so from the second `modified` on (0: not known). */
struct reply_form request_form(const struct request *request, const char *media_type, int64_t modified);

/* Of the web pages that the service lets read answers, the one that asks; "*": all may, NULL: it may not, or none does.
 */
const char *request_origin(const struct request *request);

/* Hands the answer of a READY request to libmicrohttpd. */
enum MHD_Result request_queue(struct request *request);

/* The request waits. */
void request_suspend(struct request *request);

/* The request is READY, or its stream has something to send, and was waiting. */
void request_resume(struct request *request);

#endif
