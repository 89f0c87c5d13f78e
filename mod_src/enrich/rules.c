/* First match in a list of PCRE2 expressions, compiled to machine code where that is allowed. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules.h"

#include <pcre2.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

struct slim_rules {
    apr_array_header_t *codes; /* pcre2_code * */
    pcre2_match_data *data;
    pcre2_match_context *context;
};

/* A hostile subject must not take longer than this many backtracking steps a rule. */
#define MATCH_LIMIT 20000

static apr_status_t free_rules(void *baton)
{
    struct slim_rules *rules = baton;

    for (int i = 0; i < rules->codes->nelts; i++) {
        pcre2_code_free(APR_ARRAY_IDX(rules->codes, i, pcre2_code *));
    }
    pcre2_match_data_free(rules->data);
    pcre2_match_context_free(rules->context);
    return APR_SUCCESS;
}

struct slim_rules *slim_rules_make(apr_pool_t *pool)
{
    struct slim_rules *rules = apr_palloc(pool, sizeof *rules);

    rules->codes = apr_array_make(pool, 256, sizeof(pcre2_code *));
    rules->data = pcre2_match_data_create(SLIM_RULE_GROUPS, NULL);
    rules->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(rules->context, MATCH_LIMIT);
    apr_pool_cleanup_register(pool, rules, free_rules, apr_pool_cleanup_null);
    return rules;
}

apr_status_t slim_rules_add(struct slim_rules *rules, const char *expression, int ignore_case,
                            const char **reason, apr_pool_t *pool)
{
    int error;
    PCRE2_SIZE offset;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED,
                                     ignore_case ? PCRE2_CASELESS : 0, &error, &offset, NULL);

    if (!code) {
        PCRE2_UCHAR text[128] = "";
        pcre2_get_error_message(error, text, sizeof text);
        *reason = apr_psprintf(pool, "%s at offset %d", (char *)text, (int)offset);
        return SLIM_EBADRULES;
    }
    (void)pcre2_jit_compile(code,
                            PCRE2_JIT_COMPLETE); /* without it matching is slower, not wrong */
    APR_ARRAY_PUSH(rules->codes, pcre2_code *) = code;
    return APR_SUCCESS;
}

int slim_rules_count(const struct slim_rules *rules)
{
    return rules->codes->nelts;
}

static void take_groups(const struct slim_rules *rules, struct slim_text subject, int groups,
                        struct slim_match *match)
{
    const PCRE2_SIZE *ovector = pcre2_get_ovector_pointer(rules->data);

    for (int i = 0; i < SLIM_RULE_GROUPS; i++) {
        match->group[i] = (struct slim_text){NULL, 0};
        if (i < groups && ovector[2 * i] != PCRE2_UNSET && ovector[2 * i + 1] > ovector[2 * i]) {
            match->group[i] = (struct slim_text){subject.at + ovector[2 * i],
                                                 ovector[2 * i + 1] - ovector[2 * i]};
        }
    }
}

int slim_rules_match(const struct slim_rules *rules, struct slim_text subject,
                     struct slim_match *match)
{
    const char *at = subject.at ? subject.at : "";
    size_t length = subject.length < SLIM_SUBJECT_MAX ? subject.length : SLIM_SUBJECT_MAX;

    for (int i = 0; i < rules->codes->nelts; i++) {
        int groups = pcre2_match(APR_ARRAY_IDX(rules->codes, i, pcre2_code *), (PCRE2_SPTR)at,
                                 length, 0, 0, rules->data, rules->context);
        if (groups >= 0) { /* 0: more groups than there is room for */
            match->rule = i;
            take_groups(rules, subject, groups ? groups : SLIM_RULE_GROUPS, match);
            return 1;
        }
    }
    return 0;
}
