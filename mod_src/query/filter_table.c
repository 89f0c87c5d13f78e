/* The table of filters. */
#include "filter_table.h"

#include <string.h>

#include <apr_strings.h>

#include "filter_value.h"

const struct slim_filter_type slim_filter_types[] = {
    {"site", SLIM_OF_EACH_HIT, &slim_values_word},
    {"page", SLIM_OF_HIT, NULL},
    {"resource", SLIM_OF_HIT, NULL},
    {"referer", SLIM_OF_HIT, NULL},
    {"domain", SLIM_OF_HIT, &slim_values_word},
    {"source", SLIM_OF_COUNTED_VISIT, NULL},
    {"channel", SLIM_OF_COUNTED_VISIT, &slim_values_channel},
    {"searchterms", SLIM_OF_HIT, NULL},
    {"language", SLIM_OF_HIT, &slim_values_language},
    {"country", SLIM_OF_HIT, &slim_values_country},
    {"region", SLIM_OF_HIT, NULL},
    {"city", SLIM_OF_HIT, NULL},
    {"network", SLIM_OF_HIT, NULL},
    {"browser", SLIM_OF_EACH_HIT, &slim_values_word},
    {"version", SLIM_OF_EACH_HIT, &slim_values_word},
    {"platform", SLIM_OF_EACH_HIT, &slim_values_word},
    {"robot", SLIM_OF_EACH_HIT, &slim_values_robot},
    {"operator", SLIM_OF_EACH_HIT, NULL},
    {"purpose", SLIM_OF_EACH_HIT, &slim_values_purpose},
    {"proof", SLIM_OF_HIT, &slim_values_proof},
    {"kind", SLIM_OF_HIT, &slim_values_kind},
    {"method", SLIM_OF_HIT, &slim_values_word},
    {"tls", SLIM_OF_HIT, &slim_values_word},
    {"server", SLIM_OF_HIT, &slim_values_word},
    {"status", SLIM_OF_HIT, &slim_values_status},
    {"ip", SLIM_OF_HIT, &slim_values_ip},
    {"entry", SLIM_OF_COUNTED_VISIT, NULL},
    {"exit", SLIM_OF_COUNTED_VISIT, NULL},
    {"campaign", SLIM_OF_COUNTED_VISIT, NULL},
    {"visit", SLIM_OF_EACH_HIT, &slim_values_visit},
    {"goal", SLIM_OF_COUNTED_VISIT, NULL},
    {"mark", SLIM_OF_VISIT, &slim_values_mark},
    {.name = NULL},
};

const struct slim_filter_type *slim_filter_type_find(const char *name, size_t length)
{
    for (const struct slim_filter_type *f = slim_filter_types; f->name; f++) {
        if (strlen(f->name) == length && memcmp(f->name, name, length) == 0) {
            return f;
        }
    }
    return NULL;
}

const char *slim_filter_names(apr_pool_t *pool)
{
    const char *names = slim_filter_types[0].name;

    for (const struct slim_filter_type *f = slim_filter_types + 1; f->name; f++) {
        names = apr_pstrcat(pool, names, ", ", f->name, NULL);
    }
    return names;
}
