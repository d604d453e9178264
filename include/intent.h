/* intent: what a request wants to have written, as its head and its body say
 *
 * Where a body is taken and that fails, the request is refused, and READY.
 */
#ifndef CLAIMD_INTENT_H
#define CLAIMD_INTENT_H

#include <stdbool.h>

#include "error.h"
#include "request.h"

/* In the request's arena. */
struct intent {
    const char *action;        /* the method, unless the route says what is done */
    const char *digest;        /* of the token */
    const char *id, *shown_id; /* of what is written, and of what is answered with; NULL: not known yet, the same */
    const char *document;      /* JSON; NULL: there is none */
    const char *matches;       /* revisions that If-Match names, as an array; NULL: there is none */
    const char *comment;
    bool only_new; /* If-None-Match: * */
    bool is_trial;
    bool named;          /* the client says the id of what it posts */
    const char *key;     /* Idempotency-Key, or NULL */
    const char *request; /* with a key: the digest of all that is asked for */
};

/* What can be told of such a request from its head alone; false with *error set if it is refused. */
bool intent_may_begin(const struct request *request, struct error *error);

/* What the head says. */
void intent_read(struct request *request, struct intent *intent);

bool intent_does(const struct intent *intent, const char *action);

/* Whether nothing is left of the thing that one could be answered with. */
bool intent_retracts(const struct intent *intent);

/* Has the body of what is posted be the document, as it takes that to find an id for it, or the revision to go back to.
 * One that is no JSON, or of another form, is left: it is refused once it is known who asks. */
void intent_draft(struct request *request, struct intent *intent);

/* Has the body be the document, unless there is one. */
bool intent_take_body(struct request *request, struct intent *intent);

/* Has the document be what the body, a merge patch (RFC 7396), makes of that of a revision. It is that revision then
 * which has to match, if it is one of those that the client names. */
bool intent_take_patch(struct request *request, struct intent *intent, const char *document, const char *revision);

#endif
