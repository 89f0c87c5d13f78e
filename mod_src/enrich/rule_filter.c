/* A trie of literals that becomes a table of transitions, and the rules behind its states. */
#include "rule_filter.h"

#include <assert.h>
#include <string.h>

#include <apr_tables.h>

#define PART_MAX 12      /* bytes of a literal that are searched for */
#define STATES_MAX 60000 /* what comes later is tried always */
#define BYTES 256
#define LISTS_MAX 8

struct node {
    uint16_t child, sibling; /* 0: none */
    uint16_t fail;
    unsigned char byte;
    int hit; /* the first of those that end here; -1: none */
};

/* A rule of a list has the set of this bit. */
struct hit {
    int rule;
    unsigned char list, bit;
    int next; /* -1: none */
};

struct list {
    apr_array_header_t *needs; /* unsigned char: bits of the sets that a rule requires */
    unsigned char *seen;       /* bits of a rule, during a scan */
    uint64_t *always, *candidates;
    size_t words;
};

struct slim_rule_filter {
    apr_pool_t *pool;
    apr_pool_t *trie_pool;     /* gone when the table is built */
    apr_array_header_t *nodes; /* struct node; 0 is the root */
    apr_array_header_t *hits;  /* struct hit */
    struct list list[LISTS_MAX];
    int lists;
    unsigned char class_of[BYTES];
    int classes;
    int shift;         /* a row has 2^shift entries, as many as there are classes or more */
    uint16_t *next;    /* state << shift | class */
    int *first_hit;    /* of a state, -1: none */
    uint16_t *shorter; /* the next state along the failures that has hits; 0: none */
    uint16_t *report;  /* the state itself when it has hits, else shorter */
};

struct slim_rule_filter *slim_rule_filter_make(apr_pool_t *pool)
{
    struct slim_rule_filter *filter = apr_pcalloc(pool, sizeof *filter);
    struct node root = {.hit = -1};

    filter->pool = pool;
    if (apr_pool_create(&filter->trie_pool, pool) != APR_SUCCESS) {
        filter->trie_pool = pool;
    }
    filter->nodes = apr_array_make(filter->trie_pool, 4096, sizeof(struct node));
    filter->hits = apr_array_make(pool, 1024, sizeof(struct hit));
    APR_ARRAY_PUSH(filter->nodes, struct node) = root;
    return filter;
}

int slim_rule_filter_add_list(struct slim_rule_filter *filter)
{
    assert(filter->lists < LISTS_MAX);
    filter->list[filter->lists].needs = apr_array_make(filter->pool, 256, 1);
    return filter->lists++;
}

/* --- the trie --- */

static struct node *node_at(const struct slim_rule_filter *filter, int state)
{
    return &APR_ARRAY_IDX(filter->nodes, state, struct node);
}

static int child_of(const struct slim_rule_filter *filter, int state, unsigned char byte)
{
    int child = node_at(filter, state)->child;

    while (child && node_at(filter, child)->byte != byte) {
        child = node_at(filter, child)->sibling;
    }
    return child;
}

static int make_child(struct slim_rule_filter *filter, int state, unsigned char byte)
{
    int child = filter->nodes->nelts;
    struct node fresh = {.byte = byte, .hit = -1, .sibling = node_at(filter, state)->child};

    APR_ARRAY_PUSH(filter->nodes, struct node) = fresh;
    node_at(filter, state)->child = (uint16_t)child;
    return child;
}

/* What a literal leads to: hit.next is not known yet. */
static void add_literal(struct slim_rule_filter *filter, struct slim_text literal, struct hit hit)
{
    int state = 0;
    const struct slim_text part = slim_literal_rare_part(literal, PART_MAX);

    for (size_t i = 0; i < part.length; i++) {
        int child = child_of(filter, state, (unsigned char)part.at[i]);
        state = child ? child : make_child(filter, state, (unsigned char)part.at[i]);
    }
    hit.next = node_at(filter, state)->hit;
    node_at(filter, state)->hit = filter->hits->nelts;
    APR_ARRAY_PUSH(filter->hits, struct hit) = hit;
}

static int has_room(const struct slim_rule_filter *filter,
                    const struct slim_rule_literals *literals)
{
    int strings = 0;

    for (int i = 0; i < literals->sets; i++) {
        strings += literals->set[i].count;
    }
    return filter->nodes->nelts + strings * PART_MAX < STATES_MAX;
}

void slim_rule_filter_add(struct slim_rule_filter *filter, int list,
                          const struct slim_rule_literals *literals)
{
    apr_array_header_t *needs = filter->list[list].needs;
    unsigned char need = 0;

    for (int i = 0; has_room(filter, literals) && i < literals->sets; i++) {
        unsigned char bit = (unsigned char)(1u << i);
        for (int n = 0; n < literals->set[i].count; n++) {
            const struct hit hit = {needs->nelts, (unsigned char)list, bit, -1};
            add_literal(filter, literals->set[i].item[n], hit);
        }
        need |= bit;
    }
    APR_ARRAY_PUSH(needs, unsigned char) = need;
}

