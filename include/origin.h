/* origin: which web pages may read an answer (Fetch Standard, section 3.2: CORS)
 */
#ifndef CLAIMD_ORIGIN_H
#define CLAIMD_ORIGIN_H

/* What Access-Control-Allow-Origin says to an Origin field (NULL: none): "*" where all may, the origin itself where the
 * comma list has it, else NULL. */
const char *origin_allowed(const char *list, const char *origin);

#endif
