/* handler: the life of a request, from its first line to its end, as libmicrohttpd tells it
 */
#ifndef CLAIMD_HANDLER_H
#define CLAIMD_HANDLER_H

#include <microhttpd.h>

#include "request.h"

/* A request whose target is `target`, of the client at the other end of its connection; owned by the caller until
 * handler_end(). */
struct request *handler_begin(struct service *service, const char *target, const struct peer *peer);

/* As libmicrohttpd's access handler: once for the head, once for each part of a body, once at the end of it. *size is 0
 * afterwards, unless the part cannot be taken yet. */
enum MHD_Result handler_handle(struct request *request, struct MHD_Connection *connection, const char *method,
                               const char *version, const char *bytes, size_t *size);

/* The request is over, answered or not, at that loop_now_us(). Frees it. */
void handler_end(struct request *request, uint64_t now_us);

#endif
