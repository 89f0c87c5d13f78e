/* Networks by the files that are about, and by our list of those that host. */
#include "network.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "address_file.h"
#include "core/cache.h"
#include "hosting.h"
#include "mmdb.h"
#include "watch.h"

#define CACHE_ENTRIES 4096
#define CACHE_BYTES (1u << 20)

/* In the order of precedence. */
enum list { OWN, OURS, LISTS };

struct slim_networks {
    struct slim_address_file *file;
    struct slim_mmdb *mmdb;
    apr_status_t file_status; /* of the last try, as below */
    const char *list[LISTS];
    struct slim_watch watch[LISTS];
    apr_pool_t *parent, *pool;    /* pool: of the list in use, NULL: none */
    struct slim_hosting *hosting; /* NULL: none */
    apr_status_t list_status;
    char reason[256];         /* what is wrong with a list */
    struct slim_cache *cache; /* struct slim_network by address */
};

static const struct slim_network unknown;

static int rank_file(const char *name)
{
    return slim_mmdb_is_name(name) && (strcasestr(name, "asn") || strcasestr(name, "isp"));
}

struct slim_networks *slim_networks_make(const char *path, const char *state, const char *data,
                                         apr_pool_t *pool)
{
    struct slim_networks *n = apr_pcalloc(pool, sizeof *n);

    n->file = slim_address_file_make(path, state, rank_file, pool);
    n->mmdb = slim_mmdb_make(pool);
    n->list[OWN] = state ? apr_pstrcat(pool, state, "/hosting.tsv", NULL) : NULL;
    n->list[OURS] = apr_pstrcat(pool, data, "/hosting.tsv", NULL);
    n->parent = pool;
    n->cache = slim_cache_make(CACHE_ENTRIES, CACHE_BYTES, pool);
    return n;
}

const char *slim_networks_path(const struct slim_networks *n)
{
    return slim_address_file_path(n->file);
}

int slim_networks_lacks(const struct slim_networks *n, const uint8_t *address, uint8_t length)
{
    return slim_mmdb_lacks(n->mmdb, address, length);
}

int slim_networks_was_short(struct slim_networks *n)
{
    return slim_mmdb_was_short(n->mmdb);
}

/* --- reading --- */

static int lists_changed(struct slim_networks *n)
{
    int changed = 0;

    for (int i = 0; i < LISTS; i++) {
        changed |= n->list[i] && slim_watch_changed(&n->watch[i], n->list[i]);
    }
    return changed;
}

/* Only the list that comes with us has to be there. */
static apr_status_t read_lists(struct slim_networks *n)
{
    const char *paths[LISTS], *reason = "";
    struct slim_hosting *hosting;
    apr_pool_t *pool;
    int count = 0;
    apr_status_t rv = apr_pool_create(&pool, n->parent);

    n->reason[0] = '\0';
    if (rv != APR_SUCCESS) {
        return rv;
    }
    for (int i = 0; i < LISTS; i++) {
        if (n->list[i] && (i == OURS || access(n->list[i], F_OK) == 0)) {
            paths[count++] = n->list[i];
        }
    }
    rv = slim_hosting_read(paths, count, &hosting, &reason, pool);
    if (rv != APR_SUCCESS) {
        snprintf(n->reason, sizeof n->reason, "%s", reason);
        apr_pool_destroy(pool);
        return rv;
    }
    if (n->pool) {
        apr_pool_destroy(n->pool);
    }
    n->pool = pool;
    n->hosting = hosting;
    return APR_SUCCESS;
}

static apr_status_t open_file(struct slim_networks *n)
{
    int fd;

    if (!slim_networks_path(n)) {
        return APR_SUCCESS;
    }
    apr_status_t rv = slim_address_file_copy(n->file, &fd);
    if (rv == APR_SUCCESS) {
        rv = slim_mmdb_open(n->mmdb, fd);
        close(fd);
    }
    return rv;
}

apr_status_t slim_networks_refresh(struct slim_networks *n, int *changed, const char **path,
                                   char *reason, size_t size)
{
    *changed = slim_address_file_changed(n->file);
    if (*changed) {
        n->file_status = open_file(n);
        if (slim_watch_failed_for_now(n->file_status)) {
            slim_address_file_again(n->file);
        }
    }
    if (lists_changed(n) || slim_watch_failed_for_now(n->list_status)) {
        n->list_status = read_lists(n);
        *changed = 1;
    }
    if (*changed) {
        slim_cache_clear(n->cache);
    }
    apr_status_t rv = n->file_status != APR_SUCCESS ? n->file_status : n->list_status;
    if (rv != APR_SUCCESS) {
        *path = n->file_status != APR_SUCCESS ? slim_networks_path(n) : n->list[OURS];
        snprintf(reason, size, "%s", n->file_status != APR_SUCCESS ? "" : n->reason);
    }
    return rv;
}

/* --- asking --- */

static void read_network(const struct slim_networks *n, MMDB_entry_s *entry,
                         struct slim_network *network)
{
    static slim_mmdb_keys numbers[] = {{"autonomous_system_number", NULL}, {"asn", NULL}};
    static slim_mmdb_keys names[] = {{"autonomous_system_organization", NULL},
                                     {"as_name", NULL},
                                     {"name", NULL}};

    if (!slim_mmdb_value_network(entry, numbers, sizeof numbers / sizeof numbers[0],
                                 &network->number)) {
        return;
    }
    slim_mmdb_value_text(entry, names, sizeof names / sizeof names[0], network->name);
    if (n->hosting) {
        const struct slim_text name = {network->name, strlen(network->name)};
        network->hosts = slim_hosting_tell(n->hosting, network->number, name, &network->place);
    }
}

const struct slim_network *slim_networks_find(struct slim_networks *n, const uint8_t *address,
                                              uint8_t length)
{
    const struct slim_text key = {(const char *)address, length};
    const struct slim_network *known;
    struct slim_network network = unknown;
    MMDB_entry_s entry;

    if (length == 0) {
        return &unknown;
    }
    known = slim_cache_get(n->cache, key);
    if (known) {
        return known;
    }
    if (slim_mmdb_find(n->mmdb, address, length, &entry)) {
        read_network(n, &entry, &network);
    }
    return slim_cache_put(n->cache, key, &network, sizeof network);
}
