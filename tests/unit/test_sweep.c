/* Texts that nothing refers to any more are deleted: all of them, and no other, whatever is written
 * meanwhile. */
#include "fresh_store.h"
#include "noise.h"

#include "core/hit_rule.h"

#define DAY 86400
#define FIRST_DAY (INT64_C(1610928000)) /* 2021-01-18T00:00:00Z */

static void commit(struct slim_store *store, uint64_t *records)
{
    struct slim_journal_position position = {1, 64 + *records, ++*records};

    well(store, SQLITE->commit(store, &position, 1));
}

static void assert_well(const char *path)
{
    struct slim_store *store = open_reader(path);
    struct slim_store_checked checked;

    well(store, SQLITE->check(store, 1, NULL, &checked));
    assert_int_equal(0, checked.differences);
    SQLITE->close(store);
}

/* A text that is nowhere else. */
static struct slim_text telltale(const char *name)
{
    return text_of(apr_pstrcat(pool, "Telltale-", name, NULL));
}

/* All that a client brings, or that is made of it, in every place where a text may be. */
static void make_telltale(struct sample *s)
{
    make_sample(s);
    s->facts.visitor = 8;
    s->hit.address[3] = 8;
    s->hit.field[SLIM_SITE] = telltale("site");
    s->hit.field[SLIM_METHOD] = telltale("method");
    s->hit.field[SLIM_AGENT] = telltale("agent");
    s->client = (struct slim_client){.browser = telltale("browser"),
                                     .version = telltale("version"),
                                     .version_full = telltale("version-full"),
                                     .platform = telltale("platform"),
                                     .platform_version = telltale("platform-version"),
                                     .hints = telltale("hints")};
    strcpy(s->facts.language, "tellt");
    s->facts.resource = telltale("resource");
    s->facts.page = telltale("page");
    s->facts.title = telltale("title");
    s->facts.region = telltale("region");
    s->facts.city = telltale("city");
    s->facts.network = 64496;
    s->facts.network_name = telltale("network");
    s->facts.referer = telltale("referer");
    s->facts.domain = telltale("domain");
    s->facts.referer_is_own = 1;
    s->facts.referer_page = telltale("referer-page");
    s->facts.source = telltale("source");
    s->facts.terms = telltale("terms");
    s->facts.campaign.name = telltale("campaign");
    s->facts.campaign.medium = telltale("medium");
    s->facts.campaign.term = telltale("term");
    s->facts.campaign.content = telltale("content");
    strcpy(s->facts.tls, "Telltal");
}

static int file_holds(const char *path, const char *text)
{
    size_t length;
    const char *bytes = access(path, F_OK) == 0 ? get_file(path, &length) : NULL;

    return bytes && memmem(bytes, length, text, strlen(text)) != NULL;
}

static int store_holds(const char *path, const char *text)
{
    return file_holds(path, text) || file_holds(apr_pstrcat(pool, path, "-wal", NULL), text);
}

static void whatever_an_erased_hit_brought_is_gone(void **state)
{
    const char *path = scratch_path("erased.db"), *reason;
    struct slim_store *store = open_store(path);
    struct slim_store_removed removed;
    struct slim_hit_rule rule;
    struct sample s;
    uint64_t records = 0;

    (void)state;
    well(store, SQLITE->begin(store));
    make_sample(&s);
    s.facts.visitor = 7;
    put_sample(store, &s);
    make_telltale(&s);
    put_sample(store, &s);
    commit(store, &records);
    assert_true(store_holds(path, "Telltale-title"));
    assert_int_equal(APR_SUCCESS, slim_hit_rule_parse(&rule, "ip=192.0.2.8", &reason));
    rule.reason = SLIM_EXCLUDED_ERASED;
    const struct slim_store_removal removal = {.rule = &rule, .forgets_texts = 1};
    well(store, SQLITE->remove(store, &removal, NULL, &removed, pool));
    assert_int_equal(1, removed.hits);
    assert_true(removed.texts >= 19);
    assert_false(store_holds(path, "Telltal"));
    assert_false(store_holds(path, "tellt"));
    SQLITE->close(store);
    assert_well(path);
    assert_string_equal("/a?utm_source=x|Firefox|www.example.org|en-us\n",
                        rows_of(path, "select resource, browser, site, language from hits"));
}

