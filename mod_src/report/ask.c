/* Answers with a comparison: the store is asked twice, and rows are matched by their keys. */
#include <string.h>

#include <apr_hash.h>

#include "core/buffer.h"
#include "ask.h"
#include "store/store.h"

/* More rows than this of the period before are not looked through. */
#define PREVIOUS_ROWS_MAX 100000

static const struct slim_cell *row_of(const struct slim_answer *answer, int row)
{
    return APR_ARRAY_IDX(answer->rows, row, struct slim_cell *);
}

/* What identifies a row of its report. */
static struct slim_text key_of(const struct slim_report *report, const struct slim_cell *cells,
                               apr_pool_t *pool)
{
    struct slim_buffer key;

    slim_buffer_init(&key, pool);
    for (int i = 0; i < SLIM_COLUMNS_MAX && report->column[i].name; i++) {
        if (!slim_report_is_key(report, i)) {
            continue;
        }
        if (cells[i].is_text) {
            slim_buffer_format(&key, "%zu:", cells[i].length);
            slim_buffer_add(&key, cells[i].text, cells[i].length);
        } else {
            slim_buffer_format(&key, "%lld;", (long long)cells[i].number);
        }
    }
    return (struct slim_text){key.at, key.length};
}

static int64_t **find(apr_hash_t *rows, struct slim_text key)
{
    return apr_hash_get(rows, key.at, (apr_ssize_t)key.length);
}

static void keep(apr_hash_t *rows, struct slim_text key, int64_t **place)
{
    apr_hash_set(rows, key.at, (apr_ssize_t)key.length, place);
}

/* --- where a row of the period before belongs --- */

struct places {
    apr_hash_t *rows; /* key of the period before -> int64_t ** of the answer's row */
    struct slim_previous *previous;
    apr_pool_t *pool;      /* of the answer */
    apr_pool_t *temporary; /* of this search */
};

static int64_t *no_numbers(struct places *places)
{
    return apr_pcalloc(places->pool, SLIM_COLUMNS_MAX * sizeof(int64_t));
}

static void place_by_key(const struct slim_answer *answer, struct places *places, int complete)
{
    for (int r = 0; r < answer->rows->nelts; r++) {
        int64_t **place = &places->previous->row[r];
        *place = complete ? no_numbers(places) : NULL;
        keep(places->rows, key_of(answer->query->report, row_of(answer, r), places->temporary),
             place);
    }
}

static struct slim_text label_key(const struct slim_query *query, int64_t begin, apr_pool_t *pool)
{
    char label[SLIM_LABEL_SIZE];
    struct slim_cell cell = {.is_text = 1};

    cell.text = slim_zone_label(query->zone, begin, query->by, label);
    cell.length = strlen(label);
    return key_of(query->report, &cell, pool);
}

/* The first hour belongs to the first, the second to the second, whichever rows there are. */
static void place_by_time(const struct slim_answer *answer, struct places *places)
{
    const struct slim_query *now = answer->query, *before = &places->previous->query;
    apr_hash_t *rows = apr_hash_make(places->temporary);
    apr_pool_t *step;

    for (int r = 0; r < answer->rows->nelts; r++) {
        keep(rows, key_of(now->report, row_of(answer, r), places->temporary),
             &places->previous->row[r]);
    }
    apr_pool_create(&step, places->temporary);
    int64_t a = slim_zone_bucket(now->zone, now->since, now->by);
    int64_t b = slim_zone_bucket(now->zone, before->since, now->by);
    while (a < now->until && b < before->until) {
        int64_t **place = find(rows, label_key(now, a, step));
        if (place) {
            *place = no_numbers(places);
            keep(places->rows, label_key(before, b, places->temporary), place);
        }
        apr_pool_clear(step);
        a = slim_zone_next(now->zone, a, now->by);
        b = slim_zone_next(now->zone, b, now->by);
    }
}

