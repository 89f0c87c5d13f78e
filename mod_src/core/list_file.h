/* A file of a list, for those who read lists: on disk, or what is left of it in memory. */
#ifndef SLIM_LIST_FILE_H
#define SLIM_LIST_FILE_H

#include <stdio.h>

#include <apr_pools.h>

#include "status_code.h"

struct slim_list_file {
    const char *path; /* kept by reference */
    char *bytes;      /* its content; NULL: it is read from the disk */
    size_t length;
    int is_own;        /* the site's, not the package's */
    int only_good;     /* entries with a mistake are left out; else the first one ends reading */
    const char *fault; /* set by reading, in its pool: the first mistake, "FILE: line 3, column 8:
                          …", or why the file cannot be read; NULL: none */
};

/* Notes a mistake, unless one is noted; line and column count from 1. Whether reading goes on:
 * APR_SUCCESS, or SLIM_EBADRULES. */
apr_status_t slim_list_file_fault(struct slim_list_file *file, unsigned line, unsigned column,
                                  const char *why, apr_pool_t *pool);

/* Its content as a stream: errno's value, and the fault, when it cannot be read. */
apr_status_t slim_list_file_open(struct slim_list_file *file, FILE **stream,
                                 apr_pool_t *pool) SLIM_MUST_CHECK;

/* Reads a regular file of at most 16 MiB into memory. errno's value, and the fault. */
apr_status_t slim_list_file_load(struct slim_list_file *file, apr_pool_t *pool) SLIM_MUST_CHECK;

#endif
