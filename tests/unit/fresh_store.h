/* A SQLite store in the scratch directory, and hits to put into it. */
#ifndef SLIM_FRESH_STORE_H
#define SLIM_FRESH_STORE_H

#include "unit.h"

#include <sqlite3.h>

#include "store/store.h"

#define SQLITE (&slim_store_sqlite)

static struct slim_journal_identity identity = {.journal = {1, 2, 3}};

static inline const char *url_of(const char *path)
{
    return apr_pstrcat(pool, "sqlite:", path, NULL);
}

static inline apr_status_t try_store(const char *path, int may_create, struct slim_store **store)
{
    const struct slim_store_opening opening = {.url = url_of(path),
                                               .data = "conf",
                                               .identity = &identity,
                                               .may_create = may_create,
                                               .visit_timeout_s = 1800};

    return SQLITE->open(&opening, store, pool);
}

static inline struct slim_store *open_store(const char *path)
{
    struct slim_store *store;

    if (try_store(path, 1, &store) != APR_SUCCESS) {
        fail_msg("%s", store->error.what);
    }
    return store;
}

static inline struct slim_store *open_reader(const char *path)
{
    struct slim_store *store;

    if (SQLITE->open_reader(url_of(path), 0, &store, pool) != APR_SUCCESS) {
        fail_msg("%s", store->error.what);
    }
    return store;
}

static inline void well(const struct slim_store *store, apr_status_t rv)
{
    if (rv != APR_SUCCESS) {
        fail_msg("%s", store->error.what);
    }
}

/* A page view by a person; the caller changes what matters. */
struct sample {
    struct slim_hit hit;
    struct slim_client client;
    struct slim_facts facts;
};

static inline void make_sample(struct sample *s)
{
    memset(s, 0, sizeof *s);
    s->hit = (struct slim_hit){.time_us = INT64_C(1610943705000000),
                               .duration_us = 1500,
                               .bytes = 5000,
                               .flags = SLIM_HIT_TLS,
                               .status = 200,
                               .protocol = 1001,
                               .address = {192, 0, 2, 7},
                               .address_length = 4};
    s->hit.field[SLIM_SITE] = text_of("www.example.org");
    s->hit.field[SLIM_METHOD] = text_of("GET");
    s->hit.field[SLIM_AGENT] = text_of("Agent/1");
    s->client = (struct slim_client){.browser = text_of("Firefox"),
                                     .version = text_of("115"),
                                     .version_full = text_of("115.0"),
                                     .platform = text_of("Linux"),
                                     .robot = SLIM_ROBOT_NONE};
    s->facts.kind = SLIM_KIND_PAGE;
    s->facts.resource = text_of("/a?utm_source=x");
    s->facts.page = text_of("/a");
    strcpy(s->facts.language, "en-us");
    strcpy(s->facts.country, "DE");
    s->facts.client = &s->client;
}

static inline void put_sample(struct slim_store *store, const struct sample *s)
{
    well(store, SQLITE->put(store, &s->hit, &s->facts));
}

/* The rows of a statement, cells separated by |, rows by newlines; asked through a connection of
 * its own, as another program would. */
static inline const char *rows_of(const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    apr_array_header_t *parts = apr_array_make(pool, 64, sizeof(const char *));

    assert_int_equal(SQLITE_OK, sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL));
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    }
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *cell = (const char *)sqlite3_column_text(statement, i);
            APR_ARRAY_PUSH(parts, const char *) = i ? "|" : "";
            APR_ARRAY_PUSH(parts, const char *) = cell ? apr_pstrdup(pool, cell) : "NULL";
        }
        APR_ARRAY_PUSH(parts, const char *) = "\n";
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return apr_array_pstrcat(pool, parts, '\0');
}

#endif
