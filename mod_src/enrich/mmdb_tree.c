/* A binary tree over the bits of addresses, kept as small as it can be. */
#include "mmdb_tree.h"

#include <stdlib.h>
#include <string.h>

#define BITS 128
#define NODES_MAX UINT32_C(0x08000000) /* 28 bit records hold no more */

apr_status_t slim_mmdb_tree_open(struct slim_mmdb_tree *tree)
{
    memset(tree, 0, sizeof *tree);
    tree->size = 1024;
    tree->node = calloc(tree->size, sizeof *tree->node);
    tree->count = 1;
    return tree->node ? APR_SUCCESS : APR_ENOMEM;
}

void slim_mmdb_tree_close(struct slim_mmdb_tree *tree)
{
    free(tree->node);
    tree->node = NULL;
}

/* A node whose halves both have record; 0 when there is no room. */
static uint32_t make_node(struct slim_mmdb_tree *tree, uint32_t record)
{
    uint32_t made = tree->free;

    if (made) {
        tree->free = tree->node[made][0];
    } else {
        if (tree->count == tree->size) {
            uint32_t(*more)[2] =
                tree->size < NODES_MAX ? realloc(tree->node, 2 * sizeof *more * tree->size) : NULL;
            if (!more) {
                return 0;
            }
            tree->node = more;
            tree->size *= 2;
        }
        made = tree->count++;
    }
    tree->node[made][0] = tree->node[made][1] = record;
    return made;
}

static int is_node(uint32_t record)
{
    return record != 0 && !(record & SLIM_MMDB_VALUE);
}

static int bit_of(slim_bits128 bits, int depth)
{
    return (int)(bits >> (BITS - 1 - depth) & 1);
}

/* Gives the nodes below a record back; no deeper than an address has bits. */
static void release(struct slim_mmdb_tree *tree, uint32_t record)
{
    if (is_node(record)) {
        release(tree, tree->node[record][0]);
        release(tree, tree->node[record][1]);
        tree->node[record][0] = tree->free;
        tree->free = record;
    }
}

/* The way from the root to the record of a prefix; nodes that miss on it are made. */
static int walk(struct slim_mmdb_tree *tree, slim_bits128 bits, int length, uint32_t path[BITS])
{
    path[0] = 0;
    for (int depth = 0; depth < length - 1; depth++) {
        int bit = bit_of(bits, depth);
        uint32_t next = tree->node[path[depth]][bit];
        if (!is_node(next)) {
            next = make_node(tree, next);
            if (next == 0) {
                return 0;
            }
            tree->node[path[depth]][bit] = next;
        }
        path[depth + 1] = next;
    }
    return 1;
}

/* From 1 to 128 bits. */
static apr_status_t put_prefix(struct slim_mmdb_tree *tree, slim_bits128 bits, int length,
                               uint32_t record)
{
    uint32_t path[BITS];
    int depth = length - 1;

    if (!walk(tree, bits, length, path)) {
        return APR_ENOMEM;
    }
    release(tree, tree->node[path[depth]][bit_of(bits, depth)]);
    tree->node[path[depth]][bit_of(bits, depth)] = record;
    for (; depth > 0; depth--) {
        uint32_t node = path[depth];
        if (tree->node[node][0] != record || tree->node[node][1] != record) {
            break;
        }
        tree->node[path[depth - 1]][bit_of(bits, depth - 1)] = record;
        tree->node[node][0] = tree->free;
        tree->free = node;
    }
    return APR_SUCCESS;
}

/* As many addresses as a prefix that begins at from can have without going past to, less one. */
static slim_bits128 widest_span(slim_bits128 from, slim_bits128 to, int *length)
{
    slim_bits128 span = 0;

    for (*length = BITS; *length > 1; (*length)--) {
        slim_bits128 wider = span << 1 | 1;
        if ((from & wider) != 0 || to - from < wider) {
            break;
        }
        span = wider;
    }
    return span;
}

apr_status_t slim_mmdb_tree_put(struct slim_mmdb_tree *tree, slim_bits128 from, slim_bits128 to,
                                uint32_t value)
{
    if (from > to || (value & SLIM_MMDB_VALUE)) {
        return APR_EINVAL;
    }
    for (;;) {
        int length;
        slim_bits128 span = widest_span(from, to, &length);
        apr_status_t rv = put_prefix(tree, from, length, value | SLIM_MMDB_VALUE);
        if (rv != APR_SUCCESS || to - from == span) {
            return rv;
        }
        from += span + 1;
    }
}

apr_status_t slim_mmdb_tree_alias_ipv4(struct slim_mmdb_tree *tree)
{
    static const struct {
        slim_bits128 bits;
        int length;
    } aliases[] = {{(slim_bits128)0xffff << 32, 96}, {(slim_bits128)0x2002 << 112, 16}};
    uint32_t ipv4 = 0, path[BITS];

    for (int depth = 0; depth < 96 && (depth == 0 || is_node(ipv4)); depth++) {
        ipv4 = tree->node[ipv4][0];
    }
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        int depth = aliases[i].length - 1;
        if (!walk(tree, aliases[i].bits, aliases[i].length, path)) {
            return APR_ENOMEM;
        }
        tree->node[path[depth]][bit_of(aliases[i].bits, depth)] = ipv4;
    }
    return APR_SUCCESS;
}

static void number_below(const struct slim_mmdb_tree *tree, uint32_t node, uint32_t *order,
                         uint32_t *number, uint32_t *used)
{
    number[node] = *used;
    order[(*used)++] = node;
    for (int bit = 0; bit < 2; bit++) {
        uint32_t next = tree->node[node][bit];
        if (is_node(next) && number[next] == UINT32_MAX) {
            number_below(tree, next, order, number, used);
        }
    }
}

uint32_t slim_mmdb_tree_number(const struct slim_mmdb_tree *tree, uint32_t *order, uint32_t *number)
{
    uint32_t used = 0;

    memset(number, 0xff, (size_t)tree->count * sizeof *number);
    number_below(tree, 0, order, number, &used);
    return used;
}
