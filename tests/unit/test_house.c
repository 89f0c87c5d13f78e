/* Keeping house: what a check proves, and what heals a store. */
#include "made_hits.h"

static apr_array_header_t *differences;

static void note(void *baton, const char *difference)
{
    (void)baton;
    APR_ARRAY_PUSH(differences, const char *) = apr_pstrdup(pool, difference);
}

static const struct slim_store_teller teller = {.found = note};

/* Checks a store; the differences are noted. */
static uint64_t check(const char *path)
{
    struct slim_store *store = open_reader(path);
    struct slim_store_checked checked;

    differences = apr_array_make(pool, 8, sizeof(const char *));
    well(store, SQLITE->check(store, 1, &teller, &checked));
    SQLITE->close(store);
    assert_int_equal(differences->nelts, checked.differences);
    return checked.differences;
}

static void assert_well(const char *path)
{
    if (check(path) > 0) {
        fail_msg("%s", apr_array_pstrcat(pool, differences, '\n'));
    }
}

/* What somebody does to a store who should not. */
static void damage(const char *path, const char *sql)
{
    sqlite3 *db;
    char *error = NULL;

    assert_int_equal(SQLITE_OK, sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL));
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK) {
        fail_msg("%s: %s", sql, error);
    }
    sqlite3_close(db);
}

static void rebuild(const char *path)
{
    struct slim_store *store = open_store(path);
    struct slim_store_rebuilt rebuilt;

    well(store, SQLITE->rebuild(store, NULL, &rebuilt));
    assert_true(rebuilt.days > 0 && rebuilt.rollups > 0 && rebuilt.sets > 0);
    SQLITE->close(store);
}

/* --- check --- */

static void a_store_that_only_grew_is_well(void **state)
{
    (void)state;
    make_hits(21);
    assert_well(store_made("forward.db", 100));
    shuffle();
    assert_well(store_made("mixed.db", 170));
    const char *empty = scratch_path("empty.db");
    SQLITE->close(open_store(empty));
    assert_well(empty);
}

static void damage_is_found_and_named(void **state)
{
    static const struct {
        const char *sql, *said;
        int heals; /* by a rebuild */
    } cases[] = {
        {"update rollup set bytes = bytes - 7 where dimension = 9 and bucket = (select min(bucket)"
         " from rollup where dimension = 9 and hits > 0) and key = 200",
         "-7 bytes against its rows", 1},
        {"update rollup set fresh = fresh + 2 where dimension = 1 and bucket = (select min(bucket)"
         " from rollup where dimension = 1)",
         "+2 fresh against its rows", 1},
        {"delete from rollup where dimension = 3", "rollup page of 2026-", 1},
        {"delete from rollup where dimension = 16", "rollup source of 2026-", 1},
        {"insert into rollup values (4, 25000, 0, 0, 7, 1, 1, 0, 0, 1, 1, 0, 1)",
         "rollup entry of 2038-06-13, site , robot none, key 7: +1 hits", 1},
        {"delete from visitors where dimension = 13 and bucket = (select max(bucket) from visitors"
         " where dimension = 13)",
         "visitors of browser of 2026-", 1},
        {"update visitors set hashes = x'53000000000001' where dimension = 1 and bucket = (select"
         " max(bucket) from visitors where dimension = 1)",
         "visitors of hour of 2026-", 1},
        {"update visit set exit_hit = entry_hit where id = (select id from visit where entry_hit <>"
         " exit_hit limit 1)",
         "is not what its hits make of it: exit_hit", 0},
        {"update visit set hits = hits + 1 where id = (select max(id) from visit)",
         "is not what its hits make of it: hits", 0},
        {"delete from visit where id = (select max(id) from visit)", "is missing, and has", 0},
        {"insert into visit select 5, visitor, began, ended, hits, pageviews, entry_hit, exit_hit,"
         " entry, exit, source, searchterms, campaign, referer, site, country, language, agent,"
         " robot, fresh from visit limit 1",
         "visit 5 has lost the hit that opened it", 0},
        {"update hit set agent = 4711 where id = (select min(id) from hit)",
         "points to a agent that is missing", 0},
    };
    size_t length;

    (void)state;
    make_hits(22);
    const char *whole = store_made("whole.db", 250);
    damage(whole, "pragma wal_checkpoint(truncate)");
    const char *bytes = get_file(whole, &length);
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *broken = scratch_path(apr_psprintf(pool, "broken%d.db", (int)i));
        put_file(broken, bytes, length);
        damage(broken, cases[i].sql);
        assert_true(check(broken) > 0);
        const char *told = apr_array_pstrcat(pool, differences, '\n');
        if (!strstr(told, cases[i].said)) {
            fail_msg("%s: %s", cases[i].sql, told);
        }
        if (cases[i].heals) {
            rebuild(broken);
            assert_well(broken);
        }
    }
}

static void a_torn_page_is_found(void **state)
{
    size_t length;

    (void)state;
    make_hits(23);
    const char *whole = store_made("torn.db", 250);
    damage(whole, "pragma wal_checkpoint(truncate)");
    char *bytes = get_file(whole, &length);
    memset(bytes + length / 4096 / 2 * 4096, 0xa5, 4096);
    put_file(whole, bytes, length);
    struct slim_store *store = open_reader(whole);
    struct slim_store_checked checked;
    differences = apr_array_make(pool, 8, sizeof(const char *));
    if (SQLITE->check(store, 1, &teller, &checked) == APR_SUCCESS) {
        assert_true(checked.differences > 0);
        assert_non_null(strstr(apr_array_pstrcat(pool, differences, '\n'), "the file is damaged"));
    } else {
        assert_int_equal(SLIM_STATE_STORE_CORRUPT, store->error.state);
    }
    SQLITE->close(store);
}

static void large_sets_are_compared_by_their_registers(void **state)
{
    const char *path = scratch_path("crowd.db");
    struct slim_journal_position position = {1, 64, 0};
    struct slim_store *store = open_store(path);

    (void)state;
    for (int batch = 0; batch < 4; batch++) {
        well(store, SQLITE->begin(store));
        for (int i = 0; i < 1000; i++) {
            struct sample s;
            make_sample(&s);
            s.hit.time_us += (int64_t)(batch * 1000 + i) * 1000;
            s.facts.visitor = visitor_of(batch * 1000 + i);
            put_sample(store, &s);
        }
        well(store, SQLITE->commit(store, &position, 1000));
    }
    SQLITE->close(store);
    assert_string_equal("D\n", rows_of(path, "select distinct substr(hashes, 1, 1) from visitors"));
    assert_well(path);
    damage(path, "update visitors set hashes = cast(substr(hashes, 1, 5000) || x'07' ||"
                 " substr(hashes, 5002) as blob) where dimension = 2");
    assert_int_equal(1, check(path));
    rebuild(path);
    assert_well(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_that_only_grew_is_well),
        cmocka_unit_test(damage_is_found_and_named),
        cmocka_unit_test(a_torn_page_is_found),
        cmocka_unit_test(large_sets_are_compared_by_their_registers),
    };

    return RUN_UNIT(tests);
}
