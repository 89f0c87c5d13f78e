/* What hits and visits add to the sums of each dimension's keys. One way for all who add up rows:
 * the writer, whose sums go into the rollups, and a check, which compares rollups with the rows.
 * What a key is counted in is its group: dimension, bucket, site and class of robot, the columns of
 * a rollup's primary key before the key itself, in their order. */
#ifndef SLIM_TALLY_H
#define SLIM_TALLY_H

#include "dimension.h"
#include "sums.h"

/* Dimension (8 bits), bucket (32), site (20) and robot (4). Sites have a ceiling far below 2^20. */
static inline uint64_t slim_group(int dimension, int64_t bucket, int64_t site, int64_t robot)
{
    return (uint64_t)dimension << 56 | ((uint64_t)bucket & 0xffffffff) << 24
           | ((uint64_t)site & 0xfffff) << 4 | ((uint64_t)robot & 0xf);
}

static inline int slim_group_dimension(uint64_t group)
{
    return (int)(group >> 56);
}

static inline int64_t slim_group_bucket(uint64_t group)
{
    return (int64_t)(group >> 24 & 0xffffffff);
}

static inline int64_t slim_group_site(uint64_t group)
{
    return (int64_t)(group >> 4 & 0xfffff);
}

static inline int64_t slim_group_robot(uint64_t group)
{
    return (int64_t)(group & 0xf);
}

/* A page view of a visitor is counted under a key whose visitors are kept. sum: its place in
 * sums->sum. 0: no memory. */
typedef int slim_tally_seen(void *baton, uint32_t sum, int64_t visitor);

/* Adds a hit (sign 1) to the sums of all dimensions, or subtracts it (-1), which no visitor is
 * told of. 0: no memory. */
int slim_tally_hit(struct slim_sums *sums, const struct slim_hit_row *hit, int sign,
                   slim_tally_seen *seen, void *baton);

/* The same for a visit, which adds nothing without a page view. */
int slim_tally_visit(struct slim_sums *sums, const struct slim_visit *visit, int sign);

#endif
