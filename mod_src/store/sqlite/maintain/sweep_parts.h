/* A sweep's parts, for those who go through them in their own order. */
#ifndef SLIM_SQLITE_SWEEP_PARTS_H
#define SLIM_SQLITE_SWEEP_PARTS_H

#include <apr_tables.h>

#include "maintain.h"
#include "store/sqlite/write/marks.h"

#define SLIM_REFERENCES_MAX 24 /* of a table */

enum slim_sweep_part {
    SLIM_SWEEP_HITS,
    SLIM_SWEEP_VISITS,
    SLIM_SWEEP_ROLLUPS,
    SLIM_SWEEP_ENTRIES,
    SLIM_SWEEP_DONE
};

struct slim_store_sweep {
    struct slim_sqlite_writer *writer;
    struct slim_sqlite_marks marks;
    int64_t data_version; /* the writer's, when it began */
    enum slim_sweep_part part;
    int dictionary;    /* of SLIM_SWEEP_ENTRIES */
    int64_t after;     /* the last row that was looked at; of rollups all of their key: */
    int64_t rollup[5]; /* dimension, bucket, site, robot, key */
    int lists;         /* dead entries are listed, not deleted */
    apr_array_header_t *listed[SLIM_DICTIONARIES]; /* int64_t; NULL: none */
    apr_pool_t *pool;
};

/* A column that refers to a dictionary; ends with a NULL name. */
struct slim_reference {
    const char *column;
    enum slim_dictionary_name to;
};

/* Begins one within a transaction, in pool. */
struct slim_store_sweep *slim_sweep_make(struct slim_sqlite_writer *writer, apr_pool_t *pool);

/* Looks at some rows of what is next, within a transaction. */
void slim_sweep_step(struct slim_store_sweep *sweep, unsigned rows, struct slim_store_swept *swept);

/* The columns of a table that refer to dictionaries; return how many they are. */
int slim_sweep_refer_stored(struct slim_reference *reference,
                            const struct slim_stored_table *table);
int slim_sweep_refer_entries(struct slim_reference *reference, const struct slim_dictionary *shape);

/* Looks at some rows of a table behind sweep->after, and marks what they refer to; returns how many
 * there were. Of a dictionary, dead takes the entries that nothing refers to; NULL: it is none. */
unsigned slim_sweep_look(struct slim_store_sweep *sweep, const char *table,
                         const struct slim_reference *reference, unsigned rows,
                         apr_array_header_t *dead);

/* Deletes entries of a dictionary, int64_t. */
void slim_sweep_delete(struct slim_store_sweep *sweep, int dictionary,
                       const apr_array_header_t *dead);

/* The write-ahead log still has what was deleted. It is emptied now; 0: not yet, for somebody reads
 * or writes, but with a later checkpoint. */
int slim_sweep_empty_log(struct slim_sqlite_writer *writer);

#endif
