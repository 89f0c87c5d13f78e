/* Hits of another store, by an archive: each is stored once, however often it is read. Those that
 * may be here already are looked for among the rows of their second, which come one after the
 * other. */
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "store/sqlite/base/row.h"
#include "writer.h"

struct known_hit {
    int64_t id;
    uint64_t sum; /* of what was asked, and how it was answered */
    uint32_t log; /* a line of which is this hit */
};

struct slim_sqlite_archived {
    sqlite3_stmt *rows;
    int64_t second;           /* of the hits; -1: none */
    apr_array_header_t *hits; /* struct known_hit */
};

struct slim_sqlite_archived *slim_sqlite_archived_open(struct slim_sqlite *store, apr_pool_t *pool)
{
    struct slim_sqlite_archived *archived = apr_palloc(pool, sizeof *archived);

    archived->rows = slim_sql_placed(store, "write/archived_rows", NULL, ":first :last");
    archived->hits = apr_array_make(pool, 64, sizeof(struct known_hit));
    archived->second = -1;
    return archived;
}

void slim_sqlite_archived_forget(struct slim_sqlite_writer *w)
{
    w->archived->second = -1;
}

/* --- what makes a hit itself --- */

struct identity {
    uint8_t address[16];
    int64_t number[7]; /* without gaps: it is summed up as it is */
    struct slim_text text[6];
};

static uint64_t sum_of(const struct identity *identity)
{
    uint64_t sum = XXH3_64bits_withSeed(identity->number, sizeof identity->number,
                                        XXH3_64bits(identity->address, sizeof identity->address));

    for (size_t i = 0; i < sizeof identity->text / sizeof *identity->text; i++) {
        sum = XXH3_64bits_withSeed(identity->text[i].at, identity->text[i].length, sum);
    }
    return sum;
}

static struct slim_text text_at(sqlite3_stmt *row, int column)
{
    const char *text = slim_sql_column_text(row, column);

    return (struct slim_text){text, (size_t)sqlite3_column_bytes(row, column)};
}

static uint64_t sum_of_row(sqlite3_stmt *row)
{
    struct identity identity = {
        .number = {sqlite3_column_int64(row, 1) >> SLIM_ROW_IMPORTED & 1,
                   sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3),
                   sqlite3_column_int64(row, 4), sqlite3_column_int64(row, 5),
                   sqlite3_column_int64(row, 6)},
        .text = {text_at(row, 8), text_at(row, 9), text_at(row, 10), text_at(row, 11),
                 text_at(row, 12), text_at(row, 13)},
    };
    uint8_t length;

    slim_sqlite_address_read(sqlite3_column_value(row, 7), identity.address, &length);
    identity.number[6] = length;
    return sum_of(&identity);
}

static uint64_t sum_of_hit(const struct slim_hit *hit, const struct slim_facts *facts)
{
    struct slim_hit_row row;

    slim_hit_row_begin(&row, hit, facts);
    struct identity identity = {
        .number = {row.flags >> SLIM_ROW_IMPORTED & 1, row.visitor, row.status, row.protocol,
                   row.bytes, row.duration_us, row.address_length},
        .text = {hit->field[SLIM_SITE], hit->field[SLIM_METHOD], facts->resource, facts->referer,
                 hit->field[SLIM_AGENT], facts->server},
    };
    memcpy(identity.address, row.address, row.address_length);
    return sum_of(&identity);
}

/* --- the hits of a second --- */

static void read_second(struct slim_sqlite_writer *w, int64_t second)
{
    struct slim_sqlite_archived *archived = w->archived;
    int64_t first = second << SLIM_HIT_SECOND_SHIFT;

    archived->second = second;
    apr_array_clear(archived->hits);
    if (!slim_sql_is_well(&w->store) || !slim_sqlite_may_have_hits(w, second)) {
        return;
    }
    sqlite3_bind_int64(archived->rows, 1, first);
    sqlite3_bind_int64(archived->rows, 2, first + ((INT64_C(1) << SLIM_HIT_SECOND_SHIFT) - 1));
    while (slim_sql_step(&w->store, archived->rows)) {
        struct known_hit *hit = &APR_ARRAY_PUSH(archived->hits, struct known_hit);
        hit->id = sqlite3_column_int64(archived->rows, 0);
        hit->log = (uint32_t)((uint64_t)sqlite3_column_int64(archived->rows, 1) >> SLIM_ROW_LOG);
        hit->sum = sum_of_row(archived->rows);
    }
    sqlite3_reset(archived->rows);
}

/* The hit that one of an archive is, and no other line of it; NULL: there is none. */
static struct known_hit *find(struct slim_sqlite_writer *w, const struct slim_hit *hit,
                              const struct slim_facts *facts)
{
    struct slim_sqlite_archived *archived = w->archived;
    int64_t second = hit->time_us / 1000000;

    if (archived->second != second) {
        read_second(w, second);
    }
    uint64_t sum = archived->hits->nelts > 0 ? sum_of_hit(hit, facts) : 0;
    for (int i = 0; i < archived->hits->nelts; i++) {
        struct known_hit *known = &APR_ARRAY_IDX(archived->hits, i, struct known_hit);
        if (known->sum == sum && known->log != facts->archive) {
            return known;
        }
    }
    return NULL;
}

apr_status_t slim_sqlite_put_archived(struct slim_store *base, const struct slim_hit *hit,
                                      const struct slim_facts *facts, int *stored)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    struct known_hit *known = find(w, hit, facts);

    *stored = !known;
    if (!known) {
        return slim_sqlite_put(base, hit, facts);
    }
    known->log = facts->archive;
    slim_sql_run(&w->store, "write/recorded_mark",
                 SLIM_VALUES(slim_value(":log", known->log), slim_value(":id", known->id)));
    return slim_sql_status(&w->store);
}

/* --- what belongs to no single hit --- */

apr_status_t slim_sqlite_put_past_visitor(struct slim_store *base, uint64_t visitor, int64_t last_s)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;

    slim_sql_run(store, "write/past_visitor_put",
                 SLIM_VALUES(slim_value(":visitor", (int64_t)visitor),
                             slim_value(":last", last_s)));
    return slim_sql_status(store);
}

apr_status_t slim_sqlite_put_title(struct slim_store *base, struct slim_text site,
                                   struct slim_text page, struct slim_text title, int64_t time_us)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;

    slim_sql_run(store, "write/site_give", SLIM_VALUES(slim_value_text(":name", site)));
    slim_sql_run(store, "write/page_give", SLIM_VALUES(slim_value_text(":name", page)));
    slim_sql_run(store, "write/title_take",
                 SLIM_VALUES(slim_value_text(":site", site), slim_value_text(":page", page),
                             slim_value_text(":title", title), slim_value(":time_us", time_us)));
    return slim_sql_status(store);
}
