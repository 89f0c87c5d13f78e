/* Look-ups in a sealed private copy of a file. What the entries hold is not known here. */
#include "mmdb_copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../core/address.h"
#include "watch.h"

struct slim_mmdb_copy {
    const char *configured;
    const char *state;
    slim_mmdb_rank *rank;
    char path[4096]; /* "": none found */
    struct slim_watch watch;
    int open;
    int was_short; /* an IPv6 address was asked of a file without such, and that is news */
    int short_told;
    MMDB_s db;
};

static apr_status_t close_db(void *data)
{
    struct slim_mmdb_copy *c = data;

    if (c->open) {
        MMDB_close(&c->db);
        c->open = 0;
    }
    return APR_SUCCESS;
}

struct slim_mmdb_copy *slim_mmdb_copy_make(const char *path, const char *state,
                                           slim_mmdb_rank *rank, apr_pool_t *pool)
{
    struct slim_mmdb_copy *c = apr_pcalloc(pool, sizeof *c);

    c->configured = path ? apr_pstrdup(pool, path) : NULL;
    c->state = state ? apr_pstrdup(pool, state) : NULL;
    c->rank = rank;
    apr_pool_cleanup_register(pool, c, close_db, apr_pool_cleanup_null);
    return c;
}

const char *slim_mmdb_copy_path(const struct slim_mmdb_copy *c)
{
    return c->path[0] ? c->path : NULL;
}

/* --- finding the file --- */

static int rank_of(const struct slim_mmdb_copy *c, const char *name)
{
    size_t length = strlen(name);

    return length > 5 && strcmp(name + length - 5, ".mmdb") == 0 ? c->rank(name) : 0;
}

static int find_in(const struct slim_mmdb_copy *c, const char *directory, char *path, size_t size)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    char best[256] = "";
    int best_rank = 0;

    if (!dir) {
        return 0;
    }
    while ((entry = readdir(dir)) != NULL) {
        int rank = rank_of(c, entry->d_name);
        if (rank > best_rank
            || (rank > 0 && rank == best_rank && strcmp(entry->d_name, best) < 0)) {
            snprintf(best, sizeof best, "%s", entry->d_name);
            best_rank = rank;
        }
    }
    closedir(dir);
    return best_rank > 0 && snprintf(path, size, "%s/%s", directory, best) < (int)size;
}

static void find_file(const struct slim_mmdb_copy *c, char *path, size_t size)
{
    const char *const places[] = {c->state, "/usr/share/GeoIP", "/var/lib/GeoIP"};

    path[0] = '\0';
    if (c->configured) {
        snprintf(path, size, "%s", c->configured);
        return;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (places[i] && find_in(c, places[i], path, size)) {
            return;
        }
        path[0] = '\0';
    }
}

/* --- opening it --- */

static apr_status_t copy_file(int from, int to)
{
    char buffer[16384];

    for (;;) {
        ssize_t got = read(from, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? errno : APR_SUCCESS;
        }
        for (ssize_t done = 0; done < got;) {
            ssize_t wrote = write(to, buffer + done, (size_t)(got - done));
            if (wrote < 0) {
                return errno;
            }
            done += wrote;
        }
    }
}

/* libmaxminddb maps the file it is given by name: it gets the name of a sealed copy in memory. */
static apr_status_t open_copy(const char *path, MMDB_s *db)
{
    char name[64];
    struct stat st;
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (from < 0) {
        return errno;
    }
    int copy = memfd_create("slimstats-mmdb", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    apr_status_t rv = copy < 0 ? errno : fstat(from, &st) != 0 ? errno : APR_SUCCESS;
    if (rv == APR_SUCCESS && !S_ISREG(st.st_mode)) {
        rv = SLIM_EBADRULES;
    }
    if (rv == APR_SUCCESS) {
        rv = copy_file(from, copy);
    }
    if (rv == APR_SUCCESS
        && fcntl(copy, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
        rv = errno;
    }
    if (rv == APR_SUCCESS) {
        snprintf(name, sizeof name, "/proc/self/fd/%d", copy);
        rv = MMDB_open(name, MMDB_MODE_MMAP, db) == MMDB_SUCCESS ? APR_SUCCESS : SLIM_EBADRULES;
    }
    if (copy >= 0) {
        close(copy);
    }
    close(from);
    return rv;
}

apr_status_t slim_mmdb_copy_refresh(struct slim_mmdb_copy *c, int *changed)
{
    char path[sizeof c->path];
    MMDB_s db;

    find_file(c, path, sizeof path);
    *changed = slim_watch_changed(&c->watch, path) || strcmp(path, c->path) != 0;
    memcpy(c->path, path, sizeof path);
    if (!*changed || !path[0]) {
        return APR_SUCCESS;
    }
    apr_status_t rv = open_copy(path, &db);
    if (rv == APR_SUCCESS) {
        close_db(c);
        c->db = db;
        c->open = 1;
        c->was_short = c->short_told = 0;
    }
    return rv;
}

/* --- asking it --- */

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

static int is_ipv6(const uint8_t *address, uint8_t length)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    return length == 16 && memcmp(address, mapped, sizeof mapped) != 0;
}

int slim_mmdb_copy_lacks(const struct slim_mmdb_copy *c, const uint8_t *address, uint8_t length)
{
    return c->open && c->db.metadata.ip_version == 4 && is_ipv6(address, length);
}

int slim_mmdb_copy_was_short(struct slim_mmdb_copy *c)
{
    int news = c->was_short && !c->short_told;

    c->short_told |= news;
    return news;
}

int slim_mmdb_copy_find(struct slim_mmdb_copy *c, const uint8_t *address, uint8_t length,
                        MMDB_entry_s *entry)
{
    struct sockaddr_storage storage;
    uint8_t bytes[16] = {0};
    int error = 0;

    if (!c->open || (length != 4 && length != 16)) {
        return 0;
    }
    if (slim_mmdb_copy_lacks(c, address, length)) {
        c->was_short = 1;
        return 0;
    }
    memcpy(bytes, address, length);
    slim_address_unmap(bytes, &length);
    fill_sockaddr(bytes, length, &storage);
    MMDB_lookup_result_s found =
        MMDB_lookup_sockaddr(&c->db, (const struct sockaddr *)&storage, &error);
    if (error != MMDB_SUCCESS || !found.found_entry) {
        return 0;
    }
    *entry = found.entry;
    return 1;
}
