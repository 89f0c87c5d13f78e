/* Opening a store: it is the one that the journal knows, and files that are not ours are left as
 * they are. */
#include "fresh_store.h"

#include "core/whole_file.h"

#include <sys/stat.h>

#include "store/sqlite/base/sql.h"
#include "store/sqlite/write/writer.h"

#define PAGE 4096 /* SQLite's default */

static void a_store_keeps_its_identity(void **state)
{
    static const unsigned char none[SLIM_UUID_LENGTH];
    const char *path = scratch_path("uuid.db"), *other = scratch_path("other.db");
    unsigned char uuid[SLIM_UUID_LENGTH];
    struct slim_store *store = open_store(path);

    (void)state;
    memcpy(uuid, SQLITE->uuid(store), sizeof uuid);
    assert_memory_not_equal(none, uuid, sizeof uuid);
    SQLITE->close(store);
    memcpy(identity.store, uuid, sizeof uuid);
    store = open_store(path);
    assert_memory_equal(uuid, SQLITE->uuid(store), sizeof uuid);
    SQLITE->close(store);

    memset(identity.store, 0, sizeof identity.store);
    store = open_store(other);
    assert_memory_not_equal(uuid, SQLITE->uuid(store), sizeof uuid);
    SQLITE->close(store);
    memcpy(identity.store, uuid, sizeof uuid);
    assert_int_equal(SLIM_ESTORE, try_store(other, 1, &store));
    assert_int_equal(SLIM_STATE_STORE_MOVED, store->error.state);
    memset(identity.store, 0, sizeof identity.store);
}

static void put_many(struct slim_store *store, int hits)
{
    struct sample s;

    well(store, SQLITE->begin(store));
    for (int i = 0; i < hits; i++) {
        make_sample(&s);
        s.hit.time_us += i * INT64_C(1000000);
        s.facts.resource = s.facts.page = text_of(apr_psprintf(pool, "/page/%d", i));
        put_sample(store, &s);
    }
}

/* What kill -9 in a checkpoint leaves: some pages merged, the rest only in the log. */
static void a_checkpoint_that_was_cut_short_is_taken_up_again(void **state)
{
    const char *path = scratch_path("half.db"), *log = apr_pstrcat(pool, path, "-wal", NULL);
    struct slim_journal_position position = {1, 64, 400};
    struct slim_store *store = open_store(path);
    size_t before_length, after_length, log_length;
    int covered;

    (void)state;
    memcpy(identity.store, SQLITE->uuid(store), SLIM_UUID_LENGTH);
    char *before = get_file(path, &before_length);
    put_many(store, 400);
    well(store, SQLITE->commit(store, &position, 400));
    const char *frames = get_file(log, &log_length);
    well(store, SQLITE->checkpoint(store, &covered));
    const char *after = get_file(path, &after_length);
    SQLITE->close(store);
    assert_true(after_length > before_length + 2 * PAGE);

    for (size_t merged = 1; merged <= before_length / PAGE; merged++) {
        memcpy(before, after, merged * PAGE);
        put_file(path, before, before_length);
        put_file(log, frames, log_length);
        if (try_store(path, 0, &store) != APR_SUCCESS) {
            fail_msg("%zu pages merged: %s", merged, store->error.what);
        }
        SQLITE->close(store);
        assert_string_equal("400\n", rows_of(path, "select count(*) from hit"));
    }
    memset(identity.store, 0, sizeof identity.store);
}

static void make_database(const char *path, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(SQLITE_OK, sqlite3_open(path, &db));
    assert_int_equal(SQLITE_OK, sqlite3_exec(db, sql, NULL, NULL, NULL));
    sqlite3_close(db);
}

static void make_newer_store(const char *path)
{
    SQLITE->close(open_store(path));
    make_database(path, "pragma user_version = 9999");
}

static void make_foreign_database(const char *path)
{
    make_database(path, "create table precious (x); insert into precious values (1)");
}

/* A process that is killed while it makes a store leaves none, or a whole one. */
static void what_is_left_of_a_store_half_made_is_no_hindrance(void **state)
{
    const char *path = scratch_path("begun.db");
    struct slim_store *store;

    (void)state;
    make_foreign_database(apr_pstrcat(pool, path, SLIM_PARTIAL, NULL));
    put_file(apr_pstrcat(pool, path, SLIM_PARTIAL "-journal", NULL), "x", 1);
    put_file(apr_pstrcat(pool, path, "-wal", NULL), "left of a store that is gone", 29);
    store = open_store(path);
    SQLITE->close(store);
    assert_string_equal("0\n", rows_of(path, "select count(*) from hit"));
    assert_int_not_equal(0, access(apr_pstrcat(pool, path, SLIM_PARTIAL, NULL), F_OK));
}

