/* The table of store engines. */
#include "store.h"

#include <apr_strings.h>

static const struct slim_store_engine *const engines[] = {&slim_store_sqlite};

#define ENGINES (sizeof engines / sizeof engines[0])

const struct slim_store_engine *slim_store_engine_for(const char *url)
{
    for (size_t i = 0; i < ENGINES; i++) {
        if (engines[i]->file(url)) {
            return engines[i];
        }
    }
    return NULL;
}

const char *slim_store_file(const char *url)
{
    const struct slim_store_engine *engine = slim_store_engine_for(url);

    return engine ? engine->file(url) : NULL;
}

const char *slim_store_forms(apr_pool_t *pool)
{
    const char *forms = engines[0]->form;

    for (size_t i = 1; i < ENGINES; i++) {
        forms = apr_pstrcat(pool, forms, " or ", engines[i]->form, NULL);
    }
    return forms;
}
