/* The list of probes: two lists of expressions, one of which cares for the answer. */
#include "probe.h"

#include <string.h>

#include "core/tsv.h"
#include "core/url.h"

enum when { REFUSED, ALWAYS, WHENS };

static const char *const when_names[WHENS] = {"refused", "always"};

struct slim_probes {
    struct slim_rules *rules[WHENS];
};

static const char *take_row(void *baton, const char *path, struct slim_tsv *row, apr_pool_t *pool)
{
    struct slim_probes *probes = baton;
    const struct slim_rule rule = {.expression = row->column[1],
                                   .ignore_case = 1,
                                   .place = {path, row->line}};
    unsigned offset;
    const char *why;

    for (int when = 0; when < WHENS && row->columns == 2; when++) {
        if (strcmp(row->column[0], when_names[when]) != 0) {
            continue;
        }
        if (slim_rules_add(probes->rules[when], &rule, &why, &offset, pool) == APR_SUCCESS) {
            return NULL;
        }
        row->fault_at = row->at[1] + offset;
        return why;
    }
    return "needs refused or always, and an expression";
}

struct slim_probes *slim_probes_make(struct slim_rule_lists *lists)
{
    struct slim_probes *probes = apr_palloc(slim_rule_lists_pool(lists), sizeof *probes);

    for (int when = 0; when < WHENS; when++) {
        probes->rules[when] = slim_rules_make(lists);
    }
    return probes;
}

apr_status_t slim_probes_read_files(struct slim_list_file *files, int count,
                                    struct slim_probes **result, struct slim_rule_lists *lists)
{
    apr_pool_t *pool = slim_rule_lists_pool(lists);
    struct slim_probes *probes = slim_probes_make(lists);
    apr_status_t rv = APR_SUCCESS;

    for (int i = 0; i < count && rv == APR_SUCCESS; i++) {
        rv = slim_tsv_each(&files[i], take_row, probes, pool);
    }
    if (rv == APR_SUCCESS) {
        *result = probes;
    }
    return rv;
}

/* A client that is asked for a password (401) or to come later is not refused. */
static int is_refusal(uint16_t status)
{
    return status >= 400 && status < 500 && status != 401 && status != 408 && status != 429;
}

int slim_probes_tell(const struct slim_probes *probes, struct slim_text resource, uint16_t status,
                     struct slim_rule_place *place)
{
    char decoded[SLIM_SUBJECT_MAX];
    struct slim_match match;
    struct slim_text subject = resource;

    if (memchr(resource.at, '%', resource.length) || memchr(resource.at, '+', resource.length)) {
        subject = (struct slim_text){decoded, slim_url_decode(resource, decoded, sizeof decoded)};
    }
    if (slim_rules_match(probes->rules[ALWAYS], subject, &match)
        || (is_refusal(status) && slim_rules_match(probes->rules[REFUSED], subject, &match))) {
        *place = match.place;
        return 1;
    }
    return 0;
}
