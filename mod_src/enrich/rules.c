/* First match in lists of PCRE2 expressions, compiled to machine code where that is allowed. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules.h"

#include <assert.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "rule_filter.h"
#include "rule_literal.h"

struct compiled {
    pcre2_code *code; /* NULL: not compiled yet, or not possible */
    int was_tried;    /* it is compiled, and machine code was made of it where that is allowed: when
                       * it is first tried, since most rules never are */
};

struct slim_rules {
    struct slim_rule_lists *lists;
    int number;                   /* among the lists */
    apr_array_header_t *rules;    /* struct slim_image_rule */
    apr_array_header_t *compiled; /* struct compiled, one a rule */
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
    struct slim_rules *list[SLIM_FILTER_LISTS];
    int lists, handed_out;
    const char *file[SLIM_RULE_FILES];
    int files;
    apr_array_header_t *texts; /* char */
};

/* A hostile subject must not take longer than this many backtracking steps a rule. */
#define MATCH_LIMIT 20000

static apr_status_t free_lists(void *baton)
{
    struct slim_rule_lists *lists = baton;

    for (int i = 0; i < lists->lists; i++) {
        const apr_array_header_t *compiled = lists->list[i]->compiled;
        for (int n = 0; n < compiled->nelts; n++) {
            pcre2_code_free(APR_ARRAY_IDX(compiled, n, struct compiled).code);
        }
    }
    pcre2_match_data_free(lists->data);
    pcre2_match_context_free(lists->context);
    return APR_SUCCESS;
}

/* Without filter and texts. */
static struct slim_rule_lists *begin_lists(apr_pool_t *pool)
{
    struct slim_rule_lists *lists = apr_pcalloc(pool, sizeof *lists);

    lists->pool = pool;
    lists->length = SIZE_MAX;
    lists->data = pcre2_match_data_create(SLIM_RULE_GROUPS, NULL);
    lists->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(lists->context, MATCH_LIMIT);
    apr_pool_cleanup_register(pool, lists, free_lists, apr_pool_cleanup_null);
    return lists;
}

struct slim_rule_lists *slim_rule_lists_make(apr_pool_t *pool)
{
    struct slim_rule_lists *lists = begin_lists(pool);

    lists->filter = slim_rule_filter_make(pool);
    if (apr_pool_create(&lists->scratch, pool) != APR_SUCCESS) {
        lists->scratch = NULL;
    }
    lists->texts = apr_array_make(pool, 4096, 1);
    APR_ARRAY_PUSH(lists->texts, char) = '\0';
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

/* --- lists, and rules in them --- */

/* A further list, which has rules already or none. */
static struct slim_rules *add_list(struct slim_rule_lists *lists, int rules)
{
    struct slim_rules *list = apr_palloc(lists->pool, sizeof *list);

