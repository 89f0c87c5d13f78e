/* Lines of a log that are hits which the recorder stored: looked for among the rows of their
 * second. The rows of the last seconds asked about are kept while nobody else writes. */
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/ascii.h"
#include "core/privacy.h"
#include "store/sqlite/base/row.h"
#include "writer.h"

#define SECONDS_KEPT 32
#define NAME_MAX_BYTES 256
#define ANY_RESOURCE 0 /* it came after its dictionary's ceiling, and is kept as "(other)" */

struct recorded_hit {
    int64_t id, flags, status, bytes;
    uint64_t asked;    /* a sum of site and method */
    uint64_t resource; /* a sum, or ANY_RESOURCE */
    uint8_t address[16];
    uint8_t address_length;
};

struct recorded_second {
    int64_t second;
    apr_array_header_t *hits; /* struct recorded_hit; NULL: never used */
};

struct slim_sqlite_recorded {
    sqlite3_stmt *rows;
    struct recorded_second seconds[SECONDS_KEPT];
    apr_pool_t *pool;
};

/* -1 is no second that a hit has. */
static void clear(struct slim_sqlite_recorded *recorded)
{
    for (int i = 0; i < SECONDS_KEPT; i++) {
        recorded->seconds[i].second = -1;
    }
}

struct slim_sqlite_recorded *slim_sqlite_recorded_open(struct slim_sqlite *store, apr_pool_t *pool)
{
    struct slim_sqlite_recorded *recorded = apr_pcalloc(pool, sizeof *recorded);

    recorded->pool = pool;
    recorded->rows = slim_sql_placed(store, "write/recorded_rows", NULL, ":first :last");
    clear(recorded);
    return recorded;
}

void slim_sqlite_recorded_forget(struct slim_sqlite_writer *w)
{
    clear(w->recorded);
}

/* --- the rows of a second --- */

/* Sites in any case: a log has them as the configuration does. */
static uint64_t sum_of_asked(struct slim_text site, struct slim_text method)
{
    char name[NAME_MAX_BYTES];
    size_t length = site.length < sizeof name ? site.length : sizeof name;

    slim_lower_all(site.at, length, name);
    return XXH3_64bits_withSeed(name, length, XXH3_64bits(method.at, method.length));
}

static uint64_t sum_of_resource(struct slim_text resource)
{
    uint64_t sum = XXH3_64bits(resource.at, resource.length);

    return sum == ANY_RESOURCE ? 1 : sum;
}

static struct slim_text text_at(sqlite3_stmt *row, int column)
{
    const char *text = slim_sql_column_text(row, column);

    return (struct slim_text){text, (size_t)sqlite3_column_bytes(row, column)};
}

static void take_hit(apr_array_header_t *hits, sqlite3_stmt *row)
{
    struct slim_text site = text_at(row, 1);

    if (sqlite3_column_int64(row, 8) >> SLIM_ROW_IMPORTED & 1) {
        return;
    }
    struct recorded_hit *hit = &APR_ARRAY_PUSH(hits, struct recorded_hit);
    *hit = (struct recorded_hit){.id = sqlite3_column_int64(row, 0),
                                 .asked = sum_of_asked(site, text_at(row, 2)),
                                 .resource = sqlite3_column_int64(row, 3) == SLIM_OTHER
                                                 ? ANY_RESOURCE
                                                 : sum_of_resource(text_at(row, 4)),
                                 .status = sqlite3_column_int64(row, 5),
                                 .bytes = sqlite3_column_int64(row, 6),
                                 .flags = sqlite3_column_int64(row, 8)};
    slim_sqlite_address_read(sqlite3_column_value(row, 7), hit->address, &hit->address_length);
}

/* Reads all rows of a second, and notes its last number on the way: the next hit that is put into
 * it needs that. */