/* --- the table --- */

/* Bytes that no literal has are one class, 0, and lead back to the root; both cases of a letter are
 * another. */
static void make_classes(struct slim_rule_filter *filter)
{
    filter->classes = 1;
    for (int i = 1; i < filter->nodes->nelts; i++) {
        unsigned char byte = node_at(filter, i)->byte;
        if (!filter->class_of[byte]) {
            filter->class_of[byte] = (unsigned char)filter->classes++;
        }
    }
    for (int c = 'a'; c <= 'z'; c++) {
        filter->class_of[c - 'a' + 'A'] = filter->class_of[c];
    }
    while (1 << filter->shift < filter->classes) {
        filter->shift++;
    }
}

/* A state's row begins as that of the state it fails to, which is shorter and so made already. */
static void make_row(struct slim_rule_filter *filter, int state, apr_array_header_t *queue)
{
    uint16_t *row = filter->next + ((size_t)state << filter->shift);
    int fail = node_at(filter, state)->fail;

    if (state) {
        memcpy(row, filter->next + ((size_t)fail << filter->shift), sizeof *row << filter->shift);
        filter->shorter[state] =
            filter->first_hit[fail] >= 0 ? (uint16_t)fail : filter->shorter[fail];
        filter->report[state] =
            filter->first_hit[state] >= 0 ? (uint16_t)state : filter->shorter[state];
    }
    for (int child = node_at(filter, state)->child; child;
         child = node_at(filter, child)->sibling) {
        unsigned char class = filter->class_of[node_at(filter, child)->byte];
        node_at(filter, child)->fail = row[class];
        row[class] = (uint16_t)child;
        APR_ARRAY_PUSH(queue, int) = child;
    }
}

static void build_list(struct list *list, apr_pool_t *pool)
{
    size_t rules = (size_t)list->needs->nelts;

    list->words = rules / 64 + 1;
    list->seen = apr_palloc(pool, rules + 1);
    list->always = apr_pcalloc(pool, list->words * sizeof(uint64_t));
    list->candidates = apr_palloc(pool, list->words * sizeof(uint64_t));
    for (size_t i = 0; i < rules; i++) {
        if (!APR_ARRAY_IDX(list->needs, i, unsigned char)) {
            list->always[i / 64] |= UINT64_C(1) << (i % 64);
        }
    }
}

void slim_rule_filter_build(struct slim_rule_filter *filter)
{
    size_t states = (size_t)filter->nodes->nelts;
    apr_array_header_t *queue = apr_array_make(filter->trie_pool, (int)states, sizeof(int));

    make_classes(filter);
    filter->next = apr_pcalloc(filter->pool, states * sizeof(uint16_t) << filter->shift);
    filter->shorter = apr_pcalloc(filter->pool, states * sizeof(uint16_t));
    filter->report = apr_pcalloc(filter->pool, states * sizeof(uint16_t));
    filter->first_hit = apr_palloc(filter->pool, states * sizeof(int));
    for (size_t i = 0; i < states; i++) {
        filter->first_hit[i] = node_at(filter, (int)i)->hit;
    }
    APR_ARRAY_PUSH(queue, int) = 0;
    for (int i = 0; i < queue->nelts; i++) {
        make_row(filter, APR_ARRAY_IDX(queue, i, int), queue);
    }
    for (int i = 0; i < filter->lists; i++) {
        build_list(&filter->list[i], filter->pool);
    }
    filter->nodes = NULL;
    if (filter->trie_pool != filter->pool) {
        apr_pool_destroy(filter->trie_pool);
    }
}

/* --- the scan --- */

static void take_hits(struct slim_rule_filter *filter, int state)
{
    const struct hit *hits = (const struct hit *)(const void *)filter->hits->elts;

    for (int i = filter->first_hit[state]; i >= 0; i = hits[i].next) {
        struct list *list = &filter->list[hits[i].list];
        int rule = hits[i].rule;
        list->seen[rule] |= hits[i].bit;
        if (list->seen[rule] == ((const unsigned char *)list->needs->elts)[rule]) {
            list->candidates[rule / 64] |= UINT64_C(1) << (rule % 64);
        }
    }
}

void slim_rule_filter_scan(struct slim_rule_filter *filter, struct slim_text subject)
{
    const uint16_t *next = filter->next, *report = filter->report;
    size_t state = 0;
    int shift = filter->shift;

    for (int i = 0; i < filter->lists; i++) {
        struct list *list = &filter->list[i];
        memset(list->seen, 0, (size_t)list->needs->nelts);
        memcpy(list->candidates, list->always, list->words * sizeof(uint64_t));
    }
    for (size_t i = 0; i < subject.length; i++) {
        state = next[state << shift | filter->class_of[(unsigned char)subject.at[i]]];
        for (unsigned s = report[state]; s; s = filter->shorter[s]) {
            take_hits(filter, (int)s);
        }
    }
}

const uint64_t *slim_rule_filter_candidates(const struct slim_rule_filter *filter, int list)
{
    return filter->list[list].candidates;
}
