/* What maintenance shares: recounting rows, and its transactions. */
#ifndef SLIM_SQLITE_MAINTAIN_H
#define SLIM_SQLITE_MAINTAIN_H

#include "store/sqlite/read/reader.h"
#include "store/sqlite/write/writer.h"

#define SLIM_DAY INT64_C(86400)

/* Counts rows again, a dimension of a day at a time, into temp.recount. */
struct slim_recount {
    struct slim_sqlite *store;
    struct slim_query query; /* everything, in UTC */
    int64_t rows_from;       /* see slim_sqlite_rows_from */
    int approximate;
};

apr_status_t slim_recount_open(struct slim_recount *recount,
                               struct slim_sqlite *store) SLIM_MUST_CHECK;

/* The first day from day on (days since 1970) that has hits, rollups or sets; -1: there is none,
 * or a failure, which slim_sql_status then is. */
int64_t slim_recount_next_day(struct slim_recount *recount, int64_t day);

/* The first day from day on that has hits; -1: there is none. */
int64_t slim_recount_next_day_of_hits(struct slim_sqlite *store, int64_t day);

/* Counts a dimension's keys over a whole day. */
void slim_recount_day(struct slim_recount *recount, const struct slim_dimension *dimension,
                      int64_t day);

/* Runs a composed statement with a dimension's keys and class over [since, until), seconds; values
 * as slim_sqlite_ask takes them. */
void slim_recount_run(struct slim_recount *recount, const struct slim_dimension *dimension,
                      const char *file, int64_t since, int64_t until,
                      const struct slim_value *values);

/* Adds how many keys were counted, and how many sets. */
void slim_recount_size(struct slim_recount *recount, uint64_t *keys, uint64_t *sets);

/* The values :dimension, :first and :last of the buckets of a dimension's day. */
struct slim_day_values {
    struct slim_value value[4];
};
struct slim_day_values slim_recount_values(const struct slim_dimension *dimension, int64_t day);

/* Makes a dimension's rollups and sets of a day anew, within a transaction. */
void slim_recount_remake(struct slim_recount *recount, const struct slim_dimension *dimension,
                         int64_t day);

/* The quick part of slim_sqlite_check: whether the file is whole, page by page. Works on a store of
 * an older version, too. */
apr_status_t slim_sqlite_check_pages(struct slim_sqlite *store,
                                     const struct slim_store_progress *progress,
                                     struct slim_store_checked *checked) SLIM_MUST_CHECK;

/* Whether the account of imports adds up, and, where all rows are there, has as many stored as rows
 * say; difference: what does not, "" when all does. */
void slim_sqlite_check_imports(struct slim_sqlite *store, int64_t rows_from,
                               struct slim_import_account *account, char *difference, size_t size);

/* slim_sqlite_begin for a command, which waits for its turn as long as the recorder is at work. */
apr_status_t slim_maintain_begin(struct slim_sqlite_writer *writer) SLIM_MUST_CHECK;

/* Ends the transaction of slim_maintain_begin: commits, or rolls back when something failed; merges
 * the log. What is remembered of the store's rows is void then. */
apr_status_t slim_maintain_end(struct slim_sqlite_writer *writer) SLIM_MUST_CHECK;

/* After a commit: merges the write-ahead log into the file when it has grown, so that a command
 * that changes much does not fill the disk with it. That it cannot be is no failure: readers may
 * hold it up, and the next one who writes will try again. */
void slim_maintain_merge(struct slim_sqlite_writer *writer);

/* Reports how far a step is; progress may be NULL. */
void slim_maintain_progress(const struct slim_store_progress *progress, const char *step,
                            uint64_t done, uint64_t total);

/* --- the engine's functions that maintain a store: see store.h --- */

apr_status_t slim_sqlite_check(struct slim_store *store, int full,
                               const struct slim_store_progress *progress,
                               struct slim_store_checked *checked);
apr_status_t slim_sqlite_rebuild(struct slim_store *store,
                                 const struct slim_store_progress *progress,
                                 struct slim_store_rebuilt *rebuilt);
apr_status_t slim_sqlite_rename(struct slim_store *store, const struct slim_store_naming *naming,
                                const struct slim_store_progress *progress,
                                struct slim_store_named *named, apr_pool_t *pool);
apr_status_t slim_sqlite_name_robots(struct slim_store *store,
                                     const struct slim_store_robots *robots, int *more);
apr_status_t slim_sqlite_find_leaks(struct slim_store *store, const struct slim_store_leaks *leaks,
                                    int *more);
apr_status_t slim_sqlite_renew(struct slim_store *store, unsigned sessions,
                               struct slim_store_renewed *renewed);
apr_status_t slim_sqlite_renew_sets(struct slim_store *store, struct slim_store_renewed *renewed);
apr_status_t slim_sqlite_horizon(struct slim_store *store, struct slim_store_horizon *horizon);
apr_status_t slim_sqlite_put_horizon(struct slim_store *store,
                                     const struct slim_store_horizon *horizon);
apr_status_t slim_sqlite_purge(struct slim_store *store, int64_t before, int by_hand, unsigned rows,
                               struct slim_store_purged *purged);
apr_status_t slim_sqlite_count_purge(struct slim_store *store, int64_t before,
                                     struct slim_store_purged *purged);
apr_status_t slim_sqlite_remove(struct slim_store *store, const struct slim_store_removal *removal,
                                const struct slim_store_progress *progress,
                                struct slim_store_removed *removed, apr_pool_t *pool);
apr_status_t slim_sqlite_count_removal(struct slim_store *store,
                                       const struct slim_store_removal *removal,
                                       struct slim_store_removed *removed);
apr_status_t slim_sqlite_backup(struct slim_store *store, const char *path,
                                const struct slim_store_progress *progress);
apr_status_t slim_sqlite_restore(const char *url, const char *from,
                                 const struct slim_store_progress *progress,
                                 struct slim_store **store, apr_pool_t *pool);

#endif
