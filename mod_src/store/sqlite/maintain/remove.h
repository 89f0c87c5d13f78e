/* What the parts of removing hits share. */
#ifndef SLIM_SQLITE_REMOVE_H
#define SLIM_SQLITE_REMOVE_H

#include <apr_tables.h>

#include "maintain.h"
#include "store/sums.h"

/* A hit of the visits that a transaction touches. */
struct slim_removing_row {
    struct slim_hit_row hit;
    int is_removed;
    int is_renamed; /* it stays, under other names */
};

struct slim_removing {
    struct slim_recount recount;
    struct slim_sqlite_writer *writer;
    const struct slim_store_removal *removal;
    struct slim_store_removed *removed;
    sqlite3_stmt *find;             /* those of a day, by the rule */
    apr_array_header_t *first_lost; /* int64_t: visitors whose first visit is gone */
    struct slim_sums touched;       /* the sets that are to be made anew: their groups and keys */
    apr_pool_t *pool;
    int64_t began, ended; /* of all that the transaction touches */
    uint64_t hits;        /* removed in this transaction */
    uint64_t imported;    /* of these, from logs */
};

/* The statement of a file whose {rule} is the condition of a rule on a hit (count_removal.c), with
 * the rule's own parameters bound; finalize it. NULL after a failure. question.removal has to be
 * set while it runs. */
sqlite3_stmt *slim_removal_statement(struct slim_sqlite *store, const char *file,
                                     const struct slim_hit_rule *rule);

/* --- the steps of a transaction (remove.c) --- */

/* Makes the tables of temporary lists. */
apr_status_t slim_removing_prepare(struct slim_removing *removing) SLIM_MUST_CHECK;
/* Begins one, whose hits temp.removed_hit has. What it holds is in removing->pool. */
apr_status_t slim_removing_begin(struct slim_removing *removing, apr_pool_t *pool) SLIM_MUST_CHECK;
/* The visits of those hits, and all hits of these. */
void slim_removing_find(struct slim_removing *removing);
/* After the last change: rollups without a count are deleted, and the sets that were noted are
 * recomputed. */
void slim_removing_finish(struct slim_removing *removing);

/* --- sets of visitors (touched.c) --- */

/* Notes the sets in which rows that are removed or renamed are counted, as they are now. */
void slim_removing_touch_sets(struct slim_removing *removing, const apr_array_header_t *rows);
/* Makes them of the rows that are there. */
void slim_removing_remake_sets(struct slim_removing *removing);

/* --- rows and visits (affected.c) --- */

/* All affected hits in order of time, as struct slim_removing_row; to be read before their visits
 * are deleted. */
void slim_removing_read(struct slim_removing *removing, apr_array_header_t *rows);
/* Subtracts the hits to be removed, and all affected visits, from the rollups. */
void slim_removing_take_out_hits(struct slim_removing *removing, const apr_array_header_t *rows);
void slim_removing_take_out_visits(struct slim_removing *removing);
/* Divides the remaining hits into visits again. */
void slim_removing_give_visits(struct slim_removing *removing, const apr_array_header_t *rows);
/* Makes another visit the first one of each visitor whose first visit was removed. */
void slim_removing_freshen(struct slim_removing *removing);

#endif
