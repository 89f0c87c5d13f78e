/* A trie of literals that becomes a table of transitions, and the rules behind its states. */
#include "rule_filter.h"

#include <assert.h>
#include <string.h>

#include <apr_tables.h>

#define PART_MAX 12      /* bytes of a literal that are searched for */
#define STATES_MAX 60000 /* what comes later is tried always */

struct node {
    uint16_t child, sibling; /* 0: none */
    uint16_t fail;
    unsigned char byte;
    int hit; /* the first of those that end here; -1: none */
};

/* What a scan found of a list. */
struct found {
    uint8_t *seen; /* bits of each rule */
    uint64_t *always, *candidates;
    size_t words;
};

/* What a table is made of; gone when it is built. */
struct trie {
    apr_pool_t *pool;
    apr_array_header_t *nodes; /* struct node; 0 is the root */
    int classes;
    uint16_t *next, *shorter, *report; /* of the table, while it is written */
};

struct slim_rule_filter {
    apr_pool_t *pool;
    struct trie trie;
    apr_array_header_t *needs[SLIM_FILTER_LISTS]; /* uint8_t */
    apr_array_header_t *hits;                     /* struct slim_filter_hit */
    uint8_t class_of[SLIM_FILTER_BYTES];
    struct slim_filter_table table;
    struct found found[SLIM_FILTER_LISTS];
};

struct slim_rule_filter *slim_rule_filter_make(apr_pool_t *pool)
{
    struct slim_rule_filter *filter = apr_pcalloc(pool, sizeof *filter);
    struct node root = {.hit = -1};

    filter->pool = pool;
    if (apr_pool_create(&filter->trie.pool, pool) != APR_SUCCESS) {
        filter->trie.pool = pool;
    }
    filter->trie.nodes = apr_array_make(filter->trie.pool, 4096, sizeof(struct node));
    filter->hits = apr_array_make(pool, 1024, sizeof(struct slim_filter_hit));
    APR_ARRAY_PUSH(filter->trie.nodes, struct node) = root;
    return filter;
}

int slim_rule_filter_add_list(struct slim_rule_filter *filter)
{
    assert(filter->table.lists < SLIM_FILTER_LISTS);
    filter->needs[filter->table.lists] = apr_array_make(filter->pool, 256, sizeof(uint8_t));
    return filter->table.lists++;
}

/* --- the trie --- */

static struct node *node_at(const struct slim_rule_filter *filter, int state)
{
    return &APR_ARRAY_IDX(filter->trie.nodes, state, struct node);
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
    int child = filter->trie.nodes->nelts;
    struct node fresh = {.byte = byte, .hit = -1, .sibling = node_at(filter, state)->child};

    APR_ARRAY_PUSH(filter->trie.nodes, struct node) = fresh;
    node_at(filter, state)->child = (uint16_t)child;
    return child;
}

/* What a literal leads to: hit.next is not known yet. */
static void add_literal(struct slim_rule_filter *filter, struct slim_text literal,
                        struct slim_filter_hit hit)
{
    int state = 0;
    const struct slim_text part = slim_literal_rare_part(literal, PART_MAX);

    for (size_t i = 0; i < part.length; i++) {
        int child = child_of(filter, state, (unsigned char)part.at[i]);
        state = child ? child : make_child(filter, state, (unsigned char)part.at[i]);
    }
    hit.next = node_at(filter, state)->hit;
    node_at(filter, state)->hit = filter->hits->nelts;
    APR_ARRAY_PUSH(filter->hits, struct slim_filter_hit) = hit;
}

static int has_room(const struct slim_rule_filter *filter,
                    const struct slim_rule_literals *literals)
{
    int strings = 0;

    for (int i = 0; i < literals->sets; i++) {
        strings += literals->set[i].count;
    }
    return filter->trie.nodes->nelts + strings * PART_MAX < STATES_MAX;
}

void slim_rule_filter_add(struct slim_rule_filter *filter, int list,
                          const struct slim_rule_literals *literals)
{
    apr_array_header_t *needs = filter->needs[list];
    uint8_t need = 0;

    for (int i = 0; has_room(filter, literals) && i < literals->sets; i++) {
        uint8_t bit = (uint8_t)(1u << i);
        for (int n = 0; n < literals->set[i].count; n++) {
            const struct slim_filter_hit hit = {.rule = needs->nelts,
                                                .list = (uint8_t)list,
                                                .bit = bit,
                                                .next = -1};
            add_literal(filter, literals->set[i].item[n], hit);
        }
        need |= bit;
    }
    APR_ARRAY_PUSH(needs, uint8_t) = need;
}

/* --- the table --- */

/* Bytes that no literal has are one class, 0, and lead back to the root; both cases of a letter are
 * another. */
static void make_classes(struct slim_rule_filter *filter)
{
    filter->trie.classes = 1;
    for (int i = 1; i < filter->trie.nodes->nelts; i++) {
        unsigned char byte = node_at(filter, i)->byte;
        if (!filter->class_of[byte]) {
            filter->class_of[byte] = (uint8_t)filter->trie.classes++;
        }
    }
    for (int c = 'a'; c <= 'z'; c++) {
        filter->class_of[c - 'a' + 'A'] = filter->class_of[c];
    }
    filter->table.class_of = filter->class_of;
    while (1 << filter->table.shift < filter->trie.classes) {
        filter->table.shift++;
    }
}