/* --- joining --- */

static apr_status_t ask(struct slim_store *store, const struct slim_query *const *queries,
                        int number, struct slim_answer *answers, apr_pool_t *pool)
{
    apr_status_t rv = store->engine->report(store, queries, number, answers, pool);

    for (int i = 0; rv == APR_SUCCESS && i < number; i++) {
        slim_answer_divide(&answers[i]);
    }
    return rv;
}

static void join(const struct slim_answer *answer, const struct slim_answer *found,
                 struct places *places)
{
    struct slim_previous *previous = places->previous;

    if (slim_report_by_time(answer->query->report)) {
        place_by_time(answer, places);
    } else {
        place_by_key(answer, places, !found->more);
    }
    for (int r = 0; r < found->rows->nelts; r++) {
        const struct slim_cell *cells = row_of(found, r);
        int64_t **place =
            find(places->rows, key_of(answer->query->report, cells, places->temporary));
        if (!place) {
            continue;
        }
        *place = *place ? *place : no_numbers(places);
        for (int i = 0; i < answer->columns; i++) {
            (*place)[i] = cells[i].number;
        }
    }
    memcpy(previous->total, found->total, sizeof previous->total);
    previous->rows_total = found->rows_total;
}

static apr_status_t compare(struct slim_store *store, struct slim_answer *answer, apr_pool_t *pool)
{
    struct slim_previous *previous = apr_pcalloc(pool, sizeof *previous);
    struct places places = {.previous = previous, .pool = pool};
    struct slim_answer found = {0};
    apr_status_t rv = APR_SUCCESS;

    apr_pool_create(&places.temporary, pool);
    places.rows = apr_hash_make(places.temporary);
    previous->row = apr_pcalloc(pool, ((size_t)answer->rows->nelts + 1) * sizeof(int64_t *));
    slim_query_previous(answer->query, &previous->query);
    struct slim_query all = previous->query;
    all.limit = PREVIOUS_ROWS_MAX;
    all.offset = 0;
    if (all.since < all.until) {
        const struct slim_query *one = &all;
        rv = ask(store, &one, 1, &found, places.temporary);
    } else { /* time has just begun */
        found.rows = apr_array_make(places.temporary, 1, sizeof(struct slim_cell *));
    }
    if (rv == APR_SUCCESS) {
        join(answer, &found, &places);
        if (found.approximate) {
            answer->approximate = 1;
            answer->error_percent = found.error_percent > answer->error_percent
                                        ? found.error_percent
                                        : answer->error_percent;
        }
        answer->older_until = found.older_until ? found.older_until : answer->older_until;
        answer->previous = previous;
    }
    apr_pool_destroy(places.temporary);
    return rv;
}

/* What the store is asked for a question about the period before. */
static const struct slim_query *of_before(const struct slim_query *query, apr_pool_t *pool)
{
    struct slim_query *previous = apr_palloc(pool, sizeof *previous);

    slim_query_previous(query, previous);
    previous->compare = query->compare;
    return previous;
}

apr_status_t slim_report_answers(struct slim_store *store, const struct slim_query *const *queries,
                                 int number, struct slim_answer *answers, apr_pool_t *pool)
{
    const struct slim_query **asked = apr_palloc(pool, (size_t)number * sizeof(void *));

    for (int i = 0; i < number; i++) {
        asked[i] = queries[i]->before ? of_before(queries[i], pool) : queries[i];
    }
    apr_status_t rv = ask(store, asked, number, answers, pool);
    for (int i = 0; rv == APR_SUCCESS && i < number; i++) {
        rv = asked[i]->compare ? compare(store, &answers[i], pool) : rv;
    }
    return rv;
}

apr_status_t slim_report_answer(struct slim_store *store, const struct slim_query *query,
                                struct slim_answer *answer, apr_pool_t *pool)
{
    return slim_report_answers(store, &query, 1, answer, pool);
}
