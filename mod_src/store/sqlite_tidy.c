/* Texts that only hits had which are gone. Each dictionary in a transaction of its own: it takes a
 * walk over all hits, and others wait. */
#include "sqlite_remove.h"

static const struct {
    const char *before; /* what else may go then */
    const char *file;
} dictionaries[] = {
    {NULL, "sqlite/house/tidy_agent.sql"},
    {"sqlite/house/loose_pages.sql", "sqlite/house/tidy_resource.sql"},
    {NULL, "sqlite/house/tidy_page.sql"},
    {"sqlite/house/loose_domains.sql", "sqlite/house/tidy_referer.sql"},
    {NULL, "sqlite/house/tidy_domain.sql"},
    {NULL, "sqlite/house/tidy_searchterms.sql"},
};

static apr_status_t tidy(struct slim_removing *r, const char *before, const char *file)
{
    apr_status_t rv = slim_house_begin(r->store);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (before) {
        rv = slim_sqlite_run_file(r->store, before);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_run_file(r->store, file);
        r->removed->texts += rv == APR_SUCCESS ? (uint64_t)sqlite3_changes(r->store->db) : 0;
    }
    return slim_house_end(r->store, rv);
}

apr_status_t slim_removing_tidy(struct slim_removing *r)
{
    apr_status_t rv = APR_SUCCESS;

    for (size_t i = 0; i < sizeof dictionaries / sizeof dictionaries[0] && rv == APR_SUCCESS; i++) {
        rv = tidy(r, dictionaries[i].before, dictionaries[i].file);
    }
    return rv;
}
