/* Files that have their name only when they are whole: what may have it before, and what a process
 * that was killed leaves. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "core/whole_file.h"

static const char *content_of(const char *path)
{
    size_t length;

    return get_file(path, &length);
}

static void put_text(const char *path, const char *text)
{
    put_file(path, text, strlen(text));
}

static apr_status_t make(const char *path, enum slim_whole_file_over over)
{
    struct slim_whole_file file;
    apr_status_t rv = slim_whole_file_begin(&file, AT_FDCWD, path, over, 0600);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    assert_int_equal(3, write(file.fd, "new", 3));
    return slim_whole_file_end(&file);
}

static int is_there(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

static void what_has_the_name_decides(void **state)
{
    static const struct {
        const char *name;
        apr_status_t nothing, anything, file;
    } cases[] = {
        {"missing", APR_SUCCESS, APR_SUCCESS, APR_SUCCESS},
        {"regular", EEXIST, APR_SUCCESS, APR_SUCCESS},
        {"link", EEXIST, APR_SUCCESS, APR_SUCCESS},
        {"link-to-nothing", EEXIST, APR_SUCCESS, ENOENT},
        {"pipe", EEXIST, APR_SUCCESS, ESPIPE},
        {"directory", EISDIR, EISDIR, EISDIR},
    };

    (void)state;
    for (int over = SLIM_OVER_NOTHING; over <= SLIM_OVER_FILE; over++) {
        for (size_t i = 0; i < LENGTH_OF(cases); i++) {
            const char *directory = scratch_path(apr_psprintf(pool, "%d-%d", over, (int)i));
            const char *path = apr_pstrcat(pool, directory, "/", cases[i].name, NULL);
            const char *target = apr_pstrcat(pool, directory, "/target", NULL);
            assert_int_equal(0, mkdir(directory, 0700));
            put_text(target, "old");
            if (strcmp(cases[i].name, "regular") == 0) {
                put_text(path, "old");
            } else if (strcmp(cases[i].name, "link") == 0) {
                assert_int_equal(0, symlink(target, path));
            } else if (strcmp(cases[i].name, "link-to-nothing") == 0) {
                assert_int_equal(0, symlink("nowhere", path));
            } else if (strcmp(cases[i].name, "pipe") == 0) {
                assert_int_equal(0, mkfifo(path, 0600));
            } else if (strcmp(cases[i].name, "directory") == 0) {
                assert_int_equal(0, mkdir(path, 0700));
            }
            apr_status_t expected = over == SLIM_OVER_NOTHING    ? cases[i].nothing
                                    : over == SLIM_OVER_ANYTHING ? cases[i].anything
                                                                 : cases[i].file;
            apr_status_t rv = make(path, (enum slim_whole_file_over)over);
            if (rv != expected) {
                fail_msg("%s over %d: %d", cases[i].name, over, rv);
            }
            if (rv == APR_SUCCESS) {
                assert_string_equal("new", content_of(path));
            }
            int followed = over == SLIM_OVER_FILE && strcmp(cases[i].name, "link") == 0;
            assert_string_equal(followed ? "new" : "old", content_of(target));
            assert_false(is_there(apr_pstrcat(pool, path, SLIM_PARTIAL, NULL)));
        }
    }
}

static void the_name_comes_when_all_is_written(void **state)
{
    const char *path = scratch_path("late"), *partial = scratch_path("late" SLIM_PARTIAL);
    struct slim_whole_file file;
    struct stat st;

    (void)state;
    assert_int_equal(APR_SUCCESS,
                     slim_whole_file_begin(&file, AT_FDCWD, path, SLIM_OVER_NOTHING, 0640));
    assert_true(is_there(partial) && !is_there(path));
    put_text(path, "somebody else's");
    assert_int_equal(EEXIST, slim_whole_file_end(&file));
    assert_string_equal("somebody else's", content_of(path));
    assert_false(is_there(partial));
    assert_int_equal(0, unlink(path));
    assert_int_equal(APR_SUCCESS,
                     slim_whole_file_begin(&file, AT_FDCWD, path, SLIM_OVER_NOTHING, 0640));
    slim_whole_file_drop(&file);
    assert_true(!is_there(partial) && !is_there(path));
    assert_int_equal(APR_SUCCESS, make(path, SLIM_OVER_NOTHING));
    assert_int_equal(0, stat(path, &st));
    assert_int_equal(0600, st.st_mode & 0777);
}

static void one_at_a_time_writes_a_file(void **state)
{
    const char *path = scratch_path("twice"), *partial = scratch_path("twice" SLIM_PARTIAL);
    const char *elsewhere = scratch_path("elsewhere");
    struct slim_whole_file file;

    (void)state;
    assert_int_equal(APR_SUCCESS,
                     slim_whole_file_begin(&file, AT_FDCWD, path, SLIM_OVER_ANYTHING, 0600));
    assert_int_equal(SLIM_ELOCKED, make(path, SLIM_OVER_ANYTHING));
    close(file.fd); /* as a process that is killed leaves it */
    assert_true(is_there(partial));
    assert_int_equal(APR_SUCCESS, make(path, SLIM_OVER_ANYTHING));
    assert_true(!is_there(partial));
    put_text(elsewhere, "mine");
    assert_int_equal(0, symlink(elsewhere, partial));
    assert_int_equal(APR_SUCCESS, make(path, SLIM_OVER_ANYTHING));
    assert_string_equal("mine", content_of(elsewhere));
    assert_int_equal(0, mkdir(partial, 0700));
    assert_int_not_equal(APR_SUCCESS, make(path, SLIM_OVER_ANYTHING));
    assert_string_equal("new", content_of(path));
}

static void names_are_seen_from_a_directory(void **state)
{
    const char *directory = scratch_path("moved");
    static char long_name[PATH_MAX + 1];
    int fd;

    (void)state;
    assert_int_equal(0, mkdir(scratch_path("before"), 0700));
    fd = open(scratch_path("before"), O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    assert_int_equal(0, rename(scratch_path("before"), directory));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(APR_SUCCESS, slim_whole_file_put(fd, "file", "bytes", 5));
        assert_string_equal("bytes", content_of(scratch_path("moved/file")));
    }
    assert_int_equal(ENOENT, slim_whole_file_put(fd, "no/such", "bytes", 5));
    assert_int_equal(ENOENT, slim_whole_file_put(fd, "", "bytes", 5));
    memset(long_name, 'x', sizeof long_name - 1);
    assert_int_equal(ENAMETOOLONG, slim_whole_file_put(fd, long_name, "bytes", 5));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_the_name_decides),
        cmocka_unit_test(the_name_comes_when_all_is_written),
        cmocka_unit_test(one_at_a_time_writes_a_file),
        cmocka_unit_test(names_are_seen_from_a_directory),
    };

    return RUN_UNIT(tests);
}
