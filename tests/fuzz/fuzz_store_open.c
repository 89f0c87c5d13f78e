/* A store's file with bytes that are others now: reader and writer take it or say why not, and a
 * file that is no store of ours is left as it is. The input: changes of 12 bytes, {u32 where, u64
 * what}; one whose place is odd cuts the file there. Its length and last byte say what is done. */
#include "fuzz.h"

#include <sqlite3.h>

#include "core/bytes.h"
#include "query/answer.h"
#include "query/query.h"
#include "store/sqlite/base/connection.h"
#include "store/store.h"

#define SQLITE (&slim_store_sqlite)
#define NOW INT64_C(1769860800)

static apr_status_t open_store(const char *url, struct slim_store **store, apr_pool_t *pool)
{
    static const struct slim_journal_identity identity = {.journal = "a journal's own"};
    const struct slim_store_opening opening = {.url = url,
                                               .data = "conf",
                                               .identity = &identity,
                                               .may_create = 1,
                                               .visit_timeout_s = 1800};

    return SQLITE->open(&opening, store, pool);
}

static apr_status_t put_hits(struct slim_store *store)
{
    static const struct slim_journal_position position = {1, 64, 6};
    struct slim_client client = {.browser = {"Firefox", 7}, .robot = SLIM_ROBOT_NONE};
    struct slim_facts facts = {.kind = SLIM_KIND_PAGE,
                               .resource = {"/a?b", 4},
                               .page = {"/a", 2},
                               .country = "DE",
                               .client = &client};
    struct slim_hit hit = {.status = 200, .address = {192, 0, 2, 7}, .address_length = 4};
    apr_status_t rv = SQLITE->begin(store);

    hit.field[SLIM_SITE] = slim_text_of("www.example.org");
    hit.field[SLIM_METHOD] = slim_text_of("GET");
    for (int i = 0; rv == APR_SUCCESS && i < 6; i++) {
        hit.time_us = (NOW - 86400 * (i / 2) + i) * 1000000;
        facts.visitor = (uint64_t)(100 + i % 2) << 40;
        rv = SQLITE->put(store, &hit, &facts);
    }
    return rv == APR_SUCCESS ? SQLITE->commit(store, &position, 6) : rv;
}

/* The bytes of a sound store, in one file; they live as long as the process. */
static const char *sound_store(size_t *size)
{
    static char *bytes;
    static size_t length;
    char directory[FUZZ_PATH];
    struct slim_store *store;
    int covered;

    if (!bytes) {
        fuzz_make_directory(directory);
        const char *path = apr_pstrcat(fuzz_pool(), directory, "/s.db", NULL);
        const char *url = apr_pstrcat(fuzz_pool(), "sqlite:", path, NULL);
        CHECK(open_store(url, &store, fuzz_pool()) == APR_SUCCESS);
        CHECK(put_hits(store) == APR_SUCCESS && SQLITE->checkpoint(store, &covered) == APR_SUCCESS);
        SQLITE->close(store);
        bytes = fuzz_get_file(path, &length);
        fuzz_remove_directory(directory);
    }
    *size = length;
    return bytes;
}

static char *changed_store(const char *sound, size_t *size, const uint8_t *data, size_t data_size)
{
    char *bytes = malloc(*size);

    CHECK(bytes);
    memcpy(bytes, sound, *size);
    for (size_t at = 0; at + 12 <= data_size && *size > 8; at += 12) {
        size_t where = slim_get_u32((const char *)data + at) % (*size - 8);
        if (where % 2) {
            *size = where;
        } else {
            memcpy(bytes + where, data + at + 4, 8);
        }
    }
    return bytes;
}

static uint32_t header_number(const char *bytes, size_t at)
{
    return __builtin_bswap32(slim_get_u32(bytes + at));
}

/* A store, and of no newer schema. */
static int is_ours(const char *bytes, size_t size)
{
    return size >= 100 && memcmp(bytes, "SQLite format 3", 16) == 0
           && header_number(bytes, 68) == SLIM_SQLITE_APPLICATION_ID
           && header_number(bytes, 60) <= (uint32_t)slim_sqlite_schema_version();
}

static void check_answer(const struct slim_store *store, apr_status_t rv)
{
    CHECK(rv == APR_SUCCESS || rv == SLIM_ETIMEOUT || rv == SLIM_ETOOLARGE
          || (rv == SLIM_ESTORE && store->error.state != SLIM_STATE_OK && *store->error.what));
}

enum work { ASK, PROVE, WRITE, WORKS }; /* one of them an input: each takes its time */

static void read_store(const char *url, enum work work, const struct slim_report *report,
                       apr_pool_t *pool)
{
    struct slim_store_checked checked;
    struct slim_answer answer;
    struct slim_query query;
    const struct slim_query *one = &query;
    struct slim_store *store;
    apr_status_t rv = SQLITE->open_reader(url, 1000, &store, pool);

    check_answer(store, rv);
    if (rv == APR_SUCCESS && work == ASK) {
        slim_query_init(&query, report, NOW + 3600);
        check_answer(store, SQLITE->report(store, &one, 1, &answer, pool));
    } else if (rv == APR_SUCCESS && work == PROVE) {
        check_answer(store, SQLITE->check(store, 1, NULL, &checked));
    }
    SQLITE->close(store);
}

static apr_status_t write_store(const char *url, enum work work, apr_pool_t *pool)
{
    struct slim_store *store;
    apr_status_t rv = open_store(url, &store, pool);

    check_answer(store, rv);
    if (rv == APR_SUCCESS && work == WRITE) {
        check_answer(store, put_hits(store));
    }
    SQLITE->close(store);
    return rv;
}

static void check_unchanged(const char *path, const char *bytes, size_t size)
{
    size_t now;
    char *found = fuzz_get_file(path, &now);

    CHECK(now == size && memcmp(found, bytes, size) == 0);
    free(found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned reports = 0;
    char directory[FUZZ_PATH];
    apr_pool_t *pool;
    size_t length;

    while (slim_reports[reports].name) {
        reports++;
    }
    CHECK(apr_pool_create(&pool, fuzz_pool()) == APR_SUCCESS);
    fuzz_make_directory(directory);
    const char *path = apr_pstrcat(pool, directory, "/s.db", NULL);
    const char *url = apr_pstrcat(pool, "sqlite:", path, NULL);
    const char *sound = sound_store(&length);
    char *bytes = changed_store(sound, &length, data, size);
    fuzz_put_file(directory, "s.db", bytes, length);
    enum work work = size % WORKS;
    read_store(url, work, &slim_reports[size > 0 ? data[size - 1] % reports : 0], pool);
    check_unchanged(path, bytes, length);
    apr_status_t rv = write_store(url, work, pool);
    if (length > 0 && !is_ours(bytes, length)) {
        CHECK(rv == SLIM_ESTORE);
        check_unchanged(path, bytes, length);
    }
    free(bytes);
    apr_pool_destroy(pool);
    fuzz_remove_directory(directory);
    return 0;
}
