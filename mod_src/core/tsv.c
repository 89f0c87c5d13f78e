/* Rows of tab separated files. */
#include "tsv.h"

#include <errno.h>
#include <string.h>

#include <apr_strings.h>

#include "regular_file.h"

#define BYTES_MAX (INT64_C(16) << 20)

static apr_status_t close_file(void *file)
{
    fclose(file);
    return APR_SUCCESS;
}

static void begin(struct slim_tsv *tsv, FILE *file, apr_pool_t *pool)
{
    memset(tsv, 0, sizeof *tsv);
    tsv->file = file;
    apr_pool_cleanup_register(pool, file, close_file, apr_pool_cleanup_null);
}

apr_status_t slim_tsv_open(const char *path, struct slim_tsv *tsv, apr_pool_t *pool)
{
    FILE *file;
    apr_status_t rv = slim_regular_file_open(path, BYTES_MAX, &file);

    if (rv == APR_SUCCESS) {
        begin(tsv, file, pool);
    }
    return rv;
}

static apr_status_t split(struct slim_tsv *tsv, char *line)
{
    const char *begin_of_line = line;

    tsv->fault_at = 1;
    for (int i = 0; i < SLIM_TSV_COLUMNS_MAX; i++) {
        tsv->column[i] = line + strlen(line);
        tsv->at[i] = (unsigned)strlen(line) + 1;
    }
    for (tsv->columns = 0; line; tsv->columns++) {
        if (tsv->columns == SLIM_TSV_COLUMNS_MAX) {
            tsv->fault_at = (unsigned)(line - begin_of_line) + 1;
            return SLIM_EBADRULES;
        }
        char *tab = strchr(line, '\t');
        if (tab) {
            *tab = '\0';
        }
        tsv->column[tsv->columns] = line;
        tsv->at[tsv->columns] = (unsigned)(line - begin_of_line) + 1;
        line = tab ? tab + 1 : NULL;
    }
    return APR_SUCCESS;
}

static void skip_rest_of_line(FILE *file)
{
    int c;

    do {
        c = getc(file);
    } while (c != EOF && c != '\n');
}

apr_status_t slim_tsv_next(struct slim_tsv *tsv, apr_pool_t *pool)
{
    char line[4096];

    while (fgets(line, sizeof line, tsv->file)) {
        size_t length = strlen(line);

        tsv->line++;
        if (length > 0 && line[length - 1] == '\n') {
            line[--length] = '\0';
        } else if (length == sizeof line - 1) {
            skip_rest_of_line(tsv->file);
            tsv->fault_at = (unsigned)length;
            return SLIM_EBADRULES;
        }
        if (length > 0 && line[length - 1] == '\r') {
            line[--length] = '\0';
        }
        if (length > 0 && line[0] != '#') {
            return split(tsv, apr_pstrmemdup(pool, line, length));
        }
    }
    return ferror(tsv->file) ? EIO : APR_EOF;
}

/* APR_EOF at the end; else whether reading goes on. */
static apr_status_t next_of_list(struct slim_list_file *file, struct slim_tsv *tsv,
                                 slim_tsv_take *take, void *baton, apr_pool_t *pool)
{
    const char *why = "is too long, or has too many columns";
    apr_status_t rv = slim_tsv_next(tsv, pool);

    if (rv == APR_SUCCESS) {
        why = take(baton, file->path, tsv, pool);
    } else if (rv != SLIM_EBADRULES) {
        return rv;
    }
    return why ? slim_list_file_fault(file, tsv->line, tsv->fault_at, why, pool) : APR_SUCCESS;
}

apr_status_t slim_tsv_each(struct slim_list_file *file, slim_tsv_take *take, void *baton,
                           apr_pool_t *pool)
{
    struct slim_tsv tsv;
    FILE *stream;
    apr_status_t rv = slim_list_file_open(file, &stream, pool);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    begin(&tsv, stream, pool);
    while (rv == APR_SUCCESS) {
        rv = next_of_list(file, &tsv, take, baton, pool);
    }
    if (rv != APR_EOF && !file->fault) {
        (void)slim_list_file_fault(file, tsv.line + 1, 1, "cannot be read", pool);
    }
    return rv == APR_EOF ? APR_SUCCESS : rv;
}
