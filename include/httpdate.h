/* httpdate: dates as HTTP has them (RFC 9110, section 5.6.7)
 */
#ifndef CLAIMD_HTTPDATE_H
#define CLAIMD_HTTPDATE_H

#include <stdint.h>

enum { HTTPDATE_SIZE = sizeof("Sun, 06 Nov 1994 08:49:37 GMT") };

/* Of seconds since 1970, as IMF-fixdate. */
void httpdate_format(int64_t seconds, char text[static HTTPDATE_SIZE]);

/* Seconds since 1970 of any of the three forms; -1 for what is none of them. */
int64_t httpdate_parse(const char *text);

#endif
