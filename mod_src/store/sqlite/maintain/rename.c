/* Naming stored hits anew. Hits are looked at while others may write; those that are called
 * differently now are taken out of the rollups with their visits, as if they were removed, get
 * their new names, and are counted and divided into visits again, in one transaction with how far
 * the work is: whenever it is interrupted, it goes on there, and nothing is half done. */
#include <string.h>

#include "core/bytes.h"
#include "remove.h"
#include "store/sqlite/base/row.h"
#include "store/sqlite/write/dictionary.h"

#define ROWS_MAX 5000
#define SAVE_EVERY 100  /* looks without a change; then how far it is gets noted all the same */
#define FACT "renaming" /* how far it is: 4 bytes of the sum, 8 of the next hit */
#define FACT_SIZE 12

struct renaming {
    struct slim_removing removing;
    struct slim_store_removed removed;
    const struct slim_store_naming *naming;
    struct slim_store_named *named;
    apr_array_header_t *changed; /* int64_t: ids, in order */
    int64_t next;                /* the first hit that was not looked at */
    unsigned unsaved;            /* looks */
};

static struct slim_sqlite *store_of(const struct renaming *r)
{
    return &r->removing.writer->store;
}

/* --- how far it is --- */

struct position {
    uint32_t sum;
    int64_t next;
};

static apr_status_t take_position(void *baton, sqlite3_stmt *row)
{
    struct position *position = baton;
    const unsigned char *bytes = sqlite3_column_blob(row, 0);

    if (sqlite3_column_bytes(row, 0) == FACT_SIZE) {
        position->sum = slim_get_u32(bytes);
        position->next = (int64_t)slim_get_u64(bytes + 4);
    }
    return APR_SUCCESS;
}

static apr_status_t find_position(struct renaming *r)
{
    struct position position = {0, 0};

    slim_sql_rows(store_of(r), "write/store_get", SLIM_VALUES(slim_value_string(":key", FACT)),
                  take_position, &position);
    if (position.sum == r->naming->sum && position.next > 0) {
        r->next = position.next;
        r->named->from = position.next >> SLIM_HIT_SECOND_SHIFT;
    }
    return slim_sql_status(store_of(r));
}

static void put_position(struct renaming *r, int64_t next)
{
    unsigned char bytes[FACT_SIZE];

    slim_put_u32(bytes, r->naming->sum);
    slim_put_u64(bytes + 4, (uint64_t)next);
    slim_sqlite_put_fact(store_of(r), FACT, bytes, sizeof bytes);
    r->unsaved = 0;
}

static apr_status_t save_position(struct renaming *r, int64_t next)
{
    apr_status_t rv = slim_maintain_begin(r->removing.writer);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    put_position(r, next);
    return slim_maintain_end(r->removing.writer);
}

/* --- looking --- */

static struct slim_text text_at(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    return (struct slim_text){text ? text : "",
                              text ? (size_t)sqlite3_column_bytes(row, column) : 0};
}

/* The row of maintain/naming_rows; its texts are valid until the next row. Returns the hit's id. */
static int64_t read_naming(sqlite3_stmt *row, struct slim_naming *n)
{
    int64_t id = sqlite3_column_int64(row, 0), flags = sqlite3_column_int64(row, 3);

    *n = (struct slim_naming){.second = id >> SLIM_HIT_SECOND_SHIFT};
    slim_sqlite_address_read(sqlite3_column_value(row, 1), n->address, &n->address_length);
    n->status = (uint16_t)sqlite3_column_int(row, 2);
    n->terms_are_local = (int)(flags >> SLIM_ROW_LOCAL_TERMS & 1);
    n->robot = (enum slim_robot)slim_session_class(sqlite3_column_int(row, 4), 0);
    n->is_other_agent = sqlite3_column_int64(row, 5) == SLIM_OTHER;
    n->site = text_at(row, 6);
    n->resource = text_at(row, 7);
    n->referer = text_at(row, 8);
    n->agent = text_at(row, 9);
    n->browser = text_at(row, 10);
    n->version = text_at(row, 11);
    n->version_full = text_at(row, 12);
    n->platform = text_at(row, 13);
    n->platform_version = text_at(row, 14);
    n->source = text_at(row, 15);
    n->channel = (enum slim_channel)sqlite3_column_int(row, 16);
    n->terms = text_at(row, 17);
    n->country = text_at(row, 18);
    n->region = text_at(row, 19);
    n->city = text_at(row, 20);
    n->network = (uint32_t)sqlite3_column_int64(row, 21);
    n->network_name = text_at(row, 22);
    n->method = text_at(row, 23);
    n->is_other_request = sqlite3_column_int(row, 24);
    n->kind = (enum slim_kind)sqlite3_column_int(row, 25);
    n->evidence = (uint32_t)sqlite3_column_int64(row, 26);
    n->hints = text_at(row, 27);
    n->hints_are_unknown = sqlite3_column_int(row, 28);
    return id;
}