/* While texts are looked for others write: hits with the erased one's texts, or with their own. */
struct meanwhile {
    const char *path;
    int with_telltales, hits, written;
    uint64_t records;
};

static void write_meanwhile(void *baton, const char *step, uint64_t done, uint64_t total)
{
    struct meanwhile *m = baton;
    struct sample s;

    (void)done, (void)total;
    if (strcmp(step, "texts") != 0 || m->written == m->hits) {
        return;
    }
    struct slim_store *other = open_store(m->path);
    make_sample(&s);
    if (m->with_telltales) {
        make_telltale(&s);
        s.hit.address[3] = 9; /* of somebody else */
        s.facts.visitor = 11;
    }
    s.hit.time_us += ++m->written * INT64_C(1000000);
    well(other, SQLITE->begin(other));
    put_sample(other, &s);
    commit(other, &m->records);
    SQLITE->close(other);
}

static uint64_t erase_while_others_write(const char *path, struct meanwhile *m)
{
    const struct slim_store_progress progress = {.step = write_meanwhile, .baton = m};
    struct slim_store *store = open_store(path);
    struct slim_store_removed removed;
    struct slim_hit_rule rule;
    const char *reason;
    struct sample s;
    uint64_t records = 100;

    m->path = path;
    make_telltale(&s);
    well(store, SQLITE->begin(store));
    put_sample(store, &s);
    commit(store, &records);
    assert_int_equal(APR_SUCCESS, slim_hit_rule_parse(&rule, "ip=192.0.2.8", &reason));
    rule.reason = SLIM_EXCLUDED_ERASED;
    const struct slim_store_removal removal = {.rule = &rule, .forgets_texts = 1};
    well(store, SQLITE->remove(store, &removal, &progress, &removed, pool));
    assert_int_equal(1, removed.hits);
    assert_int_equal(m->hits, m->written);
    SQLITE->close(store);
    assert_well(path);
    return removed.texts;
}

static void who_writes_while_texts_are_looked_for_need_not_wait(void **state)
{
    struct meanwhile others = {.hits = 3}, same = {.with_telltales = 1, .hits = 1};
    const char *path = scratch_path("meanwhile.db");

    (void)state;
    assert_true(erase_while_others_write(path, &others) >= 19);
    assert_false(store_holds(path, "Telltal"));
    assert_string_equal("3\n", rows_of(path, "select count(*) from hit"));
    path = scratch_path("again.db");
    erase_while_others_write(path, &same);
    assert_true(store_holds(path, "Telltale-terms"));
    assert_string_equal("1\n", rows_of(path, "select count(*) from hits"));
}

static void who_is_erased_had_never_come(void **state)
{
    const char *path = scratch_path("past.db"), *reason;
    struct slim_store *store = open_store(path);
    struct slim_store_purged purged = {0};
    struct slim_store_removed removed;
    struct slim_hit_rule rule;
    struct sample s;
    uint64_t records = 0;

    (void)state;
    make_sample(&s);
    for (int day = 0; day < 4; day += 3) {
        well(store, SQLITE->begin(store));
        s.hit.time_us = (FIRST_DAY + day * DAY) * 1000000;
        for (uint8_t visitor = 7; visitor <= 8; visitor++) {
            s.facts.visitor = s.hit.address[3] = visitor;
            put_sample(store, &s);
        }
        commit(store, &records);
        if (day == 0) {
            well(store, SQLITE->purge(store, FIRST_DAY + DAY, 1, 1000, &purged));
        }
    }
    assert_string_equal("7|0\n8|0\n",
                        rows_of(path, "select past_visitor.id, fresh from past_visitor join visit"
                                      " on visitor = past_visitor.id order by 1"));
    assert_int_equal(APR_SUCCESS, slim_hit_rule_parse(&rule, "ip=192.0.2.8", &reason));
    const struct slim_store_removal removal = {.rule = &rule, .forgets_texts = 1};
    well(store, SQLITE->remove(store, &removal, NULL, &removed, pool));
    assert_string_equal("7\n", rows_of(path, "select id from past_visitor"));
    SQLITE->close(store);
    assert_well(path);
}

