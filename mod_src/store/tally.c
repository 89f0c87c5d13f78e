/* Adding rows up by all dimensions. */
#include "tally.h"

static struct slim_sum *sum_of(struct slim_sums *sums, const struct slim_dimension *d,
                               const struct slim_hit_row *hit)
{
    int64_t second = hit->id >> SLIM_HIT_SECOND_SHIFT;

    return slim_sums_of(sums, slim_group(d->number, second / d->unit, hit->site, hit->robot),
                        slim_key_of(&d->hit, hit));
}

/* 0: it is one that is counted apart, and adds to nothing else. */
static int add_hit(struct slim_sum *sum, const struct slim_dimension *d,
                   const struct slim_hit_row *hit, int sign)
{
    int unshown = slim_hit_row_is_unshown(hit);

    sum->measure[SLIM_MEASURE_UNSHOWN] += d->unshown && unshown ? sign : 0;
    if (d->unshown == SLIM_UNSHOWN_APART && unshown) {
        return 0;
    }
    sum->measure[SLIM_MEASURE_HITS] += sign;
    sum->measure[SLIM_MEASURE_PAGEVIEWS] += sign * hit->pageview;
    sum->measure[SLIM_MEASURE_ERRORS] += sign * (hit->status >= 400);
    sum->measure[SLIM_MEASURE_BYTES] += sign * hit->bytes;
    sum->measure[SLIM_MEASURE_DURATION] += d->sums_time ? sign * slim_hit_row_time(hit) : 0;
    return 1;
}

int slim_tally_hit(struct slim_sums *sums, const struct slim_hit_row *hit, int sign,
                   slim_tally_seen *seen, void *baton)
{
    unsigned classes = slim_hit_classes(hit);
    int sees = sign > 0 && hit->pageview && hit->visitor;

    for (const struct slim_dimension *d = slim_dimension_table; d->number; d++) {
        if (!d->hit.counts || !(classes & d->hit_class)) {
            continue;
        }
        struct slim_sum *sum = sum_of(sums, d, hit);
        if (!sum) {
            return 0;
        }
        if (add_hit(sum, d, hit, sign) && sees && d->has_visitors
            && !seen(baton, (uint32_t)(sum - sums->sum), hit->visitor)) {
            return 0;
        }
    }
    return 1;
}

static void add_visit(struct slim_sum *sum, const struct slim_dimension *d,
                      const struct slim_visit *visit, int sign)
{
    sum->measure[SLIM_MEASURE_VISITS] += sign;
    sum->measure[SLIM_MEASURE_BOUNCES] += sign * slim_visit_is_bounce(visit);
    sum->measure[SLIM_MEASURE_DURATION] += sign * slim_visit_duration(visit);
    sum->measure[SLIM_MEASURE_FRESH] += sign * visit->fresh;
    if (d->sums_visits) {
        sum->measure[SLIM_MEASURE_HITS] += sign * visit->hits;
        sum->measure[SLIM_MEASURE_PAGEVIEWS] += sign * visit->pageviews;
    }
}

int slim_tally_visit(struct slim_sums *sums, const struct slim_visit *visit, int sign)
{
    if (!slim_visit_counts(visit)) {
        return 1;
    }
    for (const struct slim_dimension *d = slim_dimension_table; d->number; d++) {
        if (!d->visit.counts) {
            continue;
        }
        struct slim_sum *sum = slim_sums_of(sums,
                                            slim_group(d->number, visit->counted / d->unit,
                                                       visit->client.site, visit->client.robot),
                                            slim_key_of(&d->visit, visit));
        if (!sum) {
            return 0;
        }
        add_visit(sum, d, visit, sign);
    }
    return 1;
}
