/* A file that says something about addresses: where it is, whether it was replaced, and a copy of
 * it to read. What is in it is not known here. */
#ifndef SLIM_ADDRESS_FILE_H
#define SLIM_ADDRESS_FILE_H

#include <apr_pools.h>

#include "core/status_code.h"

struct slim_address_file;

/* How much a file is wanted by its name: 0 not at all. Of a directory the highest is taken, and of
 * equals the first by name. */
typedef int slim_address_file_rank(const char *name);

/* Where the file is: path, or NULL for a file of state (NULL: none), else of /usr/share/GeoIP, else
 * of /var/lib/GeoIP, by rank. Nothing is looked for yet. */
struct slim_address_file *slim_address_file_make(const char *path, const char *state,
                                                 slim_address_file_rank *rank, apr_pool_t *pool);

/* Looks for the file: 1 the first time, and when it is another one than before or was replaced. */
int slim_address_file_changed(struct slim_address_file *file);
/* It counts as changed once more. */
void slim_address_file_again(struct slim_address_file *file);

/* The file that was found last, NULL when there is none. */
const char *slim_address_file_path(const struct slim_address_file *file);

/* A copy in memory that nobody can change or cut, so that the file may be; the descriptor is the
 * caller's. SLIM_EBADRULES: it is not a regular file; else errno's value. */
apr_status_t slim_address_file_copy(const struct slim_address_file *file, int *fd) SLIM_MUST_CHECK;

#endif