    assert(lists->lists < SLIM_FILTER_LISTS);
    list->lists = lists;
    list->number = lists->lists;
    list->rules = apr_array_make(lists->pool, rules, sizeof(struct slim_image_rule));
    list->compiled = apr_array_make(lists->pool, rules, sizeof(struct compiled));
    lists->list[lists->lists++] = list;
    return list;
}

struct slim_rules *slim_rules_make(struct slim_rule_lists *lists)
{
    if (lists->handed_out == lists->lists) {
        (void)add_list(lists, 256);
        (void)slim_rule_filter_add_list(lists->filter);
    }
    return lists->list[lists->handed_out++];
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

static uint8_t number_of_file(struct slim_rule_lists *lists, const char *file)
{
    for (int i = 0; i < lists->files; i++) {
        if (lists->file[i] == file) {
            return (uint8_t)i;
        }
    }
    assert(lists->files < SLIM_RULE_FILES);
    lists->file[lists->files] = file;
    return (uint8_t)lists->files++;
}

static uint32_t keep_text(struct slim_rule_lists *lists, const char *text)
{
    uint32_t at = (uint32_t)lists->texts->nelts;

    if (!text) {
        return 0;
    }
    do {
        APR_ARRAY_PUSH(lists->texts, char) = *text;
    } while (*text++);
    return at;
}

static void keep_rule(struct slim_rules *rules, const struct slim_rule *rule, pcre2_code *code)
{
    struct slim_rule_lists *lists = rules->lists;
    struct slim_image_rule kept = {.expression = keep_text(lists, rule->expression),
                                   .mark = rule->mark,
                                   .line = rule->place.line,
                                   .file = number_of_file(lists, rule->place.file),
                                   .ignore_case = rule->ignore_case != 0};

    for (int i = 0; i < SLIM_RULE_VALUES; i++) {
        kept.value[i] = keep_text(lists, rule->value[i]);
    }
    APR_ARRAY_PUSH(rules->rules, struct slim_image_rule) = kept;
    APR_ARRAY_PUSH(rules->compiled, struct compiled) = (struct compiled){.code = code};
    add_to_filter(rules, rule->expression);
}

static pcre2_code *compile(const char *expression, int ignore_case, int *error, PCRE2_SIZE *at)
{
    return pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED,
                         ignore_case ? PCRE2_CASELESS : 0, error, at, NULL);
}

apr_status_t slim_rules_add(struct slim_rules *rules, const struct slim_rule *rule,
                            const char **reason, unsigned *offset, apr_pool_t *pool)
{
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = compile(rule->expression, rule->ignore_case, &error, &at);

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
    keep_rule(rules, rule, code);
    return APR_SUCCESS;
}

static const struct slim_image_rule *rule_at(const struct slim_rules *rules, int rule)
{
    return &APR_ARRAY_IDX(rules->rules, rule, struct slim_image_rule);
}

static const char *text_at(const struct slim_rule_lists *lists, uint32_t at)
{
    return at ? lists->texts->elts + at : NULL;
}

const char *slim_rules_value(const struct slim_rules *rules, int rule, int value)
{
    return text_at(rules->lists, rule_at(rules, rule)->value[value]);
}

int slim_rules_mark(const struct slim_rules *rules, int rule)
{
    return rule_at(rules, rule)->mark;
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

/* --- images --- */

void slim_rule_lists_image(const struct slim_rule_lists *lists, struct slim_rules_image *image)
{
    *image = (struct slim_rules_image){.text = lists->texts->elts,
                                       .text_size = lists->texts->nelts,
                                       .lists = lists->lists,
                                       .files = lists->files,
                                       .filter = *slim_rule_filter_table(lists->filter)};
    for (int i = 0; i < lists->lists; i++) {
        const apr_array_header_t *rules = lists->list[i]->rules;
        image->list[i].rule = (const struct slim_image_rule *)(const void *)rules->elts;
        image->list[i].rules = rules->nelts;
    }
}

/* An array that has its elements elsewhere, and gets no further one. */
static apr_array_header_t *array_of(const void *elements, int count, size_t size, apr_pool_t *pool)
{
    apr_array_header_t *array = apr_pcalloc(pool, sizeof *array);
    union {
        const void *constant;
        char *elements;
    } cast = {elements};

    *array = (apr_array_header_t){pool, (int)size, count, count, cast.elements};
    return array;
}

struct slim_rule_lists *slim_rule_lists_of_image(const struct slim_rules_image *image,
                                                 const char *const *file, apr_pool_t *pool)
{
    struct slim_rule_lists *lists = begin_lists(pool);

    lists->filter = slim_rule_filter_of_table(&image->filter, pool);
    lists->filtered = 1;
    lists->texts = array_of(image->text, image->text_size, 1, pool);
    for (int i = 0; i < image->lists; i++) {
        const struct slim_image_list *list = &image->list[i];
        struct slim_rules *rules = add_list(lists, list->rules);
        rules->rules = array_of(list->rule, list->rules, sizeof *list->rule, pool);
        rules->compiled->nelts = list->rules;
        memset(rules->compiled->elts, 0, (size_t)list->rules * sizeof(struct compiled));
    }
    for (int i = 0; i < image->files; i++) {
        lists->file[lists->files++] = file[i];
    }
    return lists;
}

/* --- matching --- */

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

/* Whoever has no memory for a rule would keep hits without a name, so the process ends instead:
 * what it had in hand is read again by the next one. */
static void prepare(const struct slim_rules *rules, int rule, struct compiled *one)
{
    const struct slim_image_rule *text = rule_at(rules, rule);
    int error = 0;
    PCRE2_SIZE at;

    one->was_tried = 1;
    if (!one->code) {
        one->code =
            compile(text_at(rules->lists, text->expression), text->ignore_case, &error, &at);
    }
    if (one->code) {
        (void)pcre2_jit_compile(one->code, PCRE2_JIT_COMPLETE); /* without it: slower, not wrong */
    } else if (error == PCRE2_ERROR_HEAP_FAILED) {
        fputs("slimstats: too little memory for the rules of agents\n", stderr);
        abort();
    }
}

/* Where the match ends; 0: there is none, or an empty one at the beginning. */
static size_t try_from(const struct question *q, int rule, size_t from, int *found)
{
    const struct slim_rules *rules = q->rules;
    struct compiled *one = &APR_ARRAY_IDX(rules->compiled, rule, struct compiled);

    if (!one->was_tried) {
        prepare(rules, rule, one);
    }
    int groups = !one->code ? PCRE2_ERROR_NOMATCH
                            : pcre2_match(one->code, (PCRE2_SPTR)q->subject.at, q->subject.length,
                                          from, 0, rules->lists->data, rules->lists->context);

    *found = groups >= 0;
    if (groups < 0) {
        return 0;
    }
    q->match->rule = rule;
    q->match->place = (struct slim_rule_place){rules->lists->file[rule_at(rules, rule)->file],
                                               rule_at(rules, rule)->line};
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
