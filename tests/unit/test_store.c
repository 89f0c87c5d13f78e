/* The SQLite store: what is put and committed is there, and nothing else is. */
#include "fresh_store.h"

static void the_seeds_visit_gives_the_seeds_row(void **state)
{
    const char *path = scratch_path("seed.db");
    struct slim_store *store = open_store(path);
    struct slim_journal_position position = {1, 64, 1};
    struct sample s;

    (void)state;
    make_sample(&s);
    s.hit.address[0] = 184;
    s.hit.address[1] = 72;
    s.hit.address[2] = 102;
    s.hit.address[3] = 217;
    s.client = (struct slim_client){.robot = SLIM_ROBOT_OTHER};
    s.facts.resource = s.facts.page =
        text_of("/blog/2009/07/07/corporate-social-networking-what-is-role-of-hr-learning/");
    s.facts.country[0] = '\0';
    well(store, SQLITE->begin(store));
    put_sample(store, &s);
    well(store, SQLITE->commit(store, &position, 1));
    SQLITE->close(store);
    assert_string_equal(
        "3091752665|en-us||||"
        "|/blog/2009/07/07/corporate-social-networking-what-is-role-of-hr-learning/|-1|34||"
        "1610943705\n",
        rows_of(path, "select remote_ip, language, country, referer, domain, searchterms, resource,"
                      " platform, browser, version, dt from slim_stats"));
    assert_string_equal("remote_ip|language|country|referer|domain|searchterms|resource|platform|"
                        "browser|version|dt\n",
                        rows_of(path, "select group_concat(name, '|') from (select name from"
                                      " pragma_table_info('slim_stats') limit 11)"));
}

/* Hits of several processes come in any order. */
static void the_newest_title_of_a_page_is_kept(void **state)
{
    static const struct {
        const char *site, *page, *title;
        int second;
    } hits[] = {
        {"one", "/a", "Old", 5},   {"one", "/a", "New", 9},
        {"one", "/a", "Older", 7}, {"one", "/a", "", 10},
        {"two", "/a", "Two", 1},   {"one", "/b", "B", 3},
        {"", "", "", 0},           {"one", "/a", "Late", 8},
        {"one", "/b", "C", 4},     {"two", "/a", "Second", 2},
        {"one", "/c", "", 2},      {"two", "/a", "Second", 6},
        {"two", "/a", "Fifth", 5},
    };
    const char *path = scratch_path("titles.db");
    struct slim_store *store = open_store(path);
    struct slim_journal_position position = {1, 64, 1};
    struct sample s;

    (void)state;
    make_sample(&s);
    int64_t began = s.hit.time_us;
    well(store, SQLITE->begin(store));
    for (size_t i = 0; i < LENGTH_OF(hits); i++) {
        if (hits[i].second == 0) {
            well(store, SQLITE->commit(store, &position, position.record));
            SQLITE->close(store);
            store = open_store(path); /* nothing is remembered */
            well(store, SQLITE->begin(store));
            continue;
        }
        s.hit.field[SLIM_SITE] = text_of(hits[i].site);
        s.facts.page = s.facts.resource = text_of(hits[i].page);
        s.facts.title = text_of(hits[i].title);
        s.hit.time_us = began + hits[i].second;
        put_sample(store, &s);
        position.record++;
    }
    well(store, SQLITE->commit(store, &position, position.record));
    SQLITE->close(store);
    assert_string_equal("one|/a|New\none|/b|C\ntwo|/a|Second\n",
                        rows_of(path, "select site.name, page.name, title from page_title"
                                      " join site on site.id = site join page on page.id = page"
                                      " order by 1, 2"));
}

