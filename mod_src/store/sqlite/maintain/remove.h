/* What the parts of taking hits away share. */
#ifndef SLIM_SQLITE_REMOVE_H
#define SLIM_SQLITE_REMOVE_H

#include <apr_tables.h>

#include "maintain.h"

/* A hit of the visits that a transaction touches. */
struct slim_removing_row {
    struct slim_hit_row hit;
    int goes;
};

struct slim_removing {
    struct slim_recount recount;
    struct slim_sqlite_writer *writer;
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
void slim_removing_read(struct slim_removing *removing, apr_array_header_t *rows);
/* Takes the hits that go, and all visits, out of the rollups. */
void slim_removing_take_out_hits(struct slim_removing *removing, const apr_array_header_t *rows);
void slim_removing_take_out_visits(struct slim_removing *removing);
/* Gives the hits that stay their visits anew. */
void slim_removing_give_visits(struct slim_removing *removing, const apr_array_header_t *rows);
/* A visitor whose first visit went gets another first one. */
void slim_removing_freshen(struct slim_removing *removing);

/* --- texts (sqlite_tidy.c) --- */

/* Remembers the texts of hits that go: nothing may refer to them afterwards. */
void slim_removing_loosen(struct slim_removing *removing);

/* Forgets the texts of hits that went, those that nothing else has. */
apr_status_t slim_removing_tidy(struct slim_removing *removing) SLIM_MUST_CHECK;

#endif