static void make_foreign_database_of_our_version(const char *path)
{
    make_database(path, "pragma user_version = 1; create table hit (x)");
}

static void make_text_file(const char *path)
{
    static const char notes[] = "important notes, far longer than the header of a database is: "
                                "they must not be touched, whatever the file is called";

    put_file(path, notes, sizeof notes);
}

static void make_short_file(const char *path)
{
    put_file(path, "SQLite format 3", 16);
}

/* fault F21 */
static void foreign_files_are_refused_and_left_alone(void **state)
{
    static const struct {
        void (*make)(const char *path);
        enum slim_state state;
    } cases[] = {
        {make_text_file, SLIM_STATE_STORE_CORRUPT},
        {make_short_file, SLIM_STATE_STORE_CORRUPT},
        {make_foreign_database, SLIM_STATE_SCHEMA_NEWER},
        {make_foreign_database_of_our_version, SLIM_STATE_SCHEMA_NEWER},
        {make_newer_store, SLIM_STATE_SCHEMA_NEWER},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *path = scratch_path(apr_psprintf(pool, "foreign%d.db", (int)i));
        struct slim_store *store;
        struct stat before, after;
        size_t length, now;
        cases[i].make(path);
        const char *bytes = get_file(path, &length);
        assert_int_equal(0, stat(path, &before));
        if (try_store(path, 1, &store) != SLIM_ESTORE || store->error.state != cases[i].state) {
            fail_msg("case %zu: %s", i, slim_state_name(store->error.state));
        }
        assert_non_null(strstr(store->error.what, path));
        assert_memory_equal(bytes, get_file(path, &now), length);
        assert_int_equal(length, now);
        assert_int_equal(0, stat(path, &after));
        assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
        assert_int_not_equal(0, access(apr_pstrcat(pool, path, "-wal", NULL), F_OK));
        assert_int_not_equal(APR_SUCCESS, SQLITE->open_reader(url_of(path), 0, &store, pool));
        SQLITE->close(store);
    }
}

static void links_and_directories_are_refused(void **state)
{
    const char *target = scratch_path("target.db"), *link = scratch_path("link.db");
    const char *directory = scratch_path("directory");
    struct slim_store *store;

    (void)state;
    SQLITE->close(open_store(target));
    assert_int_equal(0, symlink(target, link));
    assert_int_equal(SLIM_ESTORE, try_store(link, 1, &store));
    assert_int_equal(SLIM_STATE_STORE_IO, store->error.state);
    assert_int_equal(0, mkdir(directory, 0700));
    assert_int_equal(SLIM_ESTORE, try_store(directory, 1, &store));
    assert_int_equal(SLIM_STATE_STORE_CORRUPT, store->error.state);
    assert_int_equal(SLIM_ESTORE, try_store(scratch_path("no/such.db"), 1, &store));
}

static void a_missing_store_is_made_only_when_allowed(void **state)
{
    const char *path = scratch_path("missing.db");
    struct slim_store *store;

    (void)state;
    assert_int_equal(SLIM_ESTORE, try_store(path, 0, &store));
    assert_int_equal(SLIM_STATE_STORE_MOVED, store->error.state);
    assert_int_not_equal(0, access(path, F_OK));
    assert_int_equal(SLIM_ESTORE, SQLITE->open_reader(url_of(path), 0, &store, pool));
    assert_int_equal(SLIM_STATE_STORE_MOVED, store->error.state);
    SQLITE->close(store);
    assert_int_not_equal(0, access(path, F_OK));
    put_file(path, "", 0); /* an empty file is as good as none */
    SQLITE->close(open_store(path));
    assert_int_equal(APR_SUCCESS, try_store(path, 0, &store));
    SQLITE->close(store);
}

/* --- stores of before --- */

/* A store as the schema of a number had it. */
static void make_older_store(const char *path, int version)
{
    make_database(path, apr_psprintf(pool, "pragma application_id = %d; pragma user_version = %d",
                                     SLIM_SQLITE_APPLICATION_ID, version));
    for (const struct slim_sql *sql = slim_sql_table; sql->path; sql++) {
        const char *number = sql->path + strlen("sqlite/schema/");
        if (strncmp(sql->path, "sqlite/schema/", strlen("sqlite/schema/")) == 0
            && atoi(number) <= version) {
            make_database(path, sql->text);
        }
    }
    make_database(path, "insert into store values ('uuid', x'000102030405060708090a0b0c0d0e0f')");
}

