/* Country look-ups in a sealed private copy of the file. */
#include "country.h"

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
#include <maxminddb.h>

#include "watch.h"

struct slim_country {
    const char *configured;
    const char *state;
    char path[4096]; /* "": none found */
    struct slim_watch watch;
    int open;
    MMDB_s db;
    apr_pool_t *pool;
};

static apr_status_t close_db(void *data)
{
    struct slim_country *c = data;

    if (c->open) {
        MMDB_close(&c->db);
        c->open = 0;
    }
    return APR_SUCCESS;
}

struct slim_country *slim_country_make(const char *path, const char *state, apr_pool_t *pool)
{
    struct slim_country *c = apr_pcalloc(pool, sizeof *c);

    c->configured = path ? apr_pstrdup(pool, path) : NULL;
    c->state = apr_pstrdup(pool, state);
    c->pool = pool;
    apr_pool_cleanup_register(pool, c, close_db, apr_pool_cleanup_null);
    return c;
}

const char *slim_country_path(const struct slim_country *c)
{
    return c->path[0] ? c->path : NULL;
}

/* Files of the same makers that lie beside one with countries. */
static int is_of_something_else(const char *name)
{
    static const char *const words[] = {"asn", "isp", "domain", "connection", "anonymous", "proxy"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasestr(name, words[i])) {
            return 1;
        }
    }
    return 0;
}

static int is_candidate(const char *name)
{
    size_t length = strlen(name);

    return length > 5 && strcmp(name + length - 5, ".mmdb") == 0 && !is_of_something_else(name);
}

/* The first of a directory by name. */
static int find_in(const char *directory, char *path, size_t size)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    char best[256] = "";

    if (!dir) {
        return 0;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (is_candidate(entry->d_name) && (!best[0] || strcmp(entry->d_name, best) < 0)) {
            snprintf(best, sizeof best, "%s", entry->d_name);
        }
    }
    closedir(dir);
    return best[0] && snprintf(path, size, "%s/%s", directory, best) < (int)size;
}

static void find_file(const struct slim_country *c, char *path, size_t size)
{
    const char *const places[] = {c->state, "/usr/share/GeoIP", "/var/lib/GeoIP"};

    path[0] = '\0';
    if (c->configured) {
        snprintf(path, size, "%s", c->configured);
        return;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (find_in(places[i], path, size)) {
            return;
        }
        path[0] = '\0';
    }
}

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
    int copy = memfd_create("slimstats-country", MFD_CLOEXEC | MFD_ALLOW_SEALING);
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

apr_status_t slim_country_refresh(struct slim_country *c, int *changed)
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
    }
    return rv;
}

static int take_code(MMDB_entry_s *entry, char out[3], const char *const *key)
{
    MMDB_entry_data_s data;

    if (MMDB_aget_value(entry, &data, key) != MMDB_SUCCESS || !data.has_data
        || data.type != MMDB_DATA_TYPE_UTF8_STRING || data.data_size != 2) {
        return 0;
    }
    for (int i = 0; i < 2; i++) {
        char c = data.utf8_string[i];
        c = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
        if (c < 'A' || c > 'Z') {
            return 0;
        }
        out[i] = c;
    }
    out[2] = '\0';
    return 1;
}

static void fill_sockaddr(const uint8_t *address, uint8_t length, struct sockaddr_storage *storage)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    memset(storage, 0, sizeof *storage);
    if (length == 16 && memcmp(address, mapped, sizeof mapped) == 0) {
        address += 12;
        length = 4;
    }
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

void slim_country_derive(struct slim_country *c, const uint8_t *address, uint8_t address_length,
                         char out[3])
{
    static const char *const nested[] = {"country", "iso_code", NULL};
    static const char *const flat[] = {"country_code", NULL};
    struct sockaddr_storage storage;
    int error = 0;

    memset(out, 0, 3);
    if (!c->open || (address_length != 4 && address_length != 16)) {
        return;
    }
    fill_sockaddr(address, address_length, &storage);
    MMDB_lookup_result_s found =
        MMDB_lookup_sockaddr(&c->db, (const struct sockaddr *)&storage, &error);
    if (error == MMDB_SUCCESS && found.found_entry && !take_code(&found.entry, out, nested)
        && !take_code(&found.entry, out, flat)) {
        out[0] = '\0';
    }
}
