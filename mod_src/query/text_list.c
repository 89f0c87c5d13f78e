#include "text_list.h"

#include <stdlib.h>

#include <apr_strings.h>
#include <jansson.h>

const char *slim_text_list(const apr_array_header_t *texts, apr_pool_t *pool)
{
    json_t *array = json_array();

    for (int i = 0; i < texts->nelts; i++) {
        json_array_append_new(array, json_string(APR_ARRAY_IDX(texts, i, const char *)));
    }
    char *text = json_dumps(array, JSON_COMPACT);
    const char *kept = text ? apr_pstrdup(pool, text) : "[]";
    json_decref(array);
    free(text);
    return kept;
}