static void read_second(struct slim_sqlite_writer *w, struct recorded_second *kept)
{
    int64_t first = kept->second << SLIM_HIT_SECOND_SHIFT, last = first - 1;
    sqlite3_stmt *statement = w->recorded->rows;

    sqlite3_bind_int64(statement, 1, first);
    sqlite3_bind_int64(statement, 2, first + ((INT64_C(1) << SLIM_HIT_SECOND_SHIFT) - 1));
    while (slim_sql_step(&w->store, statement)) {
        last = sqlite3_column_int64(statement, 0);
        take_hit(kept->hits, statement);
    }
    sqlite3_reset(statement);
    if (kept->second
        > slim_sqlite_batch_newest(w)) { /* else it may have some that are in no table yet */
        slim_sqlite_note_last(w, kept->second, last);
    }
}

static apr_array_header_t *hits_of(struct slim_sqlite_writer *w, int64_t second)
{
    struct recorded_second *kept = &w->recorded->seconds[(size_t)second % SECONDS_KEPT];

    if (kept->second == second) {
        return kept->hits;
    }
    if (!kept->hits) {
        kept->hits = apr_array_make(w->recorded->pool, 64, sizeof(struct recorded_hit));
    }
    apr_array_clear(kept->hits);
    kept->second = second;
    if (slim_sql_is_well(&w->store) && slim_sqlite_may_have_hits(w, second)) {
        read_second(w, kept);
    }
    return kept->hits;
}

/* --- which of them is a line --- */

/* Equal as far as the address was kept, whatever the rule was when it was. */
static int may_be_address(const struct recorded_hit *hit, const struct slim_store_line *line)
{
    uint8_t masked[16], length = line->address_length;

    if (hit->address_length == 0 || length == 0) {
        return 1;
    }
    if (hit->address_length != length) {
        return 0;
    }
    memcpy(masked, line->address, sizeof masked);
    slim_privacy_address(SLIM_ADDRESS_MASKED, masked, &length);
    return memcmp(hit->address, line->address, length) == 0
           || memcmp(hit->address, masked, length) == 0;
}

static uint32_t log_of(const struct recorded_hit *hit)
{
    return (uint32_t)((uint64_t)hit->flags >> SLIM_ROW_LOG);
}

/* How well a hit fits a line: 0 not at all; one that is of no log yet, and one of the same size,
 * fit better. */
static int fits(const struct recorded_hit *hit, const struct slim_store_line *line, uint64_t asked,
                uint64_t resource)
{
    int same_bytes = hit->bytes == (int64_t)line->hit->bytes;

    if (hit->asked != asked || hit->status != line->hit->status
        || (hit->resource != resource && hit->resource != ANY_RESOURCE)
        || (line->has_all_bytes && !same_bytes) || log_of(hit) == line->log
        || !may_be_address(hit, line)) {
        return 0;
    }
    return 1 + 4 * (log_of(hit) == 0) + 2 * (hit->address_length > 0) + same_bytes;
}

static struct recorded_hit *best_of(apr_array_header_t *hits, const struct slim_store_line *line)
{
    uint64_t asked = sum_of_asked(line->hit->field[SLIM_SITE], line->hit->field[SLIM_METHOD]);
    uint64_t resource = sum_of_resource(line->resource);
    struct recorded_hit *best = NULL;
    int most = 0;

    for (int i = 0; i < hits->nelts; i++) {
        struct recorded_hit *hit = &APR_ARRAY_IDX(hits, i, struct recorded_hit);
        int points = fits(hit, line, asked, resource);
        if (points > most) {
            most = points;
            best = hit;
        }
    }
    return best;
}

apr_status_t slim_sqlite_find_recorded(struct slim_store *base, const struct slim_store_line *line,
                                       int *found)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    apr_array_header_t *hits = hits_of(w, line->hit->time_us / 1000000);
    struct recorded_hit *hit = hits->nelts > 0 ? best_of(hits, line) : NULL;

    *found = hit != NULL;
    if (hit) {
        hit->flags = (hit->flags & UINT32_MAX) | (int64_t)line->log << SLIM_ROW_LOG;
        slim_sql_run(&w->store, "write/recorded_mark",
                     SLIM_VALUES(slim_value(":log", line->log), slim_value(":id", hit->id)));
    }
    return slim_sql_status(&w->store);
}
