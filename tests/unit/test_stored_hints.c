/* Agents in the store, each with the client hints that it came with. */
#include "made_hits.h"

#include "enrich/hint_text.h"
#include "store/columns.h"

#define HINTED                                                                                     \
    "select distinct agent.name, agent.hints, browser.name from hit"                               \
    " join agent on agent.id = hit.agent"                                                          \
    " join browser_version on browser_version.id = agent.browser"                                  \
    " join browser on browser.id = browser_version.browser order by 2, 3"

static void alter_hints(struct sample *s, const struct made *m)
{
    s->client.browser = text_of("Chrome");
    s->client.hints = text_of(m->page % 3 ? apr_psprintf(pool, "\"B\";v=\"%d\"", m->page % 3) : "");
}

static void agents_differ_by_their_hints(void **state)
{
    (void)state;
    make_hits(5);
    altered = alter_hints;
    const char *path = store_made("hints.db", 250);
    altered = NULL;
    assert_string_equal(
        "Agent/1||Chrome\nAgent/1|\"B\";v=\"1\"|Chrome\nAgent/1|\"B\";v=\"2\"|Chrome\n",
        rows_of(path, HINTED));
    assert_string_equal("6\n", /* persons and robots */
                        rows_of(path, "select count(*) from agent where id > 1"));
}

/* By the hints; without them by what older rules said. */
static int name_anew(void *baton, struct slim_naming *naming)
{
    int *unknown = baton;

    *unknown += naming->hints_are_unknown;
    assert_int_equal(naming->hints_are_unknown, string_of(naming->hints)[0] == '?');
    naming->keeps_client = naming->hints_are_unknown;
    if (naming->hints.length == 0 || naming->hints_are_unknown) {
        return 0;
    }
    const char *browser = naming->hints.at[7] == '1' ? "One" : "Two";
    int changed = strcmp(browser, string_of(naming->browser)) != 0;
    naming->browser = text_of(browser);
    return changed;
}

static struct slim_store_named rename_all(const char *path, int *unknown)
{
    const struct slim_store_naming naming = {name_anew, unknown, 1, 100};
    struct slim_store *store = open_store(path);
    struct slim_store_named named;

    well(store, SQLITE->name_anew(store, &naming, NULL, &named, pool));
    SQLITE->close(store);
    return named;
}

static void hits_are_named_by_the_hints_of_their_agents(void **state)
{
    int unknown = 0;

    (void)state;
    make_hits(5);
    altered = alter_hints;
    const char *path = store_made("named.db", 250);
    altered = NULL;
    struct slim_store_named named = rename_all(path, &unknown);
    assert_int_equal(HITS, named.hits);
    assert_in_range(named.changed, 1, HITS - 1);
    assert_int_equal(0, named.kept + (unsigned)unknown);
    assert_string_equal("Agent/1||Chrome\nAgent/1|\"B\";v=\"1\"|One\nAgent/1|\"B\";v=\"2\"|Two\n",
                        rows_of(path, HINTED));
    assert_int_equal(0, rename_all(path, &unknown).changed);
}

/* A store of before hints were kept. */
static void of_older_agents_hints_are_unknown(void **state)
{
    int unknown = 0;
    sqlite3 *db;

    (void)state;
    make_hits(5);
    const char *path = store_made("older.db", 250);
    assert_int_equal(SQLITE_OK, sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL));
    assert_int_equal(SQLITE_OK,
                     sqlite3_exec(db,
                                  "drop view hits; create view hits as select 1;"
                                  "drop view slim_stats; create view slim_stats as select 1;"
                                  "alter table hit drop column server; drop table server;"
                                  "delete from rollup where dimension > 23;"
                                  "alter table agent drop column operator;"
                                  "drop table operator; drop table purpose;"
                                  "drop table assistant; drop index hit_of_ai; drop index hit_leak; drop index hit_false; drop table note;"
                                  "drop index agent_of_names; alter table agent drop column hints;"
                                  "drop index resource_of_names;"
                                  "alter table resource drop column address_page;"
                                  "drop index hit_posted; delete from mark where id = 1024;"
                                  "pragma user_version = 16",
                                  NULL, NULL, NULL));
    sqlite3_close(db);
    const char *before =
        rows_of(path,
                "select id, name, browser, platform, robot, version_full from agent order by id");
    struct slim_store_named named = rename_all(path, &unknown);
    assert_int_equal(HITS, unknown);
    assert_int_equal(HITS, named.kept);
    assert_int_equal(0, named.changed);
    assert_string_equal(
        before,
        rows_of(path,
                "select id, name, browser, platform, robot, version_full from agent order by id"));
    assert_string_equal("0|\n1|\n", rows_of(path, "select id, hints from agent where id < 2"));
    assert_string_equal("?\n", rows_of(path, "select distinct hints from agent where id > 1"));
}

/* Clients make hints up as they make agents up. */
static void made_up_hints_do_not_fill_a_store(void **state)
{
    uint32_t ceiling = slim_dictionaries[SLIM_DICTIONARY_AGENT].ceiling;
    const char *path = scratch_path("ceiling.db");
    struct slim_journal_position position = {1, 64, 1};
    struct slim_store *store = open_store(path);
    struct sample s;
    char hints[SLIM_HINT_TEXT_MAX];

    (void)state;
    make_sample(&s);
    s.hit.time_us -= s.hit.time_us % (INT64_C(86400000000));
    well(store, SQLITE->begin(store));
    for (uint32_t i = 0; i < ceiling + 10; i++) {
        s.client.hints = (struct slim_text){hints, (size_t)snprintf(hints, sizeof hints,
                                                                    "\"Brand\";v=\"%u\"", i)};
        s.hit.time_us += 1000;
        put_sample(store, &s);
    }
    well(store, SQLITE->commit(store, &position, ceiling + 10));
    SQLITE->close(store);
    assert_string_equal(apr_psprintf(pool, "%u\n", ceiling),
                        rows_of(path, "select count(*) from agent where id > 1"));
    assert_string_equal("10\n", rows_of(path, "select count(*) from hit where agent = 1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agents_differ_by_their_hints),
        cmocka_unit_test(hits_are_named_by_the_hints_of_their_agents),
        cmocka_unit_test(of_older_agents_hints_are_unknown),
        cmocka_unit_test(made_up_hints_do_not_fill_a_store),
    };

    return RUN_UNIT(tests);
}
