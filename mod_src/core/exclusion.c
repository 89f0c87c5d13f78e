/* Exclusions: reading them, and going through them as httpd goes through its sections. */
#include "exclusion.h"

#include <string.h>

#include <apr_strings.h>

#include "section.h"

#define PATH_MAX_BYTES 4096

const char *slim_not_imported_name(unsigned reason)
{
    return reason == SLIM_NOT_IMPORTED_OFF       ? "off"
           : reason == SLIM_NOT_IMPORTED_PERIOD  ? "period"
           : reason == SLIM_NOT_IMPORTED_EARLIER ? "earlier"
                                                 : slim_excluded_name(reason);
}

/* --- reading --- */

static int is_request_rule(const char *text)
{
    return strncmp(text, "env=", 4) == 0 || strncmp(text, "type=", 5) == 0
           || strncmp(text, "expr=", 5) == 0;
}

static enum slim_exclusion_kind word_of(const char *text)
{
    static const struct {
        const char *word;
        enum slim_exclusion_kind kind;
    } words[] = {{"off", SLIM_EXCLUSION_OFF},
                 {"on", SLIM_EXCLUSION_ON},
                 {"dashboard", SLIM_EXCLUSION_DASHBOARD},
                 {"handler", SLIM_EXCLUSION_HANDLER}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text, words[i].word) == 0) {
            return words[i].kind;
        }
    }
    return SLIM_EXCLUSION_RULE;
}

apr_status_t slim_exclusion_parse(const char *text, struct slim_exclusion *exclusion,
                                  apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text), *tab = strchr(copy, '\t');
    const char *allowed;

    if (!tab || !strchr("\t/<*", *copy)) {
        return SLIM_EBADSETTING;
    }
    *tab = '\0';
    memset(exclusion, 0, sizeof *exclusion);
    exclusion->section = copy;
    exclusion->text = tab + 1;
    exclusion->kind = *copy == '<' || is_request_rule(exclusion->text) ? SLIM_EXCLUSION_UNKNOWN
                                                                       : word_of(exclusion->text);
    if (exclusion->kind == SLIM_EXCLUSION_RULE
        && slim_hit_rule_parse(&exclusion->rule, exclusion->text, &allowed) != APR_SUCCESS) {
        exclusion->kind = SLIM_EXCLUSION_UNKNOWN; /* httpd understands more */
    }
    return APR_SUCCESS;
}

int slim_exclusions_are_equal(const apr_array_header_t *a, const apr_array_header_t *b)
{
    int count = a ? a->nelts : 0;

    if (count != (b ? b->nelts : 0)) {
        return 0;
    }
    for (int i = 0; i < count; i++) {
        const struct slim_exclusion *one = &APR_ARRAY_IDX(a, i, struct slim_exclusion);
        const struct slim_exclusion *two = &APR_ARRAY_IDX(b, i, struct slim_exclusion);
        if (strcmp(one->section, two->section) != 0 || strcmp(one->text, two->text) != 0
            || one->is_own != two->is_own) {
            return 0;
        }
    }
    return 1;
}

/* --- going through --- */

/* What the sections say of a hit; the last word counts, but of rules the first that fits. */
struct said {
    int off, dashboard, ruled, own;
    enum slim_excluded reason;
};

static void listen_to(const struct slim_exclusion *exclusion, const struct slim_stored_hit *hit,
                      struct said *said)
{
    switch (exclusion->kind) {
    case SLIM_EXCLUSION_OFF: said->off = 1; break;
    case SLIM_EXCLUSION_ON: said->off = 0; break;
    case SLIM_EXCLUSION_DASHBOARD: said->dashboard = 1; break;
    case SLIM_EXCLUSION_HANDLER: said->dashboard = 0; break;
    case SLIM_EXCLUSION_RULE:
        if (exclusion->is_own) {
            said->own |= slim_hit_rule_matches(&exclusion->rule, hit);
        } else if (!said->ruled && slim_hit_rule_matches(&exclusion->rule, hit)) {
            said->ruled = 1;
            said->reason = exclusion->rule.reason;
        }
        break;
    case SLIM_EXCLUSION_UNKNOWN: break;
    }
}

int slim_exclusion_find(const apr_array_header_t *exclusions, const struct slim_stored_hit *hit,
                        unsigned *reason, int *own)
{
    char path[PATH_MAX_BYTES];
    struct said said = {0};

    *own = 0;
    if (!exclusions || exclusions->nelts == 0) {
        return 0;
    }
    slim_hit_rule_path(hit->resource, path, sizeof path);
    for (int i = 0; i < exclusions->nelts; i++) {
        const struct slim_exclusion *one = &APR_ARRAY_IDX(exclusions, i, struct slim_exclusion);
        if (slim_section_holds(one->section, path)) {
            listen_to(one, hit, &said);
        }
    }
    *own = said.own;
    *reason = said.off         ? (unsigned)SLIM_NOT_IMPORTED_OFF
              : said.dashboard ? SLIM_EXCLUDED_DASHBOARD
                               : said.reason;
    return said.off || said.dashboard || said.ruled;
}
