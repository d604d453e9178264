/* httpdate: dates as HTTP has them */
#include "httpdate.h"

#include <stddef.h>
#include <time.h>

void httpdate_format(int64_t seconds, char text[static HTTPDATE_SIZE])
{
    struct tm date;
    time_t time = seconds;
    gmtime_r(&time, &date);
    strftime(text, HTTPDATE_SIZE, "%a, %d %b %Y %H:%M:%S GMT", &date);
}

int64_t httpdate_parse(const char *text)
{
    static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                        "%a %b %e %H:%M:%S %Y"};
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        struct tm date = {0};
        const char *end = strptime(text, forms[i], &date);
        if (end && !*end)
            return timegm(&date);
    }
    return -1;
}
