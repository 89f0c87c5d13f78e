/* Carrying bytes of the caller's files as the store's owner. */
#include "carry.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "cli.h"
#include "core/whole_file.h"

int slim_carry_needed(const char *path)
{
    struct stat st;

    return geteuid() == 0 && lstat(path, &st) == 0 && st.st_uid != 0;
}

const char *slim_carry_place(const char *store, apr_pool_t *pool)
{
    static const char *const left_over[] = {"", "-journal", SLIM_PARTIAL, SLIM_PARTIAL "-journal"};
    const char *copy = apr_pstrcat(pool, store, ".carried", NULL);
    int lock = open(apr_pstrcat(pool, copy, "-lock", NULL),
                    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (lock < 0) {
        slim_cli_fail("cannot make %s-lock: %s", copy, strerror(errno));
        return NULL;
    }
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        slim_cli_fail("another backup or restore is running on %s", store);
        close(lock);
        return NULL;
    }
    for (size_t i = 0; i < sizeof left_over / sizeof left_over[0]; i++) {
        unlink(apr_pstrcat(pool, copy, left_over[i], NULL));
    }
    return copy; /* the descriptor, and with it the lock, lives as long as the process */
}
