/* The lists about addresses, made anew when one of their files changes. */
#include "page_files.h"

#include <apr_strings.h>

typedef apr_status_t add_list(struct slim_page_list *list, struct slim_list_file *file,
                              apr_pool_t *pool);

static const struct {
    const char *name;
    add_list *add;
} kinds[] = {{"/paths.tsv", slim_page_list_add_paths},
             {"/names.tsv", slim_page_list_add_names},
             {"/parameters.txt", slim_page_list_add_parameters}};

#define KINDS (sizeof kinds / sizeof kinds[0])

_Static_assert(SLIM_PAGE_FILES == 2 * KINDS, "own and ours");

static void name_files(struct slim_page_files *files, const char *directory, size_t first)
{
    for (size_t i = 0; i < KINDS; i++) {
        struct slim_kept_list *list = &files->list[first + i];
        list->path = apr_pstrcat(files->parent, directory, kinds[i].name, NULL);
        list->is_optional = first == 0;
        list->good.path = list->newest.path = list->path;
    }
}

void slim_page_files_init(struct slim_page_files *files, const char *data, const char *state,
                          apr_pool_t *pool)
{
    files->parent = pool;
    if (state) {
        name_files(files, state, 0);
    }
    name_files(files, data, KINDS);
}

/* Until every file is read, or refused; NULL: there is no memory. */
static struct slim_page_list *make(struct slim_page_files *f, apr_pool_t **pool)
{
    struct slim_list_file files[SLIM_PAGE_FILES];
    int which[SLIM_PAGE_FILES], again = 1;

    while (again && apr_pool_create(pool, f->parent) == APR_SUCCESS) {
        struct slim_page_list *pages = slim_page_list_make(*pool);
        int count = slim_kept_lists_choose(f->list, 0, SLIM_PAGE_FILES - 1, files, which);
        apr_status_t rv = APR_SUCCESS;
        for (int i = 0; i < count && rv == APR_SUCCESS; i++) {
            rv = kinds[(size_t)which[i] % KINDS].add(pages, &files[i], *pool);
        }
        if (rv == APR_SUCCESS) {
            return pages;
        }
        again = slim_kept_lists_refuse(f->list, files, which, count, rv);
        apr_pool_destroy(*pool);
    }
    return NULL;
}

int slim_page_files_refresh(struct slim_page_files *files, apr_status_t *status, char *reason,
                            size_t size)
{
    apr_pool_t *pool;

    if (!slim_kept_lists_look(files->list, SLIM_PAGE_FILES, files->parent)) {
        return 0;
    }
    struct slim_page_list *pages = make(files, &pool);
    if (!pages) {
        *status = APR_ENOMEM;
        return 1;
    }
    slim_kept_lists_keep(files->list, SLIM_PAGE_FILES);
    *status = slim_kept_lists_status(files->list, SLIM_PAGE_FILES, reason, size);
    if (files->pool) {
        apr_pool_destroy(files->pool);
    }
    files->pool = pool;
    files->pages = pages;
    return 1;
}