static apr_status_t look(void *baton, sqlite3_stmt *row)
{
    struct renaming *r = baton;
    struct slim_naming naming;
    int64_t id = read_naming(row, &naming);

    if (r->naming->name(r->naming->baton, &naming)) {
        APR_ARRAY_PUSH(r->changed, int64_t) = id;
    }
    r->named->hits++;
    r->named->unknown += naming.evidence == 0;
    r->named->kept += naming.keeps_client != 0;
    r->next = id + 1;
    return APR_SUCCESS;
}

static void name_rows(struct renaming *r, int64_t first, int64_t last, int64_t rows,
                      apr_status_t (*take)(void *, sqlite3_stmt *), void *baton)
{
    slim_sql_rows(store_of(r), "maintain/naming_rows",
                  SLIM_VALUES(slim_value(":first", first), slim_value(":last", last),
                              slim_value(":rows", rows)),
                  take, baton);
}

/* --- changing --- */

struct changing {
    struct renaming *renaming;
    struct slim_hit_row *row;
};

static struct slim_hit_texts texts_of(const struct slim_naming *n)
{
    return (struct slim_hit_texts){
        .agent = n->agent,
        .hints = n->hints,
        .browser = n->browser,
        .version = n->version,
        .version_full = n->version_full,
        .platform = n->platform,
        .platform_version = n->platform_version,
        .robot = n->robot,
        .operator= n->operator,
        .purpose = n->purpose,
        .source = n->source,
        .channel = n->channel,
        .searchterms = n->terms,
        .country = n->country,
        .region = n->region,
        .city = n->city,
        .network = n->network_name,
        .network_number = n->network,
    };
}

/* Names are given where others wait; what it was when it was looked at may have changed since. */
static apr_status_t rename_hit(void *baton, sqlite3_stmt *row)
{
    struct changing *c = baton;
    struct slim_sqlite_writer *w = c->renaming->removing.writer;
    const struct slim_store_naming *naming = c->renaming->naming;
    struct slim_hit_row named = {0};
    struct slim_naming n;
    int64_t id = read_naming(row, &n);

    if (!naming->name(naming->baton, &n)) {
        return APR_SUCCESS;
    }
    struct slim_hit_texts texts = texts_of(&n);
    slim_sqlite_dictionaries_fill(&w->store, w->dictionaries, n.second / SLIM_DAY, &texts, &named);
    if (!n.is_other_agent && n.agent.length > 0) {
        c->row->agent = named.agent;
        c->row->browser = named.browser;
        c->row->platform = named.platform;
        c->row->robot = n.robot;
    }
    c->row->source = named.source;
    c->row->searchterms = named.searchterms;
    c->row->country = named.country;
    c->row->place = named.place;
    c->row->network = named.network;
    if (c->row->kind != (int64_t)n.kind) {
        slim_hit_row_become(c->row, n.kind, n.terms_are_local, n.method);
    }
    slim_sql_run(
        &w->store, "maintain/hit_rename",
        SLIM_VALUES(slim_value(":agent", c->row->agent), slim_value(":robot", c->row->robot),
                    slim_value(":source", c->row->source),
                    slim_value(":searchterms", c->row->searchterms),
                    slim_value(":country", c->row->country), slim_value(":place", c->row->place),
                    slim_value(":network", c->row->network), slim_value(":kind", c->row->kind),
                    slim_value(":flags", c->row->flags), slim_value(":pageview", c->row->pageview),
                    slim_value(":download", c->row->download), slim_value(":shown", c->row->shown),
                    slim_value(":id", id)));
    return APR_SUCCESS;
}

static void rename_rows(struct renaming *r, const apr_array_header_t *rows)
{
    for (int i = 0; i < rows->nelts; i++) {
        struct slim_removing_row *row = &APR_ARRAY_IDX(rows, i, struct slim_removing_row);
        if (row->is_removed) {
            struct changing c = {r, &row->hit};
            name_rows(r, row->hit.id, row->hit.id + 1, 1, rename_hit, &c);
            slim_sqlite_rollup_hit(r->removing.writer, &row->hit, 1);
            row->is_removed = 0;
            row->is_renamed = 1;
        }
    }
}

