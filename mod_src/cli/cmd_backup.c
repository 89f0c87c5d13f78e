/* slimstats backup, slimstats restore: a copy of the store, and a copy put back. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "carry.h"
#include "core/journal.h"
#include "core/settings.h"
#include "core/write_all.h"
#include "maintain.h"
#include "output.h"

/* The command's only argument; NULL when there is none, or the command is over. */
static const char *take_file(struct slim_cli *cli, const struct slim_command *command, int argc,
                             const char *const *argv, int *exit)
{
    struct slim_cli_options given;
    const char *value;
    int option, more;

    slim_cli_options_begin(&given, cli, command, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        continue;
    }
    *exit = given.exit;
    if (more < 0) {
        return NULL;
    }
    if (argc - given.getopt->ind != 1) {
        *exit = slim_cli_fail("%s: needs one FILE", command->name);
        return NULL;
    }
    return given.getopt->argv[given.getopt->ind];
}

/* --- backup --- */

static int copy_store(struct slim_cli *cli, const char *path)
{
    struct slim_maintenance maintenance;
    struct slim_store *store = slim_cli_open_reader(cli);

    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    umask(077);
    slim_maintain_show(&maintenance, 20, cli->pool);
    apr_status_t rv = store->engine->backup(store, path, &maintenance.progress);
    slim_maintain_quiet(&maintenance);
    int rc = rv == APR_SUCCESS ? SLIM_EXIT_OK : slim_cli_fail("%s", store->error.what);
    store->engine->close(store);
    return rc;
}

/* SQLite makes files beside the one it writes, which the store's owner may do beside the store. */
static int carry_store(struct slim_cli *cli, const char *store, const char *path,
                       const struct slim_output *output)
{
    const char *copy = NULL;
    int from, error, rc = SLIM_EXIT_FAILED;

    if (slim_cli_become_owner(store)) {
        copy = slim_carry_place(store, cli->pool);
    }
    if (!copy) {
        return SLIM_EXIT_FAILED;
    }
    rc = copy_store(cli, copy);
    if (rc == SLIM_EXIT_OK) {
        from = open(copy, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        error = from < 0 ? errno : slim_copy_all(from, fileno(output->file));
        rc = error ? slim_cli_fail("cannot copy to %s: %s", path, strerror(error)) : rc;
    }
    unlink(copy);
    return rc;
}

static int run_backup(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_output output;
    struct stat st = {0};
    int rc;
    const char *path = take_file(cli, &slim_command_backup, argc, argv, &rc), *store;

    if (!path) {
        return rc;
    }
    const struct slim_output_wish wish = {.path = path};
    store = slim_store_file(cli->store);
    if (store && (slim_carry_needed(store) || slim_output_is_stream(path))) {
        if (!slim_cli_store_is_there(cli) || !slim_output_open(&output, &wish, cli->pool)) {
            return SLIM_EXIT_FAILED;
        }
        rc = carry_store(cli, store, path, &output);
        if (output.whole) {
            (void)fstat(fileno(output.file), &st);
        }
        rc = slim_output_close(&output, rc);
    } else {
        rc = copy_store(cli, path);
        (void)stat(path, &st);
    }
    if (rc == SLIM_EXIT_OK && S_ISREG(st.st_mode)) {
        printf("%s: %lld bytes, checked\n", path, (long long)st.st_size);
    }
    return rc;
}

const struct slim_command slim_command_backup = {
    .name = "backup",
    .arguments = "FILE",
    .summary = "copies the store to a new file, also while it is in use",
    .run = run_backup,
};

/* --- restore --- */

/* Holds the recorder's lock, so that none begins meanwhile; it is held until the command ends. */
static int lock_state(const char *state, apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, state, "/recorder.lock", NULL);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

    if (fd < 0) {
        slim_cli_fail("cannot open %s: %s", path, strerror(errno));
        return 0;
    }
    if (fcntl(fd, F_SETLK, &lock) != 0) {
        slim_cli_fail("restore: a recorder runs on %s; stop httpd, restore, and start it again",
                      state);
        close(fd);
        return 0;
    }
    return 1;
}

static void ignore_frame(void *baton, const struct slim_frame *frame)
{
    (void)baton;
    (void)frame;
}

/* Hits that wait in the journal go on into the store that was put back. */
static int adopt(const char *state, const struct slim_store *store, apr_pool_t *pool)
{
    const char *directory = apr_pstrcat(pool, state, "/journal", NULL);
    struct slim_settings settings;
    struct slim_journal *journal;

    if (access(directory, F_OK) != 0) {
        return 1;
    }
    slim_settings_init(&settings, pool);
    apr_status_t rv =
        slim_journal_open(directory, settings.journal_limit, ignore_frame, NULL, &journal, pool);
    if (rv == APR_SUCCESS) {
        rv = slim_journal_adopt_store(journal, store->engine->uuid(store));
    }
    if (rv != APR_SUCCESS) {
        slim_cli_fail(
            "the store is back, but the journal in %s does not know it: %s; restore again",
            directory, strerror(rv));
    }
    return rv == APR_SUCCESS;
}

static int put_back(struct slim_cli *cli, const char *state, const char *path)
{
    const struct slim_store_engine *engine = slim_store_engine_for(cli->store);
    struct slim_store *store;
    struct slim_maintenance maintenance;

    slim_maintain_show(&maintenance, 20, cli->pool);
    apr_status_t rv = engine->restore(cli->store, path, &maintenance.progress, &store, cli->pool);
    slim_maintain_quiet(&maintenance);
    if (rv != APR_SUCCESS) {
        return slim_cli_fail("%s; the store is as it was", store->error.what);
    }
    return adopt(state, store, cli->pool) ? SLIM_EXIT_OK : SLIM_EXIT_FAILED;
}

/* from: the backup, as the caller has opened it. */
static int carry_back(struct slim_cli *cli, const char *state, const char *path, int from)
{
    const char *copy = slim_carry_place(slim_store_file(cli->store), cli->pool);

    if (!copy) {
        return SLIM_EXIT_FAILED;
    }
    int to = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int error = to < 0 ? errno : slim_copy_all(from, to);
    int rc = error ? slim_cli_fail("cannot copy %s to %s: %s; the store is as it was", path, copy,
                                   strerror(error))
                   : put_back(cli, state, copy);
    unlink(copy);
    return rc;
}

/* The backup, opened while that is allowed; -1: the store's owner opens it by its name. */
static int open_backup(const char *state, const char *path)
{
    struct stat st;
    int fd =
        slim_carry_needed(state) ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : -1;

    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

static int run_restore(struct slim_cli *cli, int argc, const char *const *argv)
{
    const char *state;
    int rc;
    const char *path = take_file(cli, &slim_command_restore, argc, argv, &rc);

    if (!path) {
        return rc;
    }
    if (!slim_store_engine_for(cli->store)) {
        return slim_cli_refuse_url(cli);
    }
    state = slim_cli_state(cli);
    int from = open_backup(state, path);
    if (!slim_cli_become_owner(state)) {
        return SLIM_EXIT_FAILED;
    }
    umask(077);
    if (!lock_state(state, cli->pool)) {
        return SLIM_EXIT_FAILED;
    }
    rc = from < 0 || access(path, R_OK) == 0 ? put_back(cli, state, path)
                                             : carry_back(cli, state, path, from);
    if (rc == SLIM_EXIT_OK) {
        printf("%s is back in %s\n", path, cli->store);
    }
    return rc;
}

const struct slim_command slim_command_restore = {
    .name = "restore",
    .arguments = "FILE",
    .summary = "replaces the store by a backup; stop httpd before",
    .run = run_restore,
};
