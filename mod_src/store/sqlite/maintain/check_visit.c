/* Visits against the hits that name them, whatever divided these. */
#include <inttypes.h>
#include <stdio.h>

#include "check.h"
#include "store/sqlite/write/session.h"

/* What is gathered of a visit stands where a sum has its measures, in the order of visit_figures.
 */
enum gathered { HITS, PAGEVIEWS, OPENED, CLOSED, ASSETS, MARKS, FIGURES };

static const char *const figure_names[FIGURES] = {"hits",   "pageviews", "opened",
                                                  "closed", "assets",    "marks"};

#define MARKS_OF_HITS (SLIM_MARK_ROBOTS_TXT | SLIM_MARK_PROBE | SLIM_MARK_HOSTING)

int slim_check_gather(struct slim_sums *visits, const struct slim_hit_row *hit)
{
    int64_t second = hit->id >> SLIM_HIT_SECOND_SHIFT;

    if (!hit->visit) {
        return 1;
    }
    struct slim_sum *sum = slim_sums_of(visits, 0, hit->visit);
    if (!sum) {
        return 0;
    }
    int64_t *figure = sum->measure;
    figure[OPENED] = figure[HITS] == 0 || second < figure[OPENED] ? second : figure[OPENED];
    figure[CLOSED] = second > figure[CLOSED] ? second : figure[CLOSED];
    figure[HITS]++;
    figure[PAGEVIEWS] += hit->pageview;
    figure[ASSETS] += hit->kind == SLIM_KIND_ASSET;
    figure[MARKS] |= hit->marks & MARKS_OF_HITS;
    return 1;
}

static void compare(struct slim_checking *c, const struct slim_sum *gathered, const int64_t *stored)
{
    char text[128] = "";
    size_t used = 0;

    for (int i = 0; i < FIGURES && used < sizeof text; i++) {
        if (gathered->measure[i] != stored[i]) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
                                     figure_names[i]);
        }
    }
    if (used > 0) {
        slim_check_found(c, "visit %" PRId64 " differs from its hits: %s", gathered->key, text);
    }
}

/* 1: more hits of it may come. */
static int look_at(struct slim_checking *c, const struct slim_sum *gathered, int64_t second)
{
    int64_t stored[FIGURES];

    slim_sql_numbers(c->store, "maintain/visit_figures",
                     SLIM_VALUES(slim_value(":visit", gathered->key)), INT64_MIN, stored, FIGURES);
    if (stored[HITS] == INT64_MIN) {
        slim_check_found(c, "visit %" PRId64 " is missing, and has %" PRId64 " hits", gathered->key,
                         gathered->measure[HITS]);
        return 0;
    }
    if (stored[CLOSED] >= second) {
        return 1;
    }
    if (stored[OPENED] >= c->recount.rows_from) {
        compare(c, gathered, stored);
    }
    return 0;
}

void slim_check_gathered(struct slim_checking *c, struct slim_sums *visits, int64_t second)
{
    struct slim_sums open = {0};

    for (uint32_t i = 0; i < visits->count && slim_sql_is_well(c->store); i++) {
        if (look_at(c, &visits->sum[i], second)) {
            struct slim_sum *kept = slim_sums_of(&open, 0, visits->sum[i].key);
            if (!kept) {
                slim_sqlite_no_memory(c->store);
                break;
            }
            *kept = visits->sum[i];
        }
    }
    slim_sums_free(visits);
    *visits = open;
}

static apr_status_t tell_empty_visit(void *baton, sqlite3_stmt *row)
{
    slim_check_found(baton, "visit %" PRId64 " has no hit, or no session",
                     (int64_t)sqlite3_column_int64(row, 0));
    return APR_SUCCESS;
}

void slim_check_empty_visits(struct slim_checking *c)
{
    slim_sql_rows(c->store, "maintain/visit_without_hit",
                  SLIM_VALUES(slim_value(":rows_from", c->recount.rows_from)), tell_empty_visit, c);
}
