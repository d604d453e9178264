/* edition: what all threads of a server are told together */
#include "edition.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "log.h"
#include "memory.h"
#include "options.h"

static struct edition *edition_new(const struct config *config, struct tls *tls, struct edition *older)
{
    struct edition *edition = memory_alloc(sizeof(*edition));
    *edition = (struct edition){.config = *config, .tls = tls, .older = older};
    return edition;
}

static struct tls *read_certificate(const struct config *config, char fault[static TLS_FAULT])
{
    return tls_read(config->tls_certificate, config->tls_key, config->tls_priorities, fault);
}

static void log_certificate(const struct tls *tls)
{
    enum { DAY = 86400 };
    log_event(LOG_INFO, "certificate", LOG_NUMBER("days_left", (tls_ends(tls) - time(NULL)) / DAY));
}

struct edition *edition_first(const struct config *config)
{
    char fault[TLS_FAULT];
    if (!config->tls_certificate)
        return edition_new(config, NULL, NULL);
    struct tls *tls = read_certificate(config, fault);
    if (!tls) {
        fprintf(stderr, "claimd: %s\n", fault);
        return NULL;
    }
    log_certificate(tls);
    return edition_new(config, tls, NULL);
}

/* What may change keeps the value that was told, and all else gets the value that it had; how many have changed. */
static unsigned merge_settings(struct config *next, const struct config *now)
{
    unsigned changed = 0;
    for (const struct setting *setting = config_settings; setting->flag; setting++) {
        if (!setting->variable || config_same(next, now, setting))
            continue;
        if (setting->live) {
            changed++;
            continue;
        }
        log_event(LOG_WARNING, "needs-restart", LOG_TEXT("setting", setting->flag));
        config_keep(next, now, setting);
    }
    return changed;
}

/* As it is now, or the same one if it has not changed; NULL if it cannot be used. */
static struct tls *renew_certificate(const struct edition *now, char fault[static TLS_FAULT])
{
    struct tls *next = read_certificate(&now->config, fault);
    if (!next || !tls_same(next, now->tls))
        return next;
    tls_release(next);
    return now->tls;
}

static bool refuse(const char *reason)
{
    log_event(LOG_ERROR, "reload-refused", LOG_TEXT("reason", reason));
    return false;
}

bool edition_renew(struct edition **edition, int argc, char *const argv[], unsigned *ret_changed)
{
    char fault[TLS_FAULT];
    struct config next;
    struct edition *now = *edition;
    if (!options_reread(&next, argc, argv))
        return refuse(config_fault());
    struct tls *tls = now->tls ? renew_certificate(now, fault) : NULL;
    if (now->tls && !tls) {
        config_release(&next);
        return refuse(fault);
    }
    *ret_changed = merge_settings(&next, &now->config);
    if (tls != now->tls)
        log_certificate(tls);
    if (*ret_changed || tls != now->tls)
        *edition = edition_new(&next, tls, now);
    else
        config_release(&next);
    return true;
}

void edition_release(struct edition *edition)
{
    for (struct edition *older; edition; edition = older) {
        older = edition->older;
        if (!older || older->tls != edition->tls)
            tls_release(edition->tls);
        config_release(&edition->config);
        free(edition);
    }
}
