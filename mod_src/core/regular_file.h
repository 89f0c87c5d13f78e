/* Files that are read, wherever they are: what is no regular file holds nobody who opens it. */
#ifndef SLIM_REGULAR_FILE_H
#define SLIM_REGULAR_FILE_H

#include <stdio.h>

#include "status_code.h"

/* Opens a file for reading, at most limit bytes of size; the caller closes it. errno's value,
 * EFTYPE of other systems being ENOTBLK: it is a FIFO, a device or a socket; EISDIR, EFBIG. */
apr_status_t slim_regular_file_open(const char *path, int64_t limit, FILE **stream) SLIM_MUST_CHECK;

/* What an error of it means, in words. */
const char *slim_regular_file_error(apr_status_t error);

#endif
