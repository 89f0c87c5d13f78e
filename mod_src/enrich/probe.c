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
    struct slim_rule rule = {.expression = row->column[1],
                             .ignore_case = 1,
                             .place = {path, row->line}};
    unsigned offset;
    const char *why;

    if (row->columns > 2 && strcmp(row->column[2], "leak") != 0) {
        row->fault_at = row->at[2];
        return "is not leak, and nothing else can stand here";
    }
    rule.mark = row->columns > 2;
    for (int when = 0; when < WHENS && (row->columns == 2 || row->columns == 3); when++) {
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

/* Decoded where it has to be; buffer is one of SLIM_SUBJECT_MAX. */
static struct slim_text subject_of(struct slim_text resource, char *buffer)
{
    if (memchr(resource.at, '%', resource.length) || memchr(resource.at, '+', resource.length)) {
        return (struct slim_text){buffer, slim_url_decode(resource, buffer, SLIM_SUBJECT_MAX)};
    }
    return resource;
}

int slim_probes_tell(const struct slim_probes *probes, struct slim_text resource, uint16_t status,
                     struct slim_rule_place *place)
{
    char decoded[SLIM_SUBJECT_MAX];
    struct slim_match match;
    struct slim_text subject = subject_of(resource, decoded);

    if (slim_rules_match(probes->rules[ALWAYS], subject, &match)
        || (is_refusal(status) && slim_rules_match(probes->rules[REFUSED], subject, &match))) {
        *place = match.place;
        return 1;
    }
    return 0;
}

static int is_leak(void *baton, const struct slim_match *match)
{
    const struct slim_probes *probes = baton;

    return slim_rules_mark(probes->rules[REFUSED], match->rule);
}

int slim_probes_may_leak(const struct slim_probes *probes, struct slim_text resource,
                         uint16_t status, uint64_t bytes)
{
    char decoded[SLIM_SUBJECT_MAX];
    struct slim_match match;

    return (status == 200 || status == 206) && bytes > 0
           && slim_rules_match_accepted(probes->rules[REFUSED], subject_of(resource, decoded),
                                        is_leak, (void *)(uintptr_t)probes, &match);
}
