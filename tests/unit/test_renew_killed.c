/* An older store is brought to today's while the process is killed at every commit: in the middle
 * of writing it, and once it is written. With a path: that store, not one that is made here. */
#include "old_store.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- killing --- */

static struct {
    int commits;    /* of this process; -1: nobody is killed */
    int torn;       /* it dies in that commit, behind its first page; */
    int before;     /* or before that one begins */
    int is_writing; /* a commit has begun */
} life = {.commits = -1};

static int die_before(void *unused)
{
    (void)unused;
    if (life.commits < 0) {
        return 0;
    }
    life.is_writing = 1;
    if (++life.commits == life.before) {
        raise(SIGKILL);
    }
    return 0;
}

static ssize_t write_page(int file, const void *bytes, size_t size, off_t at)
{
    ssize_t written = syscall(SYS_pwrite64, file, bytes, size, at);

    if (life.is_writing && life.commits == life.torn && size >= 512) {
        raise(SIGKILL);
    }
    return written;
}

/* In the place of the C library's. */
__attribute__((visibility("default"))) ssize_t pwrite(int file, const void *bytes, size_t size,
                                                      off_t at)
{
    return write_page(file, bytes, size, at);
}

__attribute__((visibility("default"))) ssize_t pwrite64(int file, const void *bytes, size_t size,
                                                        off_t at)
{
    return write_page(file, bytes, size, at);
}

static int watch(sqlite3 *db, char **error, const struct sqlite3_api_routines *routines)
{
    (void)error;
    (void)routines;
    sqlite3_commit_hook(db, die_before, NULL);
    return SQLITE_OK;
}

/* --- what is interrupted --- */

static void bring_to_today(const char *path, unsigned sessions)
{
    struct slim_store_renewed renewed = {0};
    struct slim_store *store = open_store(path);
    int covered;

    well(store, SQLITE->checkpoint(store, &covered)); /* as the recorder does now and then */
    do {
        well(store, SQLITE->renew(store, sessions, &renewed));
    } while (renewed.left > 0);
    settle(store);
    SQLITE->close(store);
}

/* Whether it came to the end alive. */
static int lives(const char *path, unsigned sessions, int torn, int before)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        life.commits = 0;
        life.torn = torn;
        life.before = before;
        bring_to_today(path, sessions);
        _exit(0);
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
    return !WIFSIGNALED(status);
}

static uint64_t differences(const char *path)
{
    struct slim_store *store;
    struct slim_store_checked checked = {0};

    if (SQLITE->open_reader(url_of(path), 0, &store, pool) != APR_SUCCESS) {
        return 0; /* it has not all of today's tables yet */
    }
    well(store, SQLITE->check(store, 1, NULL, &checked));
    SQLITE->close(store);
    return checked.differences;
}

/* Returns how often it was killed. */
static int kill_at_every_commit(const char *path, unsigned sessions, int checks_every)
{
    int kills = 0;

    while (!lives(path, sessions, 1, 0)) {
        kills++;
        if (lives(path, sessions, 0, 2)) { /* that commit was the last */
            break;
        }
        kills++;
        if (kills % 200 == 0) {
            print_message("killed %d times so far\n", kills);
        }
        if (checks_every && kills / 2 % checks_every == 0) {
            assert_int_equal(0, differences(path));
        }
    }
    return kills;
}

/* --- tests --- */

static void make_hits_of_others(void)
{
    make_hits(3);
    for (int i = 0; i < HITS; i++) {
        made[i].own = 0;
    }
    shuffle();
}

/* fault F22 */
static void an_older_store_becomes_todays_whenever_it_is_killed(void **state)
{
    (void)state;
    make_hits_of_others();
    const char *fresh = store_made("fresh.db", HITS), *old = copy_store(fresh, "old.db");
    make_fifth(old);
    assert_string_not_equal(rows_of(fresh, "select count(*) from visit"),
                            rows_of(old, "select count(*) from visit"));
    int kills = kill_at_every_commit(old, 20, 4);
    print_message("killed %d times\n", kills);
    assert_true(kills > 60);
    assert_int_equal(0, differences(old));
    assert_string_equal(rows_of(fresh, VISITS), rows_of(old, VISITS));
    assert_string_equal(rows_of(fresh, ROLLUPS), rows_of(old, ROLLUPS));
    assert_string_equal(rows_of(fresh, SETS), rows_of(old, SETS));
}

static const char *given;

static void a_given_store_becomes_todays(void **state)
{
    (void)state;
    alarm(0); /* it may be a large one */
    print_message("killed %d times\n", kill_at_every_commit(given, 300, 0));
    assert_int_equal(0, differences(given));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_store_becomes_todays_whenever_it_is_killed),
    };
    const struct CMUnitTest by_hand[] = {
        cmocka_unit_test(a_given_store_becomes_todays),
    };

    sqlite3_auto_extension((void (*)(void))watch);
    if (argc > 1) {
        given = argv[1];
        return RUN_UNIT(by_hand);
    }
    return RUN_UNIT(tests);
}
