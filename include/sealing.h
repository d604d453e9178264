/* sealing: requests with a cursor that came before the key of cursors
 *
 * Each reading connection brings the key when it is opened (see service_greeting). Who asks before the first one is
 * open waits for it like any other request does for the database.
 */
#ifndef CLAIMD_SEALING_H
#define CLAIMD_SEALING_H

#include <stdbool.h>

#include "request.h"

/* Has the request wait for the key, and then calls `go_on`, or fails the request. False if the key is there. */
bool sealing_await(struct request *request, void (*go_on)(struct request *request));

#endif
