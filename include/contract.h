/* contract: documents that clients send, held against the schemas of openapi.json
 *
 * What is checked is what the contract says of the schema: types, required and unknown members, enumerations, patterns,
 * limits, dates; members that are readOnly are not looked at. May be used by any thread.
 */
#ifndef CLAIMD_CONTRACT_H
#define CLAIMD_CONTRACT_H

#include <jansson.h>
#include <stddef.h>

#include "buffer.h"

enum { CONTRACT_FAULT_SIZE = 256, CONTRACT_DEPTH_MAX = 32, CONTRACT_PROBLEMS_MAX = 1000 };

/* The document, or NULL and what is wrong with the text, and where, in `fault`. Refused are also members that stand
 * twice in an object (RFC 8259, section 4), and more levels than CONTRACT_DEPTH_MAX. */
json_t *contract_read(const char *text, size_t size, char fault[static CONTRACT_FAULT_SIZE]);

/* Appends to `problems`, for everything in which the document is not of the schema (of components/schemas), an object
 * with its JSON pointer (RFC 6901) and a detail; of very many, the first CONTRACT_PROBLEMS_MAX. */
void contract_check(const char *schema, const json_t *document, json_t *problems);

/* Appends another one. */
void contract_problem(json_t *problems, const char *pointer, const char *detail);

/* Appends a member's name to a JSON pointer, behind its "/" and with its own escaped (RFC 6901, section 4). */
void contract_put_name(struct buffer *pointer, const char *name);

#endif