/* A state's row begins as that of the state it fails to, which is shorter and so made already. */
static void make_row(struct slim_rule_filter *filter, int state, apr_array_header_t *queue)
{
    struct trie *trie = &filter->trie;
    const int32_t *first_hit = filter->table.first_hit;
    int shift = filter->table.shift;
    uint16_t *row = trie->next + ((size_t)state << shift);
    int fail = node_at(filter, state)->fail;

    if (state) {
        memcpy(row, trie->next + ((size_t)fail << shift), sizeof *row << shift);
        trie->shorter[state] = first_hit[fail] >= 0 ? (uint16_t)fail : trie->shorter[fail];
        trie->report[state] = first_hit[state] >= 0 ? (uint16_t)state : trie->shorter[state];
    }
    for (int child = node_at(filter, state)->child; child;
         child = node_at(filter, child)->sibling) {
        uint8_t class = filter->class_of[node_at(filter, child)->byte];
        node_at(filter, child)->fail = row[class];
        row[class] = (uint16_t)child;
        APR_ARRAY_PUSH(queue, int) = child;
    }
}

/* Room for the table, and what is known already. */
static void begin_table(struct slim_rule_filter *filter)
{
    struct slim_filter_table *table = &filter->table;
    struct trie *trie = &filter->trie;
    size_t states = (size_t)trie->nodes->nelts;
    int32_t *first_hit = apr_palloc(filter->pool, states * sizeof *first_hit);

    for (size_t i = 0; i < states; i++) {
        first_hit[i] = node_at(filter, (int)i)->hit;
    }
    table->states = (int)states;
    table->first_hit = first_hit;
    table->next = trie->next = apr_pcalloc(filter->pool, states * sizeof(uint16_t) << table->shift);
    table->shorter = trie->shorter = apr_pcalloc(filter->pool, states * sizeof(uint16_t));
    table->report = trie->report = apr_pcalloc(filter->pool, states * sizeof(uint16_t));
    table->hits = filter->hits->nelts;
    table->hit = (const struct slim_filter_hit *)(const void *)filter->hits->elts;
    for (int i = 0; i < table->lists; i++) {
        table->list[i].needs = (const uint8_t *)filter->needs[i]->elts;
        table->list[i].rules = filter->needs[i]->nelts;
    }
}

static void make_found(const struct slim_filter_list *list, struct found *found, apr_pool_t *pool)
{
    size_t rules = (size_t)list->rules;

    found->words = rules / 64 + 1;
    found->seen = apr_palloc(pool, rules + 1);
    found->always = apr_pcalloc(pool, found->words * sizeof(uint64_t));
    found->candidates = apr_palloc(pool, found->words * sizeof(uint64_t));
    for (size_t i = 0; i < rules; i++) {
        if (!list->needs[i]) {
            found->always[i / 64] |= UINT64_C(1) << (i % 64);
        }
    }
}

static void begin_scans(struct slim_rule_filter *filter)
{
    for (int i = 0; i < filter->table.lists; i++) {
        make_found(&filter->table.list[i], &filter->found[i], filter->pool);
    }
}

void slim_rule_filter_build(struct slim_rule_filter *filter)
{
    struct trie *trie = &filter->trie;

    make_classes(filter);
    begin_table(filter);
    apr_array_header_t *queue = apr_array_make(trie->pool, filter->table.states, sizeof(int));
    APR_ARRAY_PUSH(queue, int) = 0;
    for (int i = 0; i < queue->nelts; i++) {
        make_row(filter, APR_ARRAY_IDX(queue, i, int), queue);
    }
    if (trie->pool != filter->pool) {
        apr_pool_destroy(trie->pool);
    }
    *trie = (struct trie){0};
    begin_scans(filter);
}

struct slim_rule_filter *slim_rule_filter_of_table(const struct slim_filter_table *table,
                                                   apr_pool_t *pool)
{
    struct slim_rule_filter *filter = apr_pcalloc(pool, sizeof *filter);

    filter->pool = pool;
    filter->table = *table;
    begin_scans(filter);
    return filter;
}

const struct slim_filter_table *slim_rule_filter_table(const struct slim_rule_filter *filter)
{
    return &filter->table;
}

/* --- the scan --- */

static void take_hits(struct slim_rule_filter *filter, int state)
{
    const struct slim_filter_table *table = &filter->table;

    for (int i = table->first_hit[state]; i >= 0; i = table->hit[i].next) {
        const struct slim_filter_hit *hit = &table->hit[i];
        struct found *found = &filter->found[hit->list];
        found->seen[hit->rule] |= hit->bit;
        if (found->seen[hit->rule] == table->list[hit->list].needs[hit->rule]) {
            found->candidates[hit->rule / 64] |= UINT64_C(1) << (hit->rule % 64);
        }
    }
}

void slim_rule_filter_scan(struct slim_rule_filter *filter, struct slim_text subject)
{
    const struct slim_filter_table *table = &filter->table;
    const uint16_t *next = table->next, *report = table->report;
    size_t state = 0;
    int shift = table->shift;

    for (int i = 0; i < table->lists; i++) {
        struct found *found = &filter->found[i];
        memset(found->seen, 0, (size_t)table->list[i].rules);
        memcpy(found->candidates, found->always, found->words * sizeof(uint64_t));
    }
    for (size_t i = 0; i < subject.length; i++) {
        state = next[state << shift | table->class_of[(unsigned char)subject.at[i]]];
        for (unsigned s = report[state]; s; s = table->shorter[s]) {
            take_hits(filter, (int)s);
        }
    }
}

const uint64_t *slim_rule_filter_candidates(const struct slim_rule_filter *filter, int list)
{
    return filter->found[list].candidates;
}