/* A page view and what belongs to it, in a visit. */
static const char hits_of_before[] =
    "insert into hit select (1769817600 + value) << 24, 0, 3221225991, 0, 0, 0, 0, 0, 0, 0,"
    " 1769817600 << 24, 0, case value when 0 then 1 else 2 end, value = 0, 0, 0, 1001, 200, 10,"
    " 1, 0 from json_each('[0, 1, 2]');"
    "insert into visit values (1769817600 << 24, 7, 1769817600, 1769817602, 3, 1,"
    " 1769817600 << 24, 1769817600 << 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);"
    "insert into rollup values (2, 20484, 0, 0, 0, 3, 1, 0, 30, 1, 1, 0, 1)";

static void every_older_store_comes_to_todays_schema(void **state)
{
    struct slim_journal_position position = {1, 64, 10};

    (void)state;
    for (int version = 1; version < slim_sqlite_schema_version(); version++) {
        const char *path = scratch_path(apr_psprintf(pool, "older%d.db", version));
        struct slim_store *store;
        make_older_store(path, version);
        if (version == 4) {
            make_database(path, hits_of_before);
        }
        assert_int_equal(SLIM_ESTORE, SQLITE->open_reader(url_of(path), 0, &store, pool));
        assert_int_equal(SLIM_STATE_SCHEMA_OLDER, store->error.state);
        SQLITE->close(store);
        store = open_store(path);
        put_many(store, 10);
        well(store, SQLITE->commit(store, &position, 10));
        SQLITE->close(store);
        assert_string_equal(apr_psprintf(pool, "%d\n", slim_sqlite_schema_version()),
                            rows_of(path, "select user_version from pragma_user_version"));
    }
    assert_string_equal("21|3|30|0\n22|3|30|0\n23|1|10|1\n23|2|20|2\n24|3|30|3\n",
                        rows_of(scratch_path("older4.db"),
                                "select dimension, hits, bytes, duration from rollup where bucket ="
                                " 20484 and dimension > 20 order by dimension, hits"));
    assert_string_equal("3|2|0\n",
                        rows_of(scratch_path("older4.db"), "select hits, assets, marks from visit"
                                                           " where began = 1769817600"));
}

static void a_store_that_nobody_finds_is_not_one_that_is_out_of_reach(void **state)
{
    const char *loop = scratch_path("loop");
    const struct {
        const char *path;
        enum slim_state expected;
    } cases[] = {
        {scratch_path("none.db"), SLIM_STATE_STORE_MOVED},
        {apr_pstrcat(pool, loop, "/x.db", NULL), SLIM_STATE_STORE_IO},
    };

    (void)state;
    assert_int_equal(0, symlink(loop, loop));
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_store *store;
        assert_int_equal(SLIM_ESTORE,
                         SQLITE->open_reader(apr_pstrcat(pool, "sqlite:", cases[i].path, NULL), 0,
                                             &store, pool));
        assert_int_equal(cases[i].expected, store->error.state);
        SQLITE->close(store);
    }
}

static void engines_are_found_by_url(void **state)
{
    (void)state;
    assert_ptr_equal(SQLITE, slim_store_engine_for("sqlite:/x"));
    assert_null(slim_store_engine_for("sqlite:"));
    assert_null(slim_store_engine_for("sqlitex:/x"));
    assert_null(slim_store_engine_for("/x"));
    assert_null(slim_store_engine_for(""));
}

static void store_urls_name_a_path(void **state)
{
    (void)state;
    assert_string_equal("/a b.db", slim_store_file("sqlite:/a b.db"));
    assert_string_equal("x", slim_store_file("sqlite:x"));
    assert_null(slim_store_file("sqlite:"));
    assert_null(slim_store_file("sqlite"));
    assert_null(slim_store_file("SQLITE:/x"));
    assert_null(slim_store_file("clickhouse:/x"));
    assert_null(slim_store_file("/x"));
    assert_null(slim_store_file(""));
    assert_string_equal("sqlite:PATH", slim_store_forms(pool));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_keeps_its_identity),
        cmocka_unit_test(a_checkpoint_that_was_cut_short_is_taken_up_again),
        cmocka_unit_test(what_is_left_of_a_store_half_made_is_no_hindrance),
        cmocka_unit_test(every_older_store_comes_to_todays_schema),
        cmocka_unit_test(foreign_files_are_refused_and_left_alone),
        cmocka_unit_test(links_and_directories_are_refused),
        cmocka_unit_test(a_missing_store_is_made_only_when_allowed),
        cmocka_unit_test(a_store_that_nobody_finds_is_not_one_that_is_out_of_reach),
        cmocka_unit_test(engines_are_found_by_url),
        cmocka_unit_test(store_urls_name_a_path),
    };

    return RUN_UNIT(tests);
}
