/* Tab separated data files of ours: UTF-8, a line an entry, '#' at the start of a line a comment,
 * empty lines skipped. */
#ifndef SLIM_TSV_H
#define SLIM_TSV_H

#include <stdio.h>

#include <apr_pools.h>

#include "status_code.h"

#define SLIM_TSV_COLUMNS_MAX 8

struct slim_tsv {
    FILE *file;
    unsigned line; /* of the row last read, from 1 */
    int columns;
    char *column[SLIM_TSV_COLUMNS_MAX]; /* in pool; missing ones are "" */
};

/* Opens path; closed when pool is destroyed. Returns errno's value. */
apr_status_t slim_tsv_open(const char *path, struct slim_tsv *tsv,
                           apr_pool_t *pool) SLIM_MUST_CHECK;

/* The next row, APR_EOF at the end, SLIM_EBADRULES for a line over 4 KiB or with more columns. */
apr_status_t slim_tsv_next(struct slim_tsv *tsv, apr_pool_t *pool) SLIM_MUST_CHECK;

/* What becomes of a row: NULL when it is good, else what is wrong with it. path lives as
 * long as that of slim_tsv_each does. */
typedef const char *slim_tsv_take(void *baton, const char *path, const struct slim_tsv *row,
                                  apr_pool_t *pool);

/* Hands each row of a file to take, up to the first that is not good. *reason, in pool, then names
 * file, line and what is wrong. errno's value when the file cannot be read, else SLIM_EBADRULES. */
apr_status_t slim_tsv_each(const char *path, slim_tsv_take *take, void *baton, const char **reason,
                           apr_pool_t *pool) SLIM_MUST_CHECK;

#endif
