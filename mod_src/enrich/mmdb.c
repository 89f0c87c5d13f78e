/* Look-ups by libmaxminddb. What the entries hold is not known here. */
#include "mmdb.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "core/address.h"
#include "core/platform.h"

struct slim_mmdb {
    int open;
    int was_short; /* an IPv6 address was asked of a file without such, and that is news */
    int short_told;
    MMDB_s db;
};

int slim_mmdb_is_name(const char *name)
{
    size_t length = strlen(name);

    return length > 5 && strcmp(name + length - 5, ".mmdb") == 0;
}

void slim_mmdb_close(struct slim_mmdb *m)
{
    if (m->open) {
        MMDB_close(&m->db);
        m->open = 0;
    }
}

static apr_status_t clean_up(void *data)
{
    slim_mmdb_close(data);
    return APR_SUCCESS;
}

struct slim_mmdb *slim_mmdb_make(apr_pool_t *pool)
{
    struct slim_mmdb *m = apr_pcalloc(pool, sizeof *m);

    apr_pool_cleanup_register(pool, m, clean_up, apr_pool_cleanup_null);
    return m;
}

/* libmaxminddb opens files by name only. */
apr_status_t slim_mmdb_open(struct slim_mmdb *m, int fd)
{
    char name[64];
    MMDB_s db;

    snprintf(name, sizeof name, SLIM_LINK_OF_FD, fd);
    int result = MMDB_open(name, MMDB_MODE_MMAP, &db);
    if (result != MMDB_SUCCESS) {
        return result == MMDB_OUT_OF_MEMORY_ERROR ? APR_ENOMEM : SLIM_EBADRULES;
    }
    slim_mmdb_close(m);
    m->db = db;
    m->open = 1;
    m->was_short = m->short_told = 0;
    return APR_SUCCESS;
}

static void fill_sockaddr(const uint8_t *address, uint8_t length, struct sockaddr_storage *storage)
{
    memset(storage, 0, sizeof *storage);
    if (length == 4) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)storage;
        v4->sin_family = AF_INET;
        memcpy(&v4->sin_addr, address, 4);
    } else {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)storage;
        v6->sin6_family = AF_INET6;
        memcpy(&v6->sin6_addr, address, 16);
    }
}

int slim_mmdb_lacks(const struct slim_mmdb *m, const uint8_t *address, uint8_t length)
{
    return m->open && m->db.metadata.ip_version == 4 && length == 16
           && !slim_address_is_mapped(address);
}

int slim_mmdb_was_short(struct slim_mmdb *m)
{
    int news = m->was_short && !m->short_told;

    m->short_told |= news;
    return news;
}

int slim_mmdb_find(struct slim_mmdb *m, const uint8_t *address, uint8_t length, MMDB_entry_s *entry)
{
    struct sockaddr_storage storage;
    uint8_t bytes[16] = {0};
    int error = 0;

    if (!m->open || (length != 4 && length != 16)) {
        return 0;
    }
    if (slim_mmdb_lacks(m, address, length)) {
        m->was_short = 1;
        return 0;
    }
    memcpy(bytes, address, length);
    slim_address_unmap(bytes, &length);
    fill_sockaddr(bytes, length, &storage);
    MMDB_lookup_result_s found =
        MMDB_lookup_sockaddr(&m->db, (const struct sockaddr *)&storage, &error);
    if (error != MMDB_SUCCESS || !found.found_entry) {
        return 0;
    }
    *entry = found.entry;
    return 1;
}
