/* What the parts of reading share: asking a question, and counting what it asks for. */
#ifndef SLIM_SQLITE_READER_H
#define SLIM_SQLITE_READER_H

#include "compose.h"
#include "store/sqlite/base/connection.h"

struct slim_count;

/* Gives the connection the SQL functions, which answer by the query's zone and bucket.
 * *approximate becomes 1 when a number of visitors is an estimate; it must live as long as the
 * question. */
apr_status_t slim_sqlite_add_functions(struct slim_sqlite *store, const struct slim_query *query,
                                       int *approximate) SLIM_MUST_CHECK;

/* The statement of a composed file, with its values bound: given ones, four at most, which it has
 * to have, and what it asks for of :since and :until (as hits' numbers), :rows, :limit, :offset and
 * the filters' :value0, …. Finalize it. NULL after a failure. */
sqlite3_stmt *slim_sqlite_ask(struct slim_sqlite *store, const struct slim_composition *composition,
                              const char *file, int64_t since, int64_t until,
                              const struct slim_value *given);

/* The same for one that gives no rows. */
void slim_sqlite_run_question(struct slim_sqlite *store, const struct slim_composition *composition,
                              const char *file, int64_t since, int64_t until,
                              const struct slim_value *given);

/* Counts for questions that cannot be answered from rollups, each into its own of count: those that
 * read the same rows read them once. The others are left without a composition.query. */
void slim_sqlite_count_rows(struct slim_sqlite *store, const struct slim_query *const *queries,
                            int number, struct slim_count *counts);

/* Fills temp.part for the dimension of the query's report; the answer gets where its numbers came
 * from: basis, rows_from, rounded. counted: what slim_sqlite_count_rows has counted for it, if it
 * did. */
void slim_sqlite_fill_parts(struct slim_sqlite *store, const struct slim_query *query,
                            enum slim_visitors visitors, struct slim_count *counted,
                            struct slim_answer *answer);

/* Fills temp.part for each day of the keys in temp.shown (SLIM_KEY_DAY). */
void slim_sqlite_fill_days(struct slim_sqlite *store, const struct slim_query *query);

/* Reads the courses of the rows that are shown into the answer; temp.shown has their keys. */
void slim_sqlite_read_courses(struct slim_sqlite *store, const struct slim_query *query,
                              struct slim_answer *answer, apr_pool_t *pool);

/* Leaves those rows of temp.answer that the query searches for. */
void slim_sqlite_search(struct slim_sqlite *store, const struct slim_query *query);

/* Reads the notes of the query's period into the answer. */
void slim_sqlite_read_notes(struct slim_sqlite *store, const struct slim_query *query,
                            struct slim_answer *answer, apr_pool_t *pool);

/* Whether rollups know what is filtered by: a hit's site and its class of robot, nothing else. */
int slim_sqlite_sums_know(const struct slim_query *query);

/* --- the engine's functions that read: see store.h --- */

apr_status_t slim_sqlite_open_reader(const char *url, unsigned time_limit_ms,
                                     struct slim_store **store, apr_pool_t *pool);
apr_status_t slim_sqlite_report(struct slim_store *store, const struct slim_query *const *queries,
                                int number, struct slim_answer *answers, apr_pool_t *pool);
apr_status_t slim_sqlite_find_hit(struct slim_store *store, int64_t number,
                                  struct slim_found_hit *found, apr_pool_t *pool);
apr_status_t slim_sqlite_export(struct slim_store *store, const struct slim_query *query,
                                const struct slim_store_export *export);
/* Totals of days whose hits are gone; the names of their columns. 0: it was ended. */
int slim_sqlite_export_total_names(const struct slim_store_export *export);
int slim_sqlite_export_totals(struct slim_sqlite *store, const struct slim_store_export *export);
apr_status_t slim_sqlite_export_archive(struct slim_store *store, const struct slim_query *query,
                                        const struct slim_store_export *export);

#endif