/* --- for their age --- */

static const char *unused(const char *path)
{
    return rows_of(path, "select 'resource', count(*) from resource where id > 1 and id not in"
                         " (select resource from hit) union all "
                         "select 'agent', count(*) from agent where id > 1 and id not in"
                         " (select agent from hit union select agent from visit) union all "
                         "select 'referer', count(*) from referer where id > 1 and id not in"
                         " (select referer from hit union select referer from visit) union all "
                         "select 'method', count(*) from method where id > 1 and id not in"
                         " (select method from hit) union all "
                         "select 'page_title', count(*) from page_title where page not in"
                         " (select id from page)");
}

#define NONE "resource|0\nagent|0\nreferer|0\nmethod|0\npage_title|0\n"

static void purge(struct slim_store *store, int64_t before)
{
    struct slim_store_purged purged = {0};

    do {
        well(store, SQLITE->purge(store, before, 0, 1000, &purged));
    } while (purged.more);
}

static void purged_hits_leave_texts_of_totals_alone(void **state)
{
    const char *path = scratch_path("purged.db");
    struct slim_store *store = open_store(path);
    struct sample s;
    uint64_t records = 0, texts;

    (void)state;
    well(store, SQLITE->begin(store));
    make_telltale(&s);
    s.hit.time_us = FIRST_DAY * 1000000;
    put_sample(store, &s);
    make_sample(&s);
    s.hit.time_us = (FIRST_DAY + 3 * DAY) * 1000000;
    put_sample(store, &s);
    commit(store, &records);
    const char *pages = rows_of(path, "select * from daily order by 1, 2, 3");
    purge(store, FIRST_DAY + 2 * DAY);
    well(store, SQLITE->forget_texts(store, NULL, &texts, pool));
    assert_true(texts >= 4);
    SQLITE->close(store);
    assert_well(path);
    assert_string_equal(NONE, unused(path));
    assert_string_equal(pages, rows_of(path, "select * from daily order by 1, 2, 3"));
    static const char *const gone[] = {"resource", "agent",  "hints",
                                       "referer",  "method", "referer-page"};
    for (size_t i = 0; i < LENGTH_OF(gone); i++) {
        if (store_holds(path, telltale(gone[i]).at)) {
            fail_msg("%s is still there", gone[i]);
        }
    }
    assert_true(store_holds(path, "Telltale-page"));
}

/* --- a step at a time --- */

struct writing {
    const char *path;
    struct slim_store *store;
    uint64_t records;
    int64_t first_day; /* that has rows */
};

static const char *some(const char *what, size_t many)
{
    return apr_psprintf(pool, "%s%d", what, (int)noise_below(many));
}

/* Often about midnight: the first hits of a visit then go before it does. */
static int64_t some_second(const struct writing *w)
{
    int64_t day = (w->first_day + (int64_t)noise_below(4)) * DAY;

    return day + (int64_t)(noise_below(2) ? DAY - 1000 + noise_below(2000) : noise_below(DAY));
}

/* Hits with texts that come again, or have gone meanwhile. */
static void put_some(struct writing *w)
{
    struct sample s;

    well(w->store, SQLITE->begin(w->store));
    for (size_t i = noise_below(12); i > 0; i--) {
        make_sample(&s);
        s.facts.visitor = 1 + noise_below(5);
        s.hit.time_us = some_second(w) * 1000000;
        s.hit.field[SLIM_AGENT] = text_of(some("Agent/", 30));
        s.hit.field[SLIM_METHOD] = text_of(some("M", 20));
        s.facts.page = text_of(some("/page", 60));
        s.facts.resource = text_of(some("/page?", 300));
        s.facts.title = text_of(some("Title ", 9));
        if (noise_below(2)) {
            s.facts.referer = text_of(some("https://www.example.org/page", 400));
            s.facts.referer_page = text_of(strrchr(s.facts.referer.at, '/'));
            s.facts.referer_is_own = 1;
        }
        s.facts.campaign.term = text_of(some("term", 30));
        put_sample(w->store, &s);
    }
    commit(w->store, &w->records);
}

