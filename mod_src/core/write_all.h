/* Writing all bytes, however many a call takes. */
#ifndef SLIM_WRITE_ALL_H
#define SLIM_WRITE_ALL_H

#include <stddef.h>
#include <sys/types.h>

#include "status_code.h"

/* Each gives errno's value when it fails; some of the bytes are written then. */
apr_status_t slim_write_all(int fd, const void *bytes, size_t length) SLIM_MUST_CHECK;
apr_status_t slim_write_all_at(int fd, const void *bytes, size_t length,
                               off_t offset) SLIM_MUST_CHECK;

/* Copies what is left to read of one file to another one. */
apr_status_t slim_copy_all(int from, int to) SLIM_MUST_CHECK;

#endif
