/* Changing the user that a command runs as. */
#include "owner.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define UNCHANGED ((uid_t)-1)

static int keeps_way_back;
static uid_t owner = UNCHANGED; /* whom it has become, with a way back */

/* Whoever owns a directory decides which files are in it, those of root, too. */
static int find_owner(const char *path, struct stat *st)
{
    const char *slash = strrchr(path, '/');

    if (lstat(path, st) != 0) {
        return 0;
    }
    if (st->st_uid == 0 && !S_ISDIR(st->st_mode)) {
        char *directory = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
        if (!directory || stat(directory, st) != 0) {
            st->st_uid = 0;
        }
        free(directory);
    }
    return st->st_uid != 0;
}

int slim_cli_become_owner(const char *path)
{
    struct stat st;

    if (geteuid() != 0 || !find_owner(path, &st)) {
        return 1;
    }
    if (setgroups(1, &st.st_gid) != 0 || setgid(st.st_gid) != 0
        || setresuid(st.st_uid, st.st_uid, keeps_way_back ? 0 : st.st_uid) != 0) {
        slim_cli_fail("cannot become uid %ld, the owner of %s: %s", (long)st.st_uid, path,
                      strerror(errno));
        return 0;
    }
    if (keeps_way_back) {
        owner = st.st_uid;
    }
    return 1;
}

void slim_owner_keep_way_back(void)
{
    keeps_way_back = 1;
}

void slim_owner_go_back(void)
{
    /* what fails without it gives an error message */
    if (owner != UNCHANGED && setresuid(UNCHANGED, 0, UNCHANGED) != 0) {
        return;
    }
}

void slim_owner_leave(void)
{
    keeps_way_back = 0;
    if (owner != UNCHANGED && setresuid(owner, owner, owner) != 0) {
        _exit(SLIM_EXIT_FAILED); /* it must not go on as root */
    }
    owner = UNCHANGED;
}