static void erase_some(struct writing *w)
{
    struct slim_store *other = open_store(w->path);
    struct slim_store_removed removed;
    struct slim_hit_rule rule;
    const char *reason;

    assert_int_equal(APR_SUCCESS, slim_hit_rule_parse(&rule, some("agent=Agent/", 30), &reason));
    const struct slim_store_removal removal = {.rule = &rule};
    well(other, SQLITE->remove(other, &removal, NULL, &removed, pool));
    SQLITE->close(other);
}

static void write_something(struct writing *w)
{
    size_t what = noise_below(200);

    if (what < 10) {
        purge(w->store, ++w->first_day * DAY);
    } else if (what == 10) {
        erase_some(w);
    } else {
        put_some(w);
    }
}

/* Returns how many texts it deleted; writes between its steps when w is not NULL. */
static uint64_t sweep(struct slim_store *store, struct writing *w)
{
    struct slim_store_swept swept = {0};
    struct slim_store_sweep *one;
    apr_pool_t *its;

    apr_pool_create(&its, pool);
    well(store, SQLITE->sweep_begin(store, &one, its));
    do {
        if (w) {
            write_something(w);
        }
        well(store, SQLITE->sweep(one, 10 + (unsigned)noise_below(60), &swept));
    } while (swept.more && !swept.is_void);
    apr_pool_destroy(its);
    return swept.texts;
}

static void hits_come_while_texts_are_deleted(void **state)
{
    uint64_t deleted = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        const char *path = scratch_path(apr_psprintf(pool, "swept%d.db", (int)seed));
        struct writing w = {path, open_store(path), 0, FIRST_DAY / DAY};
        noise_seed(seed);
        for (int i = 0; i < 20; i++) {
            write_something(&w);
        }
        for (int i = 0; i < 12; i++) {
            deleted += sweep(w.store, &w);
        }
        assert_well(path);
        sweep(w.store, NULL);
        SQLITE->close(w.store);
        assert_well(path);
        assert_string_equal(NONE, unused(path));
    }
    if (deleted < 100) {
        fail_msg("%d texts", (int)deleted);
    }
}

static void what_another_program_writes_ends_it(void **state)
{
    const char *path = scratch_path("void.db");
    struct slim_store *store = open_store(path), *other;
    struct slim_store_swept swept = {0};
    struct slim_store_sweep *one;
    struct sample s;
    uint64_t records = 0;

    (void)state;
    well(store, SQLITE->begin(store));
    make_telltale(&s);
    s.hit.time_us = FIRST_DAY * 1000000;
    put_sample(store, &s);
    commit(store, &records);
    purge(store, FIRST_DAY + 2 * DAY);
    well(store, SQLITE->sweep_begin(store, &one, pool));
    well(store, SQLITE->sweep(one, 1, &swept));
    other = open_store(path);
    well(other, SQLITE->begin(other));
    s.hit.time_us = (FIRST_DAY + 3 * DAY) * 1000000;
    put_sample(other, &s);
    commit(other, &records);
    SQLITE->close(other);
    well(store, SQLITE->sweep(one, 1000, &swept));
    assert_true(swept.is_void);
    assert_int_equal(0, swept.texts);
    SQLITE->close(store);
    assert_well(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_an_erased_hit_brought_is_gone),
        cmocka_unit_test(who_writes_while_texts_are_looked_for_need_not_wait),
        cmocka_unit_test(who_is_erased_had_never_come),
        cmocka_unit_test(purged_hits_leave_texts_of_totals_alone),
        cmocka_unit_test(hits_come_while_texts_are_deleted),
        cmocka_unit_test(what_another_program_writes_ends_it),
    };

    return RUN_UNIT(tests);
}
