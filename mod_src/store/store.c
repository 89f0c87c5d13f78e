/* The table of store engines. */
#include "store.h"

#include <string.h>

static const struct slim_store_engine *const engines[] = {&slim_store_sqlite};

const struct slim_store_engine *slim_store_engine_for(const char *url)
{
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        size_t length = strlen(engines[i]->scheme);
        if (strncmp(url, engines[i]->scheme, length) == 0 && url[length] == ':'
            && url[length + 1]) {
            return engines[i];
        }
    }
    return NULL;
}