static void facts_are_read_back_through_the_view(void **state)
{
    const char *path = scratch_path("facts.db");
    struct slim_store *store = open_store(path);
    struct slim_journal_position position = {1, 64, 2};
    struct sample s;

    (void)state;
    make_sample(&s);
    s.facts.referer = text_of("https://www.google.com/search?q=a");
    s.facts.domain = text_of("www.google.com");
    s.facts.source = text_of("Google");
    s.facts.channel = SLIM_CHANNEL_SEARCH;
    s.facts.terms = text_of("two words \xc3\xa4");
    well(store, SQLITE->begin(store));
    put_sample(store, &s);
    memset(s.hit.address, 0, sizeof s.hit.address);
    memcpy(s.hit.address, "\x20\x01\x0d\xb8", 4);
    s.hit.address[15] = 1;
    s.hit.address_length = 16;
    s.hit.status = 404;
    s.hit.time_us += 1000000;
    put_sample(store, &s);
    s.hit.address_length = 0;
    s.hit.time_us += 1000000;
    s.hit.bytes = UINT64_MAX;
    s.hit.duration_us = UINT64_MAX;
    put_sample(store, &s);
    well(store, SQLITE->commit(store, &position, 3));
    SQLITE->close(store);
    assert_string_equal(
        "3221225991|en-us|DE|https://www.google.com/search?q=a|www.google.com|two words \xc3\xa4|"
        "/a?utm_source=x|115|1610943705|192.0.2.7|Linux|Firefox|none|200|5000|www.example.org\n"
        "NULL|en-us|DE|https://www.google.com/search?q=a|www.google.com|two words \xc3\xa4|"
        "/a?utm_source=x|115|1610943706|2001:db8::1|Linux|Firefox|none|404|5000|www.example.org\n"
        "NULL|en-us|DE|https://www.google.com/search?q=a|www.google.com|two words \xc3\xa4|"
        "/a?utm_source=x|115|1610943707||Linux|Firefox|none|404|17592186044416|"
        "www.example.org\n",
        rows_of(path, "select remote_ip, language, country, referer, domain, searchterms, resource,"
                      " version, dt, ip, platform_name, browser_name, robot, status, bytes, site"
                      " from slim_stats order by dt"));
    assert_string_equal("/a|Google|3|1|0|GET|1001|1500|1\n"
                        "/a|Google|3|0|0|GET|1001|1500|1\n"
                        "/a|Google|3|0|0|GET|1001|9223372036854775807|1\n",
                        rows_of(path,
                                "select page.name, source.name, source.channel, pageview,"
                                " download, method.name, protocol, duration_us, flags from hit"
                                " join resource on resource.id = hit.resource"
                                " join page on page.id = resource.page"
                                " join source on source.id = hit.source"
                                " join method on method.id = hit.method order by hit.id"));
}

/* A robot has no browser's number, and who reads the old table knows no numbers but its own. */
static void agents_have_the_old_tables_numbers(void **state)
{
    static const struct {
        const char *browser, *version;
        enum slim_robot robot;
        const char *row;
    } cases[] = {
        {"Firefox", "115", SLIM_ROBOT_NONE, "4|115\n"},
        {"Chrome Mobile", "126", SLIM_ROBOT_NONE, "190|126\n"},
        {"Edge", "126", SLIM_ROBOT_NONE, "-1|126\n"},
        {"NetNewsWire", "3", SLIM_ROBOT_NONE, "100|3\n"},
        {"Googlebot", "2", SLIM_ROBOT_SEARCH, "45|2\n"},
        {"curl", "8", SLIM_ROBOT_TOOL, "72|8\n"},
        {"CCBot", "2", SLIM_ROBOT_AI, "34|\n"},
        {"GPTBot", "1", SLIM_ROBOT_AI, "34|\n"},
        {"Chrome", "126", SLIM_ROBOT_OTHER, "34|\n"},
        {"", "", SLIM_ROBOT_OTHER, "34|\n"},
        {"", "", SLIM_ROBOT_NONE, "-1|\n"},
    };

    const char *path = scratch_path("numbers.db"), *expected = "";
    struct slim_store *store = open_store(path);
    struct slim_journal_position position = {1, 64, LENGTH_OF(cases)};

    (void)state;
    well(store, SQLITE->begin(store));
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct sample s;
        make_sample(&s);
        s.hit.time_us += (int64_t)i * 1000000;
        s.client.browser = text_of(cases[i].browser);
        s.client.version = text_of(cases[i].version);
        s.client.robot = cases[i].robot;
        put_sample(store, &s);
        expected = apr_pstrcat(pool, expected, cases[i].row, NULL);
    }
    well(store, SQLITE->commit(store, &position, LENGTH_OF(cases)));
    SQLITE->close(store);
    assert_string_equal(expected,
                        rows_of(path, "select browser, version from slim_stats order by dt"));
}

