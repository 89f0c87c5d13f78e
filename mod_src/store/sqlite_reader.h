/* What the parts of reading share: a question becomes SQL of a closed set, and an answer. */
#ifndef SLIM_SQLITE_READER_H
#define SLIM_SQLITE_READER_H

#include "../report/report.h"
#include "sqlite_dimension.h"
#include "sqlite_internal.h"

/* Whose visitors are counted: a question about thousands of keys shows a few of them. */
enum slim_visitors { SLIM_NO_VISITORS, SLIM_VISITORS_SHOWN, SLIM_ALL_VISITORS };

/* SQL that is put together: a file, with {pieces} replaced. Whatever a reader typed is bound. */
struct composition {
    char *at;
    size_t used, size;
    const struct slim_query *query;
    const char *hit_key, *visit_key, *rollup_key; /* expressions of the dimension's key */
    const struct slim_dimension *dimension;       /* NULL: the report has its own rows */
    enum slim_visitors visitors;
    int robots;          /* asks for their hits, too */
    int visits_apart;    /* what is asked of a hit's visit is not looked for with each hit: the
                            visits asked for are known beforehand */
    int takes_visitless; /* and a hit without a visit is among those asked for */
    /* Those that read the same rows, each with a key and a class of hits of its own; NULL: this one
     * alone. */
    const struct composition *const *together;
    int together_count;
};

#define SLIM_COMPOSED_MAX 65536

void slim_compose_text(struct composition *composition, const char *text);

/* Sets visits_apart and takes_visitless. */
void slim_compose_visits_apart(struct composition *composition);

/* Whether it counts the visitors of hits. */
int slim_compose_counts_visitors(const struct composition *composition);

/* Adds an embedded file without its comment, pieces replaced:
 * {filters}, {robots}: conditions on hit; {own_filters}: without those that are kept apart, which
 * are {of_visits}: conditions on visit; {visit_filters}, {visit_robots}: on visit; {class}: of the
 * hits that the dimension counts; {hit_key}, {visit_key}, {rollup_key}; {hit_keys}, {visit_keys}:
 * of all that are read together, each null where the row does not count; {joins}, {visit_joins}:
 * what these keys speak of; {sums}: 1 when hits are those of visits; {visitor}: of a hit;
 * {visitors_kept}: the set of hits' visitors in the form that is kept; {shown_hits},
 * {shown_robots}: of the keys in temp.shown; {found}: what rows are searched by. */
void slim_compose_file(struct composition *composition, const char *path);

/* Gives the connection the SQL functions, which answer by the query's zone and bucket.
 * *approximate becomes 1 when a number of visitors is an estimate; it must live as long as the
 * question. */
apr_status_t slim_sqlite_add_functions(struct slim_sqlite *store, const struct slim_query *query,
                                       int *approximate) SLIM_MUST_CHECK;

/* Prepares composed SQL and binds what the query has: :since, :until (as hits' numbers), :rows and
 * the filters' values. */
apr_status_t slim_sqlite_ask(struct slim_sqlite *store, const struct composition *composition,
                             int64_t since, int64_t until,
                             sqlite3_stmt **statement) SLIM_MUST_CHECK;

/* Composes a file and prepares it in the same way; the composition's text stays as it is. */
apr_status_t slim_sqlite_ask_file(struct slim_sqlite *store, const struct composition *composition,
                                  const char *file, int64_t since, int64_t until,
                                  sqlite3_stmt **statement) SLIM_MUST_CHECK;

/* SQLite's failure while reading; SLIM_ETIMEOUT when the time limit ended it. */
apr_status_t slim_sqlite_read_failed(struct slim_sqlite *store);

/* Prepares, binds and runs what is not composed. */
apr_status_t slim_sqlite_execute(struct slim_sqlite *store, const char *sql,
                                 const char *doing) SLIM_MUST_CHECK;
apr_status_t slim_sqlite_run(struct slim_sqlite *store, sqlite3_stmt *statement,
                             const char *doing) SLIM_MUST_CHECK;
void slim_sqlite_bind_text(sqlite3_stmt *statement, const char *name, struct slim_text text);
void slim_sqlite_bind_int(sqlite3_stmt *statement, const char *name, int64_t value);

struct slim_count;

/* Counts for questions that cannot be answered from rollups, each into its own of count: those that
 * read the same rows read them once. The others are left without a composition.query. */
apr_status_t slim_sqlite_count_rows(struct slim_sqlite *store,
                                    const struct slim_query *const *queries, int number,
                                    struct slim_count *counts) SLIM_MUST_CHECK;

/* Fills temp.part for the dimension of the query's report; the answer gets where its numbers came
 * from: basis, rows_from, rounded. counted: what slim_sqlite_count_rows has counted for it, if it
 * did. */
apr_status_t slim_sqlite_fill_parts(struct slim_sqlite *store, const struct slim_query *query,
                                    enum slim_visitors visitors, struct slim_count *counted,
                                    struct slim_answer *answer) SLIM_MUST_CHECK;

/* Leaves those rows of temp.answer that the query searches for. */
apr_status_t slim_sqlite_search(struct slim_sqlite *store,
                                const struct slim_query *query) SLIM_MUST_CHECK;

/* Whether rollups know what is filtered by: a hit's site and its class of robot, nothing else. */
int slim_sqlite_sums_know(const struct slim_query *query);

/* Runs a file of sql/sqlite/part that takes nothing from the question. */
apr_status_t slim_sqlite_run_part(struct slim_sqlite *store, const char *file) SLIM_MUST_CHECK;

#endif
