/* What the parts of taking hits away share. */
#ifndef SLIM_SQLITE_REMOVE_H
#define SLIM_SQLITE_REMOVE_H

#include <apr_tables.h>

#include "sqlite_house.h"

/* A hit of the visits that a transaction touches. */
struct slim_removing_row {
    struct slim_hit_numbers hit;
    int64_t pageview, download, local, goes;
};

struct slim_removing {
    struct slim_recount recount;
    struct slim_sqlite *store;
    const struct slim_store_removal *removal;
    struct slim_store_removed *removed;
    apr_array_header_t *first_lost; /* int64_t: visitors whose first visit is gone */
    apr_pool_t *pool;
    int64_t began, ended; /* of all that the transaction touches */
    uint64_t hits;        /* that went in this transaction */
};

/* --- rows and visits (sqlite_member.c) --- */

/* All members' rows, in order of time, as struct slim_removing_row: they have to be read before
 * their visits are gone. */
apr_status_t slim_removing_read(struct slim_removing *removing,
                                apr_array_header_t *rows) SLIM_MUST_CHECK;
/* Takes the hits that go, and all visits, out of the rollups. */
apr_status_t slim_removing_take_out_hits(struct slim_removing *removing,
                                         const apr_array_header_t *rows) SLIM_MUST_CHECK;
apr_status_t slim_removing_take_out_visits(struct slim_removing *removing) SLIM_MUST_CHECK;
/* Gives the hits that stay their visits anew. */
apr_status_t slim_removing_give_visits(struct slim_removing *removing,
                                       const apr_array_header_t *rows) SLIM_MUST_CHECK;
/* A visitor whose first visit went gets another first one. */
apr_status_t slim_removing_freshen(struct slim_removing *removing) SLIM_MUST_CHECK;

/* --- texts (sqlite_tidy.c) --- */

/* Forgets the texts of hits that went, those that nothing else has. */
apr_status_t slim_removing_tidy(struct slim_removing *removing) SLIM_MUST_CHECK;

#endif
