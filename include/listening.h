/* listening: the connection that hears of changes, by notifications and by asking what the state is
 *
 * It does nothing else, as a notification waits until the queries before it are answered. The state is asked for first,
 * and then once a second, to learn soon of a connection that is dead. A server that cannot be listened to, as a
 * standby, is asked whether that is over.
 */
#ifndef CLAIMD_LISTENING_H
#define CLAIMD_LISTENING_H

#include <stdbool.h>
#include <stdint.h>

#include "link.h"
#include "position.h"

/* What `heard` is told, with the text of a notification or of the state. */
enum db_news {
    DB_NEWS_CHANGE, /* a notification */
    DB_NEWS_STATE,  /* what has been notified so far */
    DB_NEWS_LOST,   /* that cannot be known just now, with no text */
};

/* Where the server was when its state was told last. */
struct db_place {
    struct position position; /* not known where the state does not tell it */
    uint64_t asked;           /* loop_now() */
    bool settled;             /* it is behind all that has been notified */
};

/* A question for the state; there is never more than one of a kind under way. */
struct inquiry {
    struct listening *listening;
    bool asked; /* and not answered yet */
    bool due;   /* it is to be asked: it was cut short, or something was notified since */
};

struct listening {
    struct link *link;
    const char *channel;    /* NULL: none, the state alone is asked for */
    const char *state;      /* query of one text, which says what has been notified so far */
    bool placed;            /* the state has the server's position in a second column */
    struct db_place *place; /* where that is noted, before the state is told */
    void (*heard)(struct listening *listening, enum db_news news, const char *text);

    /* private */
    struct loop_timer pulse;
    bool listens;         /* whatever is notified is heard */
    bool listen_due;      /* to ask for that was cut short */
    struct inquiry alive; /* once a second: whether it is answered shows whether the connection is */
    struct inquiry news;  /* where the server is since something was notified */
};

/* The rest of `listening` is set. */
void listening_init(struct listening *listening);

/* The link is ready; nothing that was prepared in its session is needed. */
void listening_begin(struct listening *listening);

/* Something has come by the link. */
void listening_take(struct listening *listening);

/* The link is lost. */
void listening_end(struct listening *listening);

/* There will be no more pulses. */
void listening_release(struct listening *listening);

#endif
