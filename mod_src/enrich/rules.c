/* First match in a list of PCRE2 expressions, compiled to machine code where that is allowed. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules.h"

#include <pcre2.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "rule_filter.h"
#include "rule_literal.h"

struct compiled {
    pcre2_code *code;
    struct slim_rule_place place;
};

struct slim_rules {
    apr_array_header_t *compiled; /* struct compiled */
    struct slim_rule_filter *filter;
    int filtered;        /* the filter is built */
    apr_pool_t *scratch; /* for the literals of one rule */
    pcre2_match_data *data;
    pcre2_match_context *context;
};

/* A hostile subject must not take longer than this many backtracking steps a rule. */
#define MATCH_LIMIT 20000

static apr_status_t free_rules(void *baton)
{
    struct slim_rules *rules = baton;

    for (int i = 0; i < rules->compiled->nelts; i++) {
        pcre2_code_free(APR_ARRAY_IDX(rules->compiled, i, struct compiled).code);
    }
    pcre2_match_data_free(rules->data);
    pcre2_match_context_free(rules->context);
    return APR_SUCCESS;
}

struct slim_rules *slim_rules_make(apr_pool_t *pool)
{
    struct slim_rules *rules = apr_pcalloc(pool, sizeof *rules);

    rules->compiled = apr_array_make(pool, 256, sizeof(struct compiled));
    rules->filter = slim_rule_filter_make(pool);
    if (apr_pool_create(&rules->scratch, pool) != APR_SUCCESS) {
        rules->scratch = NULL;
    }
    rules->data = pcre2_match_data_create(SLIM_RULE_GROUPS, NULL);
    rules->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(rules->context, MATCH_LIMIT);
    apr_pool_cleanup_register(pool, rules, free_rules, apr_pool_cleanup_null);
    return rules;
}

static void add_to_filter(struct slim_rules *rules, const char *expression)
{
    struct slim_rule_literals literals = {.sets = 0};

    if (rules->scratch) {
        slim_rule_literals_find(expression, &literals, rules->scratch);
    }
    slim_rule_filter_add(rules->filter, &literals);
    if (rules->scratch) {
        apr_pool_clear(rules->scratch);
    }
}

apr_status_t slim_rules_add(struct slim_rules *rules, const struct slim_rule *rule,
                            const char **reason, apr_pool_t *pool)
{
    int error;
    PCRE2_SIZE offset;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)rule->expression, PCRE2_ZERO_TERMINATED,
                                     rule->ignore_case ? PCRE2_CASELESS : 0, &error, &offset, NULL);

    if (!code) {
        PCRE2_UCHAR text[128] = "";
        pcre2_get_error_message(error, text, sizeof text);
        *reason = apr_psprintf(pool, "%s at offset %d", (char *)text, (int)offset);
        return SLIM_EBADRULES;
    }
    (void)pcre2_jit_compile(code,
                            PCRE2_JIT_COMPLETE); /* without it matching is slower, not wrong */
    APR_ARRAY_PUSH(rules->compiled, struct compiled) = (struct compiled){code, rule->place};
    add_to_filter(rules, rule->expression);
    return APR_SUCCESS;
}

void slim_rules_build(struct slim_rules *rules)
{
    slim_rule_filter_build(rules->filter);
    if (rules->scratch) {
        apr_pool_destroy(rules->scratch);
        rules->scratch = NULL;
    }
    rules->filtered = 1;
}

int slim_rules_count(const struct slim_rules *rules)
{
    return rules->compiled->nelts;
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

static int try_rule(const struct slim_rules *rules, int rule, struct slim_text subject,
                    struct slim_match *match)
{
    const struct compiled *one = &APR_ARRAY_IDX(rules->compiled, rule, struct compiled);
    int groups = pcre2_match(one->code, (PCRE2_SPTR)subject.at, subject.length, 0, 0, rules->data,
                             rules->context);

    if (groups < 0) {
        return 0;
    }
    match->rule = rule;
    match->place = one->place;
    take_groups(rules, subject, groups ? groups : SLIM_RULE_GROUPS, match); /* 0: too many */
    return 1;
}

static int match_candidates(const struct slim_rules *rules, struct slim_text subject,
                            struct slim_match *match)
{
    const uint64_t *candidates = slim_rule_filter_scan(rules->filter, subject);
    int words = rules->compiled->nelts / 64 + 1;

    for (int i = 0; i < words; i++) {
        for (uint64_t left = candidates[i]; left; left &= left - 1) {
            if (try_rule(rules, i * 64 + __builtin_ctzll(left), subject, match)) {
                return 1;
            }
        }
    }
    return 0;
}

int slim_rules_match(const struct slim_rules *rules, struct slim_text subject,
                     struct slim_match *match)
{
    if (!subject.at) {
        subject = (struct slim_text){"", 0};
    }
    if (subject.length > SLIM_SUBJECT_MAX) {
        subject.length = SLIM_SUBJECT_MAX;
    }
    if (rules->filtered) {
        return match_candidates(rules, subject, match);
    }
    for (int i = 0; i < rules->compiled->nelts; i++) {
        if (try_rule(rules, i, subject, match)) {
            return 1;
        }
    }
    return 0;
}
