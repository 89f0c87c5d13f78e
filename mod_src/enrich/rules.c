/* First match in lists of PCRE2 expressions, compiled to machine code where that is allowed. */
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
    int is_native; /* machine code was made of it, where that is allowed: when it is first tried,
                    * since most rules never are */
    struct slim_rule_place place;
};

struct slim_rule_lists {
    struct slim_rule_filter *filter;
    int filtered; /* the filter is built */
    int lacked_memory;
    char scanned[SLIM_SUBJECT_MAX]; /* what its candidates are of */
    size_t length;                  /* SIZE_MAX: nothing was scanned */
    apr_pool_t *pool, *scratch;     /* scratch: for the literals of one rule */
    pcre2_match_data *data;
    pcre2_match_context *context;
};

struct slim_rules {
    struct slim_rule_lists *lists;
    int number;                   /* among the lists */
    apr_array_header_t *compiled; /* struct compiled */
};

/* A hostile subject must not take longer than this many backtracking steps a rule. */
#define MATCH_LIMIT 20000

static apr_status_t free_rules(void *baton)
{
    struct slim_rules *rules = baton;

    for (int i = 0; i < rules->compiled->nelts; i++) {
        pcre2_code_free(APR_ARRAY_IDX(rules->compiled, i, struct compiled).code);
    }
    return APR_SUCCESS;
}

static apr_status_t free_lists(void *baton)
{
    struct slim_rule_lists *lists = baton;

    pcre2_match_data_free(lists->data);
    pcre2_match_context_free(lists->context);
    return APR_SUCCESS;
}

struct slim_rule_lists *slim_rule_lists_make(apr_pool_t *pool)
{
    struct slim_rule_lists *lists = apr_pcalloc(pool, sizeof *lists);

    lists->pool = pool;
    lists->length = SIZE_MAX;
    lists->filter = slim_rule_filter_make(pool);
    if (apr_pool_create(&lists->scratch, pool) != APR_SUCCESS) {
        lists->scratch = NULL;
    }
    lists->data = pcre2_match_data_create(SLIM_RULE_GROUPS, NULL);
    lists->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(lists->context, MATCH_LIMIT);
    apr_pool_cleanup_register(pool, lists, free_lists, apr_pool_cleanup_null);
    return lists;
}

int slim_rule_lists_lacked_memory(const struct slim_rule_lists *lists)
{
    return lists->lacked_memory;
}

apr_pool_t *slim_rule_lists_pool(const struct slim_rule_lists *lists)
{
    return lists->pool;
}

struct slim_rules *slim_rules_make(struct slim_rule_lists *lists)
{
    struct slim_rules *rules = apr_palloc(lists->pool, sizeof *rules);

    rules->lists = lists;
    rules->number = slim_rule_filter_add_list(lists->filter);
    rules->compiled = apr_array_make(lists->pool, 256, sizeof(struct compiled));
    apr_pool_cleanup_register(lists->pool, rules, free_rules, apr_pool_cleanup_null);
    return rules;
}

static void add_to_filter(struct slim_rules *rules, const char *expression)
{
    struct slim_rule_literals literals = {.sets = 0};
    apr_pool_t *scratch = rules->lists->scratch;

    if (scratch) {
        slim_rule_literals_find(expression, &literals, scratch);
    }
    slim_rule_filter_add(rules->lists->filter, rules->number, &literals);
    if (scratch) {
        apr_pool_clear(scratch);
    }
}

apr_status_t slim_rules_add(struct slim_rules *rules, const struct slim_rule *rule,
                            const char **reason, unsigned *offset, apr_pool_t *pool)
{
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)rule->expression, PCRE2_ZERO_TERMINATED,
                                     rule->ignore_case ? PCRE2_CASELESS : 0, &error, &at, NULL);

    if (!code && error == PCRE2_ERROR_HEAP_FAILED) {
        rules->lists->lacked_memory = 1;
        *reason = "too little memory";
        *offset = 0;
        return APR_ENOMEM;
    }
    if (!code) {
        PCRE2_UCHAR text[128] = "";
        pcre2_get_error_message(error, text, sizeof text);
        *reason = apr_pstrdup(pool, (char *)text);
        *offset = (unsigned)at;
        return SLIM_EBADRULES;
    }
    APR_ARRAY_PUSH(rules->compiled, struct compiled) = (struct compiled){code, 0, rule->place};
    add_to_filter(rules, rule->expression);
    return APR_SUCCESS;
}

