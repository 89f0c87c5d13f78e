/* A day's rows are added up once, for all dimensions, as the writer adds them up; what is stored is
 * subtracted, and nothing may be left. That the writer's way and that of a question's SQL come to
 * the same is tested. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "store/hll.h"
#include "store/sqlite/base/row.h"
#include "store/sqlite/write/session.h"
#include "store/tally.h"

struct counting {
    struct slim_checking *checking;
    struct slim_sums sums;                  /* of a day's rows, later less what is stored */
    struct slim_hll *set;                   /* their visitors, each where its sum is */
    uint32_t sets;                          /* so many; sums behind them have none */
    struct slim_sums visits;                /* those that may have more hits: see check_visit.c */
    const struct slim_dimension *dimension; /* whose rollups or sets are read */
};

static void empty(struct counting *d)
{
    for (uint32_t i = 0; i < d->sets; i++) {
        slim_hll_free(&d->set[i]);
    }
    free(d->set);
    d->set = NULL;
    d->sets = 0;
    slim_sums_empty(&d->sums);
}

/* --- what rows add up to --- */

static int note_seen(void *baton, uint32_t sum, int64_t visitor)
{
    struct counting *d = baton;

    if (sum >= d->sets) {
        uint32_t sets = (sum + 1) * 2;
        struct slim_hll *larger = realloc(d->set, sets * sizeof *larger);
        if (!larger) {
            return 0;
        }
        memset(larger + d->sets, 0, (sets - d->sets) * sizeof *larger);
        d->set = larger;
        d->sets = sets;
    }
    return slim_hll_add(&d->set[sum], (uint64_t)visitor) == APR_SUCCESS;
}

static apr_status_t take_hit(void *baton, sqlite3_stmt *row)
{
    struct counting *d = baton;
    struct slim_hit_row hit = {0};

    hit.visitor = sqlite3_column_int64(row, slim_sqlite_row_read(row, &slim_stored_hit, &hit));
    if (!slim_tally_hit(&d->sums, &hit, 1, note_seen, d) || !slim_check_gather(&d->visits, &hit)) {
        slim_sqlite_no_memory(d->checking->store);
    }
    return APR_SUCCESS;
}

static apr_status_t take_visit(void *baton, sqlite3_stmt *row)
{
    struct counting *d = baton;
    struct slim_visit visit = {0};

    slim_sqlite_row_read(row, &slim_stored_visit, &visit);
    if (!slim_tally_visit(&d->sums, &visit, 1)) {
        slim_sqlite_no_memory(d->checking->store);
    }
    return APR_SUCCESS;
}

static int has_visitors(const struct counting *d, uint32_t sum)
{
    return sum < d->sets && slim_hll_size(&d->set[sum], SLIM_HLL_SPARSE_MAX) > 0;
}

static void add_up(struct counting *d, int64_t day)
{
    struct slim_checking *c = d->checking;
    const struct slim_value *values = SLIM_VALUES(slim_value(":since", day * SLIM_DAY),
                                                  slim_value(":until", (day + 1) * SLIM_DAY));

    slim_sql_rows(c->store, "maintain/day_hits", values, take_hit, d);
    slim_sql_rows(c->store, "maintain/day_visits", values, take_visit, d);
    c->checked->rollups += d->sums.count;
    for (uint32_t i = 0; i < d->sets; i++) {
        c->checked->sets += (uint64_t)has_visitors(d, i);
    }
}

/* --- what is stored --- */

/* "2026-01-31", "2026-01-31 12h" */
static void name_bucket(const struct slim_dimension *dimension, int64_t bucket, char *text)
{
    enum slim_bucket by = dimension->unit == SLIM_DAY ? SLIM_BY_DAY : SLIM_BY_HOUR;

    slim_zone_label(&slim_zone_utc, bucket * dimension->unit, by, text);
}

struct naming {
    char text[256]; /* "page of 2026-01-31, site www.example.org, robot none, key 7" */
    size_t used;
};

static apr_status_t take_names(void *baton, sqlite3_stmt *row)
{
    struct naming *n = baton;

    n->used +=
        (size_t)snprintf(n->text + n->used, sizeof n->text - n->used, ", site %.120s, robot %.20s",
                         slim_sql_column_text(row, 0), slim_sql_column_text(row, 1));
    return APR_SUCCESS;
}

static struct naming name_key(struct slim_checking *c, const struct slim_dimension *dimension,
                              const int64_t place[4])
{
    struct naming n = {.used = 0};
    char bucket[SLIM_LABEL_SIZE];

    name_bucket(dimension, place[0], bucket);
    n.used = (size_t)snprintf(n.text, sizeof n.text, "%s of %s", dimension->name, bucket);
    slim_sql_rows(c->store, "maintain/names_of",
                  SLIM_VALUES(slim_value(":site", place[1]), slim_value(":robot", place[2])),
                  take_names, &n);
    snprintf(n.text + n.used, sizeof n.text - n.used, ", key %" PRId64, place[3]);
    return n;
}

static struct naming name_sum(struct counting *d, const struct slim_sum *sum)
{
    const int64_t place[4] = {slim_group_bucket(sum->group), slim_group_site(sum->group),
                              slim_group_robot(sum->group), sum->key};

    return name_key(d->checking, &slim_dimension_table[slim_group_dimension(sum->group) - 1],
                    place);
}

/* The sum of a stored row's key; NULL: no row can have it, which is said, or no memory. */
static struct slim_sum *sum_of(struct counting *d, sqlite3_stmt *row, const char *what, int numbers)
{
    int64_t place[4];
    int is_number = 1;

