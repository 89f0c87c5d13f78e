/* Files of lists, and what is wrong with them. */
#include "list_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <apr_strings.h>

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
    file->fault = apr_psprintf(pool, "%s: cannot be read: %s", file->path, strerror(error));
    return error;
}

apr_status_t slim_list_file_open(struct slim_list_file *file, FILE **stream, apr_pool_t *pool)
{
    FILE *opened = file->bytes ? fmemopen(file->bytes, file->length, "r") : fopen(file->path, "re");

    if (!opened) {
        return cannot_be_read(file, errno, pool);
    }
    *stream = opened;
    return APR_SUCCESS;
}

apr_status_t slim_list_file_load(struct slim_list_file *file, apr_pool_t *pool)
{
    struct stat found;
    FILE *stream = fopen(file->path, "re");
    int error = 0;

    if (!stream) {
        return cannot_be_read(file, errno, pool);
    }
    if (fstat(fileno(stream), &found) != 0) {
        error = errno;
    } else if (!S_ISREG(found.st_mode)) {
        error = S_ISDIR(found.st_mode) ? EISDIR : EINVAL;
    } else if (found.st_size > BYTES_MAX) {
        error = EFBIG;
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
