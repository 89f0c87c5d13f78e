/* The lists of sources, made anew when one of their files changes. */
#include "source_files.h"

#include <apr_strings.h>

/* Only the list of sources that comes with us has to be there. */
static void name_files(struct slim_source_files *files, const char *directory, int first)
{
    static const char *const names[] = {"/sources.tsv", "/referer_spam.txt"};

    for (int i = 0; i < 2; i++) {
        struct slim_kept_list *list = &files->list[first + i];
        list->path = apr_pstrcat(files->parent, directory, names[i], NULL);
        list->is_optional = first + i > 0;
        list->good.path = list->newest.path = list->path;
    }
}

void slim_source_files_init(struct slim_source_files *files, const char *data, const char *state,
                            apr_pool_t *pool)
{
    files->parent = pool;
    name_files(files, data, 0);
    if (state) {
        name_files(files, state, 2);
    }
}

static apr_status_t read_files(const struct slim_source_files *f, struct slim_sources *sources,
                               struct slim_list_file files[SLIM_SOURCE_FILES],
                               int which[SLIM_SOURCE_FILES], int *count, apr_pool_t *pool)
{
    apr_status_t rv = APR_SUCCESS;

    *count = slim_kept_lists_choose(f->list, 0, SLIM_SOURCE_FILES - 1, files, which);
    for (int i = 0; i < *count && rv == APR_SUCCESS; i++) {
        rv = which[i] % 2 == 0 ? slim_sources_add(sources, &files[i], pool)
                               : slim_sources_add_spam(sources, &files[i], pool);
    }
    return rv;
}

/* Until every file is read, or refused; NULL: there is no memory. */
static struct slim_sources *make(struct slim_source_files *f, apr_pool_t **pool)
{
    struct slim_list_file files[SLIM_SOURCE_FILES];
    int which[SLIM_SOURCE_FILES], count, again = 1;

    while (again && apr_pool_create(pool, f->parent) == APR_SUCCESS) {
        struct slim_sources *sources = slim_sources_make(*pool);
        apr_status_t rv = read_files(f, sources, files, which, &count, *pool);
        if (rv == APR_SUCCESS) {
            return sources;
        }
        again = slim_kept_lists_refuse(f->list, files, which, count, rv);
        apr_pool_destroy(*pool);
    }
    return NULL;
}

int slim_source_files_refresh(struct slim_source_files *files, apr_status_t *status, char *reason,
                              size_t size)
{
    apr_pool_t *pool;

    if (!slim_kept_lists_look(files->list, SLIM_SOURCE_FILES, files->parent)) {
        return 0;
    }
    struct slim_sources *sources = make(files, &pool);
    if (!sources) {
        *status = APR_ENOMEM;
        return 1;
    }
    slim_kept_lists_keep(files->list, SLIM_SOURCE_FILES);
    *status = slim_kept_lists_status(files->list, SLIM_SOURCE_FILES, reason, size);
    if (files->pool) {
        apr_pool_destroy(files->pool);
    }
    files->pool = pool;
    files->sources = sources;
    return 1;
}
