/* Measures added up by key: a table that grows. The writer keeps one of what a transaction adds to
 * the rollups, a reader one of what its question has counted so far. */
#ifndef SLIM_SUMS_H
#define SLIM_SUMS_H

#include <stddef.h>
#include <stdint.h>

enum slim_measure {
    SLIM_MEASURE_HITS,
    SLIM_MEASURE_PAGEVIEWS,
    SLIM_MEASURE_ERRORS,
    SLIM_MEASURE_BYTES,
    SLIM_MEASURE_VISITS,
    SLIM_MEASURE_BOUNCES,
    SLIM_MEASURE_DURATION,
    SLIM_MEASURE_FRESH,
    SLIM_MEASURE_UNSHOWN,
    SLIM_MEASURES
};

struct slim_sum {
    uint64_t group; /* that the key is counted in; what it means is its owner's affair */
    int64_t key;
    int64_t measure[SLIM_MEASURES];
};

/* All zero: empty. sum[0 … count) in the order in which keys came. */
struct slim_sums {
    struct slim_sum *sum;
    uint32_t count;
    uint32_t *slot; /* of an open-addressed table: index + 1, 0 is free */
    uint32_t slots; /* a power of two */
};

/* The sum of a key, with zeros when it is new; NULL: no memory. It stays where it is until the next
 * call. */
struct slim_sum *slim_sums_of(struct slim_sums *sums, uint64_t group, int64_t key);

/* The sum of a key that is there; NULL: it is not. */
const struct slim_sum *slim_sums_find(const struct slim_sums *sums, uint64_t group, int64_t key);

/* Forgets all keys, keeps the room. */
void slim_sums_empty(struct slim_sums *sums);
void slim_sums_free(struct slim_sums *sums);

/* Lists all sums in the order of group, then key; they stay where they are, and order is good until
 * the next key comes. It has room for count. */
void slim_sums_order(const struct slim_sums *sums, const struct slim_sum **order);

#endif
