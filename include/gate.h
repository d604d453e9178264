/* gate: what a request must pass by its head alone, before its body is read and anything is done for it
 *
 * gate.c has THE list of checks, in the order in which they are made: the first one that fails says what is answered.
 * How often the client asks comes first, so that every request that reaches the service counts, whatever is wrong with
 * it; but for whoever asks whether the service lives or is ready, who is no client and costs no more than a refusal.
 */
#ifndef CLAIMD_GATE_H
#define CLAIMD_GATE_H

#include "request.h"

/* How a request whose fields are read goes on. */
enum gate {
    GATE_OPEN,
    GATE_REFUSED, /* but what it sends behind its head, if anything, can be told from the next request */
    GATE_CLOSED   /* the connection must end with the answer: a body, or what may be one, is not read */
};

/* `method` and `version` as libmicrohttpd hands them out, in its own memory. Sets *error unless the gate is open. */
enum gate gate_pass(struct request *request, const char *method, const char *version, struct error *error);

/* A body may have as many bytes as the service lets it. */
void gate_refuse_size(const struct request *request, struct error *error);

#endif
