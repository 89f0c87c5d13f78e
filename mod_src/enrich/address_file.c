/* Finding, watching and copying a file. */
#include "address_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "core/write_all.h"
#include "watch.h"

struct slim_address_file {
    const char *configured;
    const char *state;
    slim_address_file_rank *rank;
    char path[4096]; /* "": none found */
    struct slim_watch watch;
};

struct slim_address_file *slim_address_file_make(const char *path, const char *state,
                                                 slim_address_file_rank *rank, apr_pool_t *pool)
{
    struct slim_address_file *f = apr_pcalloc(pool, sizeof *f);

    f->configured = path ? apr_pstrdup(pool, path) : NULL;
    f->state = state ? apr_pstrdup(pool, state) : NULL;
    f->rank = rank;
    return f;
}

const char *slim_address_file_path(const struct slim_address_file *f)
{
    return f->path[0] ? f->path : NULL;
}

/* --- finding it --- */

static int find_in(const struct slim_address_file *f, const char *directory, char *path,
                   size_t size)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    char best[256] = "";
    int best_rank = 0;

    if (!dir) {
        return 0;
    }
    while ((entry = readdir(dir)) != NULL) {
        int rank = f->rank(entry->d_name);
        if (rank > best_rank
            || (rank > 0 && rank == best_rank && strcmp(entry->d_name, best) < 0)) {
            snprintf(best, sizeof best, "%s", entry->d_name);
            best_rank = rank;
        }
    }
    closedir(dir);
    return best_rank > 0 && snprintf(path, size, "%s/%s", directory, best) < (int)size;
}

static void find_file(const struct slim_address_file *f, char *path, size_t size)
{
    const char *const places[] = {f->state, "/usr/share/GeoIP", "/var/lib/GeoIP"};

    path[0] = '\0';
    if (f->configured) {
        snprintf(path, size, "%s", f->configured);
        return;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (places[i] && find_in(f, places[i], path, size)) {
            return;
        }
        path[0] = '\0';
    }
}

int slim_address_file_changed(struct slim_address_file *f)
{
    char path[sizeof f->path];

    find_file(f, path, sizeof path);
    int changed = slim_watch_changed(&f->watch, path) || strcmp(path, f->path) != 0;
    memcpy(f->path, path, sizeof path);
    return changed;
}

void slim_address_file_again(struct slim_address_file *f)
{
    f->watch.looked = 0;
}

/* --- copying it --- */

static apr_status_t copy_and_seal(int from, int to)
{
    struct stat st;

    if (fstat(from, &st) != 0) {
        return errno;
    }
    if (!S_ISREG(st.st_mode)) {
        return SLIM_EBADRULES;
    }
    apr_status_t rv = slim_copy_all(from, to);
    if (rv == APR_SUCCESS
        && fcntl(to, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
        rv = errno;
    }
    return rv;
}

apr_status_t slim_address_file_copy(const struct slim_address_file *f, int *fd)
{
    int from = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (from < 0) {
        return errno;
    }
    int copy = memfd_create("slimstats-addresses", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    apr_status_t rv = copy < 0 ? errno : copy_and_seal(from, copy);
    close(from);
    if (rv == APR_SUCCESS) {
        *fd = copy;
    } else if (copy >= 0) {
        close(copy);
    }
    return rv;
}
