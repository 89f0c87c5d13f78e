/* The network of an address: the autonomous system that announces it, and whether it hosts. */
#ifndef SLIM_NETWORK_H
#define SLIM_NETWORK_H

#include <apr_pools.h>

#include "core/hit.h"
#include "mmdb_value.h"
#include "rules.h"

struct slim_networks;

struct slim_network {
    uint32_t number;                   /* 0: unknown */
    char name[SLIM_MMDB_TEXT_MAX + 1]; /* of the organisation; "" unknown */
    int hosts;                         /* servers, not people */
    struct slim_rule_place place;      /* the line that says so; file NULL: none does */
};

/* Where the files come from: path, or NULL for the first .mmdb with asn or isp in its name that
 * slim_address_file_make finds; hosting.tsv of state (NULL: none) and, behind it, of data. Nothing
 * is read yet. */
struct slim_networks *slim_networks_make(const char *path, const char *state, const char *data,
                                         apr_pool_t *pool);

/* Reads the files that are new or were replaced; of each the last good one stays. *changed:
 * that something was tried. On failure *path is the file of networks or our list, and reason
 * names what is wrong unless the result does. */
apr_status_t slim_networks_refresh(struct slim_networks *networks, int *changed, const char **path,
                                   char *reason, size_t size) SLIM_MUST_CHECK;

/* The file of networks in use or last tried, NULL when there is none. */
const char *slim_networks_path(const struct slim_networks *networks);

/* As slim_mmdb_lacks and slim_mmdb_was_short. */
int slim_networks_lacks(const struct slim_networks *networks, const uint8_t *address,
                        uint8_t length);
int slim_networks_was_short(struct slim_networks *networks);

/* The network of an address of 4 or 16 bytes; never NULL. It is valid until the next call. */
const struct slim_network *slim_networks_find(struct slim_networks *networks,
                                              const uint8_t *address, uint8_t length);

#endif
