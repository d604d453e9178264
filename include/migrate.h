/* migrate: brings the database's schema up to date, in dbmate's format and with its table schema_migrations
 *
 * Blocking; for start-up and the command line. Each migration is one transaction, which waits a second at most for a
 * lock and is tried again for some minutes where it did not get it; an advisory lock lets several processes start at
 * once.
 */
#ifndef CLAIMD_MIGRATE_H
#define CLAIMD_MIGRATE_H

/* Applies what is missing, and lets the role `service` (NULL: the role of the url) serve. Waits up to half a minute for
 * a database that is not there yet. Returns 0, or 1 after one sentence on stderr. */
int migrate_up(const char *url, const char *service);

/* Prints a line a migration: applied or pending. Returns 0, or 1 after one sentence on stderr. */
int migrate_status(const char *url);

#endif
