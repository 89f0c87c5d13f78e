/* Files of lists, and what is wrong with them. */
#include "list_file.h"

#include <errno.h>
#include <sys/stat.h>

#include <apr_strings.h>

#include "regular_file.h"

#define BYTES_MAX (INT64_C(16) << 20)

apr_status_t slim_list_file_fault(struct slim_list_file *file, unsigned line, unsigned column,
                                  const char *why, apr_pool_t *pool)
{
    if (!file->fault) {
        file->fault =
            apr_psprintf(pool, "%s: line %u, column %u: %s", file->path, line, column, why);
    }
    return file->only_good ? APR_SUCCESS : SLIM_EBADRULES;
}

static apr_status_t cannot_be_read(struct slim_list_file *file, int error, apr_pool_t *pool)
{
    file->fault =
        apr_psprintf(pool, "%s: cannot be read: %s", file->path, slim_regular_file_error(error));
    return error;
}

apr_status_t slim_list_file_open(struct slim_list_file *file, FILE **stream, apr_pool_t *pool)
{
    apr_status_t rv = APR_SUCCESS;

    if (file->bytes) {
        *stream = fmemopen(file->bytes, file->length, "r");
        rv = *stream ? APR_SUCCESS : errno;
    } else {
        rv = slim_regular_file_open(file->path, BYTES_MAX, stream);
    }
    return rv == APR_SUCCESS ? rv : cannot_be_read(file, rv, pool);
}

apr_status_t slim_list_file_load(struct slim_list_file *file, apr_pool_t *pool)
{
    struct stat found;
    FILE *stream;
    int error = slim_regular_file_open(file->path, BYTES_MAX, &stream);

    if (error) {
        return cannot_be_read(file, error, pool);
    }
    if (fstat(fileno(stream), &found) != 0) {
        error = errno;
    } else {
        file->bytes = apr_palloc(pool, (apr_size_t)found.st_size + 1);
        file->length = fread(file->bytes, 1, (size_t)found.st_size, stream);
        error = ferror(stream) ? EIO : 0;
    }
    fclose(stream);
    if (error) {
        file->bytes = NULL;
        return cannot_be_read(file, error, pool);
    }
    return APR_SUCCESS;
}