/* A visitor may send any bytes; readers of the store take nothing but UTF-8. */
static void any_bytes_are_kept_as_utf8(void **state)
{
    const char *path = scratch_path("bytes.db");
    struct slim_store *store = open_store(path);
    struct slim_journal_position position = {1, 64, 1};
    struct sample s;

    (void)state;
    make_sample(&s);
    s.facts.resource = s.facts.page = text_of("/\xff\xfe' or 1=1--\n");
    s.hit.field[SLIM_AGENT] = text_of("'); drop table hit;--\xe9");
    s.hit.field[SLIM_METHOD] = text_of("G\xc3T");
    s.hit.field[SLIM_SITE] = text_of("\xed\xa0\x80.example");
    s.facts.referer = text_of("http://\"/caf\xe9?\xc3\xa9");
    s.facts.domain = text_of("m\xfcnchen.example");
    s.facts.campaign.name = s.facts.campaign.content = text_of("\xf0\x9f\x98");
    well(store, SQLITE->begin(store));
    put_sample(store, &s);
    put_sample(store, &s);
    well(store, SQLITE->commit(store, &position, 2));
    SQLITE->close(store);
    assert_string_equal("/%FF%FE' or 1=1--\n|'); drop table hit;--%E9|G%C3T|%ED%A0%80.example|"
                        "http://\"/caf%E9?\xc3\xa9|m%FCnchen.example\n",
                        rows_of(path, "select distinct resource, agent.name, method.name,"
                                      " slim_stats.site, slim_stats.referer, domain from slim_stats"
                                      " join agent on agent.id > 1 join method on method.id > 1"));
    assert_string_equal("%F0%9F%98|%F0%9F%98\n",
                        rows_of(path, "select name, content from campaign where id > 1"));
    assert_string_equal("2\n", rows_of(path, "select count(*) from hit"));
    assert_string_equal("1\n", rows_of(path, "select count(*) from agent where id > 1"));
}

static void only_committed_hits_count(void **state)
{
    const char *path = scratch_path("commit.db");
    struct slim_store *store = open_store(path);
    struct slim_journal_position position = {7, 4096, 1}, found;
    struct slim_store_ledger ledger;
    struct sample s;

    (void)state;
    make_sample(&s);
    well(store, SQLITE->position(store, &found));
    assert_int_equal(0, found.segment | found.offset | found.record);

    well(store, SQLITE->begin(store));
    put_sample(store, &s);
    SQLITE->rollback(store);
    assert_string_equal("0|2\n", rows_of(path, "select (select count(*) from hit), count(*) from"
                                               " agent"));
    well(store, SQLITE->position(store, &found));
    assert_int_equal(0, found.segment | found.offset | found.record);

    /* Numbers of texts that the rollback took away must not be used. */
    well(store, SQLITE->begin(store));
    put_sample(store, &s);
    assert_string_equal("0\n", rows_of(path, "select count(*) from hit"));
    well(store, SQLITE->commit(store, &position, 3));
    assert_string_equal("1|Firefox\n",
                        rows_of(path, "select count(*), browser_name from slim_stats"));
    well(store, SQLITE->position(store, &found));
    assert_memory_equal(&position, &found, sizeof found);
    well(store, SQLITE->ledger(store, 0, &ledger));
    assert_int_equal(1, ledger.stored);
    assert_int_equal(3, ledger.before.seen);

    position.offset = 8192;
    position.record = 9;
    well(store, SQLITE->begin(store));
    put_sample(store, &s);
    SQLITE->close(store); /* as a recorder that ends in the middle */
    store = open_store(path);
    well(store, SQLITE->position(store, &found));
    assert_int_equal(4096, found.offset);
    assert_string_equal("1\n", rows_of(path, "select count(*) from hit"));
    SQLITE->close(store);
}