void slim_rule_lists_build(struct slim_rule_lists *lists)
{
    slim_rule_filter_build(lists->filter);
    if (lists->scratch) {
        apr_pool_destroy(lists->scratch);
        lists->scratch = NULL;
    }
    lists->filtered = 1;
}

static void take_groups(const struct slim_rules *rules, struct slim_text subject, int groups,
                        struct slim_match *match)
{
    const PCRE2_SIZE *ovector = pcre2_get_ovector_pointer(rules->lists->data);

    for (int i = 0; i < SLIM_RULE_GROUPS; i++) {
        match->group[i] = (struct slim_text){NULL, 0};
        if (i < groups && ovector[2 * i] != PCRE2_UNSET && ovector[2 * i + 1] > ovector[2 * i]) {
            match->group[i] = (struct slim_text){subject.at + ovector[2 * i],
                                                 ovector[2 * i + 1] - ovector[2 * i]};
        }
    }
}

/* What is asked of a list. */
struct question {
    const struct slim_rules *rules;
    struct slim_text subject;
    slim_rules_accept *accept; /* NULL: any match will do */
    void *baton;
    struct slim_match *match;
};

static void make_native(struct compiled *one)
{
    if (!one->is_native) {
        (void)pcre2_jit_compile(one->code, PCRE2_JIT_COMPLETE); /* without it: slower, not wrong */
        one->is_native = 1;
    }
}

/* Where the match ends; 0: there is none, or an empty one at the beginning. */
static size_t try_from(const struct question *q, int rule, size_t from, int *found)
{
    const struct slim_rules *rules = q->rules;
    struct compiled *one = &APR_ARRAY_IDX(rules->compiled, rule, struct compiled);

    make_native(one);
    int groups = pcre2_match(one->code, (PCRE2_SPTR)q->subject.at, q->subject.length, from, 0,
                             rules->lists->data, rules->lists->context);

    *found = groups >= 0;
    if (groups < 0) {
        return 0;
    }
    q->match->rule = rule;
    q->match->place = one->place;
    take_groups(rules, q->subject, groups ? groups : SLIM_RULE_GROUPS, q->match); /* 0: too many */
    return pcre2_get_ovector_pointer(rules->lists->data)[1];
}

static int try_rule(const struct question *q, int rule)
{
    size_t from = 0;

    for (;;) {
        int found;
        size_t end = try_from(q, rule, from, &found);
        if (!found || !q->accept || q->accept(q->baton, q->match)) {
            return found;
        }
        if (end <= from) { /* an empty match */
            return 0;
        }
        from = end;
    }
}

/* The lists' subjects mostly come several times in a row. */
static void scan(struct slim_rule_lists *lists, struct slim_text subject)
{
    if (lists->length == subject.length
        && memcmp(lists->scanned, subject.at, subject.length) == 0) {
        return;
    }
    memcpy(lists->scanned, subject.at, subject.length);
    lists->length = subject.length;
    slim_rule_filter_scan(lists->filter, subject);
}

static int match_candidates(const struct question *q)
{
    const struct slim_rules *rules = q->rules;
    const uint64_t *candidates = slim_rule_filter_candidates(rules->lists->filter, rules->number);
    int words = rules->compiled->nelts / 64 + 1;

    scan(rules->lists, q->subject);
    for (int i = 0; i < words; i++) {
        for (uint64_t left = candidates[i]; left; left &= left - 1) {
            if (try_rule(q, i * 64 + __builtin_ctzll(left))) {
                return 1;
            }
        }
    }
    return 0;
}

int slim_rules_match_accepted(const struct slim_rules *rules, struct slim_text subject,
                              slim_rules_accept *accept, void *baton, struct slim_match *match)
{
    struct question q = {rules, subject, accept, baton, match};

    if (!subject.at) {
        q.subject = (struct slim_text){"", 0};
    }
    if (subject.length > SLIM_SUBJECT_MAX) {
        q.subject.length = SLIM_SUBJECT_MAX;
    }
    if (rules->lists->filtered) {
        return match_candidates(&q);
    }
    for (int i = 0; i < rules->compiled->nelts; i++) {
        if (try_rule(&q, i)) {
            return 1;
        }
    }
    return 0;
}

int slim_rules_match(const struct slim_rules *rules, struct slim_text subject,
                     struct slim_match *match)
{
    return slim_rules_match_accepted(rules, subject, NULL, NULL, match);
}