static void change_in_transaction(struct renaming *r)
{
    struct slim_removing *removing = &r->removing;
    apr_array_header_t *rows =
        apr_array_make(removing->pool, 1000, sizeof(struct slim_removing_row));

    slim_removing_find(removing);
    slim_sql_run(store_of(r), "maintain/renamed_hit_mark", SLIM_NO_VALUES);
    slim_removing_read(removing, rows);
    slim_removing_touch_sets(removing, rows);
    slim_removing_take_out_hits(removing, rows);
    slim_removing_take_out_visits(removing);
    rename_rows(r, rows);
    slim_removing_touch_sets(removing, rows);
    slim_sql_run(store_of(r), "maintain/session_delete", SLIM_NO_VALUES);
    slim_sql_run(store_of(r), "maintain/visit_delete", SLIM_NO_VALUES);
    slim_removing_give_visits(removing, rows);
    slim_removing_finish(removing);
    put_position(r, r->next);
}

static void list_changed(struct renaming *r)
{
    int outer = slim_sql_series_begin(store_of(r));

    slim_sql_run(store_of(r), "maintain/removed_hit_clear", SLIM_NO_VALUES);
    for (int i = 0; i < r->changed->nelts; i++) {
        slim_sql_run(store_of(r), "maintain/renamed_hit_add",
                     SLIM_VALUES(slim_value(":id", APR_ARRAY_IDX(r->changed, i, int64_t))));
    }
    (void)slim_sql_series_end(store_of(r), outer);
}

static apr_status_t change(struct renaming *r, apr_pool_t *pool)
{
    apr_status_t rv = slim_removing_begin(&r->removing, pool);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    list_changed(r);
    change_in_transaction(r);
    rv = slim_maintain_end(r->removing.writer);
    if (rv == APR_SUCCESS) {
        r->named->changed += (uint64_t)r->changed->nelts;
    }
    apr_pool_destroy(r->removing.pool);
    return rv;
}

/* Days whose sets of visitors have somebody who is in no page view any more. While another program
 * writes they are left to the recorder, whose task they are. */
static apr_status_t renew_sets(struct slim_store *base, const struct slim_store_progress *progress)
{
    struct slim_store_renewed renewed = {0};
    uint64_t before;
    apr_status_t rv;

    do {
        before = renewed.days;
        rv = slim_sqlite_renew_sets(base, &renewed);
        slim_maintain_progress(progress, "days of visitors", renewed.days, 0);
    } while (rv == APR_SUCCESS && renewed.days > before);
    return rv != APR_SUCCESS && base->error.state == SLIM_STATE_STORE_BUSY ? APR_SUCCESS : rv;
}

/* --- all of it --- */

/* *more: there are hits behind those that were looked at. */
static apr_status_t rename_some(struct renaming *r, int *more, apr_pool_t *pool)
{
    unsigned rows = r->naming->rows_max ? r->naming->rows_max : ROWS_MAX;
    uint64_t before = r->named->hits;

    apr_array_clear(r->changed);
    name_rows(r, r->next, INT64_MAX, rows, look, r);
    apr_status_t rv = slim_sql_status(store_of(r));
    *more = r->named->hits - before == rows;
    if (rv == APR_SUCCESS && r->changed->nelts > 0) {
        rv = change(r, pool);
    } else if (rv == APR_SUCCESS && ++r->unsaved >= SAVE_EVERY) {
        rv = save_position(r, r->next);
    }
    return rv;
}

apr_status_t slim_sqlite_rename(struct slim_store *base, const struct slim_store_naming *naming,
                                const struct slim_store_progress *progress,
                                struct slim_store_named *named, apr_pool_t *pool)
{
    struct renaming r = {.naming = naming, .named = named};
    int more = 1;

    memset(named, 0, sizeof *named);
    r.removing =
        (struct slim_removing){.writer = slim_sqlite_writer_of(base), .removed = &r.removed};
    r.changed = apr_array_make(pool, 1000, sizeof(int64_t));
    apr_status_t rv = slim_removing_prepare(&r.removing);
    if (rv == APR_SUCCESS) {
        rv = find_position(&r);
    }
    while (rv == APR_SUCCESS && more) {
        slim_maintain_progress(progress, "day",
                               (uint64_t)((r.next >> SLIM_HIT_SECOND_SHIFT) / SLIM_DAY), 0);
        rv = rename_some(&r, &more, pool);
    }
    if (rv == APR_SUCCESS) {
        rv = renew_sets(base, progress);
    }
    return rv == APR_SUCCESS ? save_position(&r, 0) : rv;
}
