/* What keeping house shares: rows counted anew, and small things around statements. */
#ifndef SLIM_SQLITE_HOUSE_H
#define SLIM_SQLITE_HOUSE_H

#include "sqlite_reader.h"

#define SLIM_DAY INT64_C(86400)

/* Rows counted anew, a dimension of a day at a time, into temp.recount. */
struct slim_recount {
    struct slim_sqlite *store;
    struct slim_query query; /* everything, in UTC */
    int64_t rows_from;       /* see slim_sqlite_rows_from */
    int approximate;
    char sql[8192];
};

apr_status_t slim_recount_open(struct slim_recount *recount,
                               struct slim_sqlite *store) SLIM_MUST_CHECK;

/* The first day from day on (days since 1970) that has hits, rollups or sets; -1: there is none. */
apr_status_t slim_recount_next_day(struct slim_recount *recount, int64_t day,
                                   int64_t *next) SLIM_MUST_CHECK;

/* Counts a dimension's keys over a whole day. */
apr_status_t slim_recount_day(struct slim_recount *recount, const struct slim_dimension *dimension,
                              int64_t day) SLIM_MUST_CHECK;

/* Runs a composed statement for a dimension over [since, until): with its keys and class, :since,
 * :until (as hits' numbers), :unit and :dimension. */
apr_status_t slim_recount_run(struct slim_recount *recount, const struct slim_dimension *dimension,
                              const char *file, int64_t since, int64_t until) SLIM_MUST_CHECK;

/* How many keys were counted, and how many sets. */
apr_status_t slim_recount_size(struct slim_recount *recount, uint64_t *keys,
                               uint64_t *sets) SLIM_MUST_CHECK;

/* Prepares a statement and binds the buckets of a dimension's day: :dimension, :first, :last. */
apr_status_t slim_recount_prepare(struct slim_recount *recount, const char *file,
                                  const struct slim_dimension *dimension, int64_t day,
                                  sqlite3_stmt **statement) SLIM_MUST_CHECK;

/* The second from which on all rows are there; 0: none was ever deleted for its age. */
apr_status_t slim_sqlite_rows_from(struct slim_sqlite *store, int64_t *rows_from) SLIM_MUST_CHECK;

/* Runs a prepared statement that gives no row, and finalizes it. */
apr_status_t slim_sqlite_finish(struct slim_sqlite *store, sqlite3_stmt *statement) SLIM_MUST_CHECK;

/* Runs a file without parameters. */
apr_status_t slim_sqlite_run_file(struct slim_sqlite *store, const char *file) SLIM_MUST_CHECK;

/* Steps a prepared statement to its only row and takes its first count numbers; a missing row and
 * null are none. Finalizes it. */
apr_status_t slim_sqlite_take_numbers(struct slim_sqlite *store, sqlite3_stmt *statement,
                                      int64_t none, int64_t *numbers, int count) SLIM_MUST_CHECK;

/* The quick part of slim_sqlite_check: whether the file is whole, page by page. Works on a store of
 * an older version, too. */
apr_status_t slim_sqlite_check_pages(struct slim_sqlite *store,
                                     const struct slim_store_teller *teller,
                                     struct slim_store_checked *checked) SLIM_MUST_CHECK;

/* slim_sqlite_begin for a command, which waits for its turn as long as the recorder is at work. */
apr_status_t slim_house_begin(struct slim_sqlite *store) SLIM_MUST_CHECK;

/* Ends the transaction of slim_house_begin: commits when rv is a success, else rolls back. What is
 * remembered of the store's rows is void then. */
apr_status_t slim_house_end(struct slim_sqlite *store, apr_status_t rv) SLIM_MUST_CHECK;

/* Tells the teller how far a step is. */
void slim_house_tell(const struct slim_store_teller *teller, const char *step, uint64_t done,
                     uint64_t total);

#endif
