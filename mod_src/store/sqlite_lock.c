/* One writer at a time. The recorder and commands that write take turns by a lock on a file beside
 * the store, transaction by transaction: SQLite before 3.51.3 may lose a log that two connections
 * reset and write at once (https://sqlite.org/wal.html#walresetbug), and whoever writes wants to
 * know whether another one did. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <apr_strings.h>

#include "sqlite_internal.h"

#define WAIT_MS 1000
#define STEP_MS 5

static apr_status_t open_lock(struct slim_sqlite *store)
{
    store->lock_fd =
        open(store->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (store->lock_fd >= 0) {
        return APR_SUCCESS;
    }
    int error = errno;
    return slim_sqlite_refused(store, slim_sqlite_state_of_errno(error), error,
                               "cannot open %s: %s", store->lock_path, strerror(error));
}

apr_status_t slim_sqlite_lock(struct slim_sqlite *store)
{
    apr_status_t rv = store->lock_fd < 0 ? open_lock(store) : APR_SUCCESS;

    if (rv != APR_SUCCESS) {
        return rv;
    }
    for (int waited = 0; flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0; waited += STEP_MS) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            int error = errno;
            return slim_sqlite_refused(store, SLIM_STATE_STORE_IO, error, "cannot lock %s: %s",
                                       store->lock_path, strerror(error));
        }
        if (waited >= WAIT_MS || (store->stop && *store->stop)) {
            return slim_sqlite_refused(store, SLIM_STATE_STORE_BUSY, SQLITE_BUSY,
                                       "cannot write to %s: another program is writing",
                                       store->path);
        }
        sqlite3_sleep(STEP_MS);
    }
    return APR_SUCCESS;
}

void slim_sqlite_unlock(struct slim_sqlite *store)
{
    if (store->lock_fd >= 0) {
        flock(store->lock_fd, LOCK_UN);
    }
}

void slim_sqlite_close_lock(struct slim_sqlite *store)
{
    if (store->lock_fd >= 0) {
        close(store->lock_fd);
        store->lock_fd = -1;
    }
}
