/* One writer at a time. The recorder and commands that write take turns by a lock on a file beside
 * the store, transaction by transaction: SQLite before 3.51.3 may lose a log that two connections
 * reset and write at once (https://sqlite.org/wal.html#walresetbug), and a writer has to know
 * whether another one wrote. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <apr_strings.h>

#include "writer.h"

#define WAIT_MS 1000
#define STEP_MS 5

static apr_status_t open_lock(struct slim_sqlite_writer *w)
{
    w->lock_fd = open(w->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (w->lock_fd >= 0) {
        return APR_SUCCESS;
    }
    int error = errno;
    return slim_sqlite_refused(&w->store, slim_sqlite_state_of_errno(error), error,
                               "cannot open %s: %s", w->lock_path, strerror(error));
}

apr_status_t slim_sqlite_lock(struct slim_sqlite_writer *w)
{
    apr_status_t rv = w->lock_fd < 0 ? open_lock(w) : APR_SUCCESS;

    if (rv != APR_SUCCESS) {
        return rv;
    }
    for (int waited = 0; flock(w->lock_fd, LOCK_EX | LOCK_NB) != 0; waited += STEP_MS) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            int error = errno;
            return slim_sqlite_refused(&w->store, SLIM_STATE_STORE_IO, error, "cannot lock %s: %s",
                                       w->lock_path, strerror(error));
        }
        if (waited >= WAIT_MS || (w->stop && atomic_load(w->stop))) {
            return slim_sqlite_refused(&w->store, SLIM_STATE_STORE_BUSY, SQLITE_BUSY,
                                       "cannot write to %s: another program is writing",
                                       w->store.path);
        }
        sqlite3_sleep(STEP_MS);
    }
    return APR_SUCCESS;
}

void slim_sqlite_unlock(struct slim_sqlite_writer *w)
{
    if (w->lock_fd >= 0) {
        flock(w->lock_fd, LOCK_UN);
    }
}

void slim_sqlite_close_lock(struct slim_sqlite_writer *w)
{
    if (w->lock_fd >= 0) {
        close(w->lock_fd);
        w->lock_fd = -1;
    }
}
