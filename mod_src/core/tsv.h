/* Tab separated data files of ours: UTF-8, a line an entry, '#' at the start of a line a comment,
 * empty lines skipped. */
#ifndef SLIM_TSV_H
#define SLIM_TSV_H

#include <stdio.h>

#include <apr_pools.h>

#include "list_file.h"
#include "status_code.h"

#define SLIM_TSV_COLUMNS_MAX 8

struct slim_tsv {
    FILE *file;
    unsigned line; /* of the row last read, from 1 */
    int columns;
    char *column[SLIM_TSV_COLUMNS_MAX]; /* in pool; missing ones are "" */
    unsigned at[SLIM_TSV_COLUMNS_MAX];  /* where each begins in the line, in bytes from 1 */
    unsigned fault_at; /* where what is wrong with the row stands; who takes it may say so */
};

/* Opens path; closed when pool is destroyed. Returns errno's value. */
apr_status_t slim_tsv_open(const char *path, struct slim_tsv *tsv,
                           apr_pool_t *pool) SLIM_MUST_CHECK;

/* The next row; APR_EOF at the end, SLIM_EBADRULES for a line over 4 KiB or with more columns, EIO
 * when the file cannot be read. */
apr_status_t slim_tsv_next(struct slim_tsv *tsv, apr_pool_t *pool) SLIM_MUST_CHECK;

/* What becomes of a row: NULL when it is good, else what is wrong with it, and row->fault_at where,
 * unless it is the line's beginning. path is the file's. */
typedef const char *slim_tsv_take(void *baton, const char *path, struct slim_tsv *row,
                                  apr_pool_t *pool);

/* Hands each row of a file to take; a row that is not good is left out or ends it, as the file
 * says. errno's value when the file cannot be read, else SLIM_EBADRULES; file->fault says why. */
apr_status_t slim_tsv_each(struct slim_list_file *file, slim_tsv_take *take, void *baton,
                           apr_pool_t *pool) SLIM_MUST_CHECK;

#endif
