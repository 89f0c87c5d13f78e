/* Rows of tab separated files. */
#include "tsv.h"

#include <errno.h>
#include <string.h>

#include <apr_strings.h>

static apr_status_t close_file(void *file)
{
    fclose(file);
    return APR_SUCCESS;
}

apr_status_t slim_tsv_open(const char *path, struct slim_tsv *tsv, apr_pool_t *pool)
{
    memset(tsv, 0, sizeof *tsv);
    tsv->file = fopen(path, "re");
    if (!tsv->file) {
        return errno;
    }
    apr_pool_cleanup_register(pool, tsv->file, close_file, apr_pool_cleanup_null);
    return APR_SUCCESS;
}

static apr_status_t split(struct slim_tsv *tsv, char *line)
{
    for (int i = 0; i < SLIM_TSV_COLUMNS_MAX; i++) {
        tsv->column[i] = line + strlen(line);
    }
    for (tsv->columns = 0; line; tsv->columns++) {
        if (tsv->columns == SLIM_TSV_COLUMNS_MAX) {
            return SLIM_EBADRULES;
        }
        char *tab = strchr(line, '\t');
        if (tab) {
            *tab = '\0';
        }
        tsv->column[tsv->columns] = line;
        line = tab ? tab + 1 : NULL;
    }
    return APR_SUCCESS;
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
            return SLIM_EBADRULES;
        }
        if (length > 0 && line[length - 1] == '\r') {
            line[--length] = '\0';
        }
        if (length > 0 && line[0] != '#') {
            return split(tsv, apr_pstrmemdup(pool, line, length));
        }
    }
    return ferror(tsv->file) ? APR_EGENERAL : APR_EOF;
}

apr_status_t slim_tsv_each(const char *path, slim_tsv_take *take, void *baton, const char **reason,
                           apr_pool_t *pool)
{
    struct slim_tsv tsv;
    const char *why = NULL;
    apr_status_t rv = slim_tsv_open(path, &tsv, pool);

    if (rv != APR_SUCCESS) {
        *reason = apr_psprintf(pool, "%s: cannot be read", path);
        return rv;
    }
    while (!why && (rv = slim_tsv_next(&tsv, pool)) == APR_SUCCESS) {
        why = take(baton, path, &tsv, pool);
    }
    if (rv == APR_EOF) {
        return APR_SUCCESS;
    }
    *reason = apr_psprintf(pool, "%s: line %u: %s", path, tsv.line,
                           why                    ? why
                           : rv == SLIM_EBADRULES ? "is too long, or has too many columns"
                                                  : "cannot be read");
    return rv == APR_SUCCESS ? SLIM_EBADRULES : rv;
}