static void positions_belong_to_a_journal(void **state)
{
    const char *path = scratch_path("journals.db");
    struct slim_store *store = open_store(path);
    struct slim_journal_position position = {3, 72, 5}, found;

    (void)state;
    well(store, SQLITE->begin(store));
    well(store, SQLITE->commit(store, &position, 5));
    SQLITE->close(store);
    identity.journal[0] ^= 1;
    store = open_store(path);
    well(store, SQLITE->position(store, &found));
    assert_int_equal(0, found.segment);
    SQLITE->close(store);
    identity.journal[0] ^= 1;
    store = open_store(path);
    well(store, SQLITE->position(store, &found));
    assert_int_equal(3, found.segment);
    SQLITE->close(store);
}

static void hits_of_one_second_get_numbers_of_their_own(void **state)
{
    const char *path = scratch_path("second.db");
    struct slim_journal_position position = {1, 64, 1};
    struct sample s;

    (void)state;
    make_sample(&s);
    for (int round = 0; round < 3; round++) {
        struct slim_store *store = open_store(path);
        well(store, SQLITE->begin(store));
        for (int i = 0; i < 300; i++) {
            s.hit.time_us = (INT64_C(1610943705) + i % 130 * (i % 3)) * 1000000;
            put_sample(store, &s);
        }
        if (round == 1) {
            SQLITE->rollback(store);
        } else {
            well(store, SQLITE->commit(store, &position, 300));
        }
        SQLITE->close(store);
    }
    s.hit.time_us = 0;
    struct slim_store *store = open_store(path);
    well(store, SQLITE->begin(store));
    put_sample(store, &s);
    put_sample(store, &s);
    s.hit.time_us = SLIM_TIME_MAX;
    put_sample(store, &s);
    put_sample(store, &s);
    well(store, SQLITE->commit(store, &position, 4));
    SQLITE->close(store);
    assert_string_equal("604|0|253402300799\n",
                        rows_of(path, "select count(*), min(dt), max(dt) from slim_stats"));
}

static void counters_of_rings_add_up_from_first_sight(void **state)
{
    const char *path = scratch_path("ledger.db");
    struct slim_store *store = open_store(path);
    struct slim_journal_position position = {1, 64, 1};
    struct slim_store_ledger known;
    struct slim_ledger young = {0}, old = {.drained = 100}, lost = {0};

    (void)state;
    young.excluded[SLIM_EXCLUDED_IP] = 3;
    young.dropped[SLIM_DROPPED_RING_FULL] = 2;
    old.excluded[SLIM_EXCLUDED_IP] = 10;
    lost.dropped[SLIM_DROPPED_UNREADABLE] = 4;
    well(store, SQLITE->begin(store));
    well(store, SQLITE->put_ledger(store, 11, &young));
    well(store, SQLITE->put_ledger(store, UINT64_MAX, &old));
    well(store, SQLITE->put_lost(store, &lost));
    old.excluded[SLIM_EXCLUDED_IP] = 15;
    well(store, SQLITE->put_ledger(store, UINT64_MAX, &old));
    well(store, SQLITE->put_lost(store, &lost));
    well(store, SQLITE->commit(store, &position, 8));

    /* To ring 11, its own counters are no past; of the other one only what came after counts. */
    well(store, SQLITE->ledger(store, 11, &known));
    assert_int_equal(5, known.before.excluded[SLIM_EXCLUDED_IP]);
    assert_int_equal(8, known.before.dropped[SLIM_DROPPED_UNREADABLE]);
    assert_int_equal(0, known.before.dropped[SLIM_DROPPED_RING_FULL]);
    assert_int_equal(0, known.base.excluded[SLIM_EXCLUDED_IP]);
    assert_int_equal(8 + 5, known.before.seen);
    well(store, SQLITE->ledger(store, UINT64_MAX, &known));
    assert_int_equal(10, known.base.excluded[SLIM_EXCLUDED_IP]);
    assert_int_equal(3, known.before.excluded[SLIM_EXCLUDED_IP]);
    assert_int_equal(2, known.before.dropped[SLIM_DROPPED_RING_FULL]);
    assert_int_equal(8 + 5, known.before.seen);
    SQLITE->close(store);
}

