/* The search tree of a MaxMind DB file while it is built: from ranges of addresses to values. */
#ifndef SLIM_MMDB_TREE_H
#define SLIM_MMDB_TREE_H

#include <stddef.h>
#include <stdint.h>

#include <apr_errno.h>

#include "../core/status_code.h"

/* An IPv6 address, the first bit on top. IPv4 lies in ::/96, as the format has it. */
typedef unsigned __int128 slim_bits128;

/* A record: 0 nothing, SLIM_MMDB_VALUE and a value, or the number of a node. Node 0 is the root, so
 * that no record names it. */
#define SLIM_MMDB_VALUE UINT32_C(0x80000000)

struct slim_mmdb_tree {
    uint32_t (*node)[2];
    uint32_t count, size;
    uint32_t free; /* the first of the nodes that are out of use, linked by record 0; 0 none */
};

/* APR_ENOMEM when there is no room; slim_mmdb_tree_close releases all. */
apr_status_t slim_mmdb_tree_open(struct slim_mmdb_tree *tree) SLIM_MUST_CHECK;
void slim_mmdb_tree_close(struct slim_mmdb_tree *tree);

/* Gives all addresses of [from, to] a value (below SLIM_MMDB_VALUE), whatever they had before.
 * Halves that are alike become one record. APR_ENOMEM; APR_EINVAL when from > to. */
apr_status_t slim_mmdb_tree_put(struct slim_mmdb_tree *tree, slim_bits128 from, slim_bits128 to,
                                uint32_t value) SLIM_MUST_CHECK;

/* Makes the networks that hold IPv4 addresses, ::ffff:0:0/96 and 2002::/16, say what ::/96 says. To
 * be called last: the tree is a graph from then on. */
apr_status_t slim_mmdb_tree_alias_ipv4(struct slim_mmdb_tree *tree) SLIM_MUST_CHECK;

/* Numbers the nodes in use as the file will have them: order gets their present numbers, the root
 * first, and number the file's number of each. Both have room for tree->count. Returns how many are
 * in use. */
uint32_t slim_mmdb_tree_number(const struct slim_mmdb_tree *tree, uint32_t *order,
                               uint32_t *number);

#endif