    for (int i = 0; i < numbers; i++) {
        is_number &= sqlite3_column_type(row, i) == SQLITE_INTEGER;
    }
    for (int i = 0; i < 4; i++) {
        place[i] = sqlite3_column_int64(row, i);
    }
    uint64_t group = slim_group(d->dimension->number, place[0], place[1], place[2]);
    if (!is_number || slim_group_bucket(group) != place[0] || slim_group_site(group) != place[1]
        || slim_group_robot(group) != place[2]) {
        slim_check_found(d->checking, "%s %s is no sum of rows", what,
                         name_key(d->checking, d->dimension, place).text);
        return NULL;
    }
    struct slim_sum *sum = slim_sums_of(&d->sums, group, place[3]);
    if (!sum) {
        slim_sqlite_no_memory(d->checking->store);
    }
    return sum;
}

static apr_status_t subtract_rollup(void *baton, sqlite3_stmt *row)
{
    struct slim_sum *sum = sum_of(baton, row, "rollup", 4 + SLIM_MEASURES);

    for (int i = 0; sum && i < SLIM_MEASURES; i++) {
        sum->measure[i] -= sqlite3_column_int64(row, 4 + i);
    }
    return APR_SUCCESS;
}

static void report_rollup(struct counting *d, const struct slim_sum *sum)
{
    static const char *const names[] = {"hits",    "pageviews", "errors", "bytes",  "visits",
                                        "bounces", "duration",  "fresh",  "unshown"};
    char text[256] = "";
    size_t used = 0;

    for (int i = 0; i < SLIM_MEASURES && used < sizeof text; i++) {
        if (sum->measure[i] != 0) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%+" PRId64 " %s",
                                     used ? ", " : "", -sum->measure[i], names[i]);
        }
    }
    if (used > 0) {
        slim_check_found(d->checking, "rollup %s: %s against its rows", name_sum(d, sum).text,
                         text);
    }
}

/* Sets have one form, so that their bytes can be compared. */
static int is_set(const struct slim_hll *set, sqlite3_stmt *row)
{
    unsigned char bytes[SLIM_HLL_BYTES_MAX];
    size_t length = slim_hll_write(set, SLIM_HLL_SPARSE_MAX, bytes);

    return sqlite3_column_type(row, 4) == SQLITE_BLOB
           && (size_t)sqlite3_column_bytes(row, 4) == length
           && memcmp(sqlite3_column_blob(row, 4), bytes, length) == 0;
}

static void report_set(struct counting *d, const struct slim_sum *sum)
{
    slim_check_found(d->checking, "visitors of %s are not those of its rows",
                     name_sum(d, sum).text);
}

/* One that was compared is emptied: those left are missing. */
static apr_status_t compare_set(void *baton, sqlite3_stmt *row)
{
    struct counting *d = baton;
    const struct slim_sum *sum = sum_of(d, row, "visitors of", 4);
    uint32_t at = sum ? (uint32_t)(sum - d->sums.sum) : 0;

    if (sum && (!has_visitors(d, at) || !is_set(&d->set[at], row))) {
        report_set(d, sum);
    }
    if (sum && at < d->sets) {
        slim_hll_free(&d->set[at]);
        d->set[at] = (struct slim_hll){0};
    }
    return APR_SUCCESS;
}

/* Whether the day's sets of visitors are known to be too large, and still to be made anew. */
static int is_stale(struct slim_checking *c, int64_t day)
{
    int64_t stale;

    slim_sql_numbers(c->store, "maintain/stale_is", SLIM_VALUES(slim_value(":day", day)), 0, &stale,
                     1);
    return stale != 0;
}

static void compare_rollups(struct counting *d, int64_t day)
{
    for (d->dimension = slim_dimension_table; d->dimension->number; d->dimension++) {
        slim_sql_rows(d->checking->store, "maintain/day_rollups",
                      slim_recount_values(d->dimension, day).value, subtract_rollup, d);
    }
    for (uint32_t i = 0; i < d->sums.count; i++) {
        report_rollup(d, &d->sums.sum[i]);
    }
}

static void compare_sets(struct counting *d, int64_t day)
{
    for (d->dimension = slim_dimension_table; d->dimension->number; d->dimension++) {
        if (d->dimension->has_visitors) {
            slim_sql_rows(d->checking->store, "maintain/day_sets",
                          slim_recount_values(d->dimension, day).value, compare_set, d);
        }
    }
    for (uint32_t i = 0; i < d->sets && i < d->sums.count; i++) {
        if (has_visitors(d, i)) {
            report_set(d, &d->sums.sum[i]);
        }
    }
}

/* A visit is compared on the day after which no hit of it can come. */
void slim_check_days(struct slim_checking *c)
{
    struct counting d = {.checking = c};
    int64_t day = c->recount.rows_from / SLIM_DAY - 1;

    while ((day = slim_recount_next_day(&c->recount, day + 1)) >= 0) {
        slim_maintain_progress(c->progress, "day", (uint64_t)day, 0);
        add_up(&d, day);
        slim_check_gathered(c, &d.visits, (day + 1) * SLIM_DAY);
        if (slim_sql_is_well(c->store)) { /* what was not read to its end differs */
            compare_rollups(&d, day);
        }
        if (slim_sql_is_well(c->store) && !is_stale(c, day)) {
            compare_sets(&d, day);
        }
        empty(&d);
    }
    slim_check_gathered(c, &d.visits, INT64_MAX);
    slim_sums_free(&d.visits);
    slim_sums_free(&d.sums);
}