static void put_at_second(struct slim_store *store, int64_t second, int hits)
{
    static struct slim_journal_position position = {9, 64, 0};
    struct sample s;

    make_sample(&s);
    well(store, SQLITE->begin(store));
    for (int i = 0; i < hits; i++) {
        s.hit.time_us = second * 1000000;
        s.facts.visitor = (uint64_t)(i + 1) << 40;
        put_sample(store, &s);
    }
    position.offset += 8;
    well(store, SQLITE->commit(store, &position, (uint64_t)hits));
}

/* Hits of a second come from two programs, before and behind what either has put last. */
static void numbers_that_others_gave_are_not_given_again(void **state)
{
    const char *path = scratch_path("two.db");
    struct slim_store *one = open_store(path), *other = open_store(path);

    (void)state;
    put_at_second(one, 1000, 2);
    put_at_second(other, 2000, 2);
    put_at_second(one, 2000, 2);
    put_at_second(one, 3000, 1);
    put_at_second(other, 1000, 1);
    put_at_second(other, 3000, 1);
    put_at_second(one, 3000, 1);
    assert_string_equal("1000|3\n2000|4\n3000|3\n",
                        rows_of(path, "select id >> 24, count(*) from hit group by 1"));
    SQLITE->close(one);
    SQLITE->close(other);
}

static int64_t revision_of(const char *path)
{
    struct slim_store *reader;
    int64_t revision = 0;
    apr_status_t rv =
        SQLITE->open_reader(apr_pstrcat(pool, "sqlite:", path, NULL), 0, &reader, pool);

    assert_int_equal(APR_SUCCESS, rv);
    well(reader, SQLITE->revision(reader, &revision));
    SQLITE->close(reader);
    return revision;
}

static void a_revision_is_of_what_answers_are_made_of(void **state)
{
    const char *path = scratch_path("revision.db");
    struct slim_store *store = open_store(path);
    struct slim_journal_position position = {1, 64, 1};
    struct slim_ledger ledger = {.seen = 5, .drained = 1, .excluded = {3}};

    (void)state;
    put_at_second(store, 1000000, 1);
    int64_t first = revision_of(path);
    assert_true(first != 0);

    uint64_t missing;
    well(store, SQLITE->begin(store));
    well(store, SQLITE->put_drained(store, 7, 2, &missing));
    well(store, SQLITE->put_ledger(store, 7, &ledger));
    well(store, SQLITE->put_lost(store, &ledger));
    well(store, SQLITE->add_drained(store, 7, 1));
    well(store, SQLITE->put_gap(store, 1));
    position.offset++;
    well(store, SQLITE->commit(store, &position, 1));
    assert_true(revision_of(path) == first);

    put_at_second(store, 1000001, 1);
    int64_t second = revision_of(path);
    assert_true(second != first && second != 0);

    struct sample s;
    make_sample(&s);
    well(store, SQLITE->begin(store));
    put_sample(store, &s);
    SQLITE->rollback(store);
    assert_true(revision_of(path) == second);
    SQLITE->close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seeds_visit_gives_the_seeds_row),
        cmocka_unit_test(facts_are_read_back_through_the_view),
        cmocka_unit_test(the_newest_title_of_a_page_is_kept),
        cmocka_unit_test(agents_have_the_old_tables_numbers),
        cmocka_unit_test(any_bytes_are_kept_as_utf8),
        cmocka_unit_test(only_committed_hits_count),
        cmocka_unit_test(positions_belong_to_a_journal),
        cmocka_unit_test(hits_of_one_second_get_numbers_of_their_own),
        cmocka_unit_test(counters_of_rings_add_up_from_first_sight),
        cmocka_unit_test(a_revision_is_of_what_answers_are_made_of),
        cmocka_unit_test(numbers_that_others_gave_are_not_given_again),
    };

    return RUN_UNIT(tests);
}
