/* How many different visitors: a set of 64-bit hashes that is exact while it is small and an
 * estimate when it has grown (HyperLogLog, Flajolet et al. 2007, with 2^14 registers and the
 * estimator of O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017).
 *
 * As bytes: nothing for the empty set; "S" and 6 bytes for each hash's upper 48 bits, ascending; or
 * "D" and a byte for each of the 16,384 registers. Bytes come from a file and are checked.
 * Explained in mod_src/manual/how-sets.md. */
#ifndef SLIM_HLL_H
#define SLIM_HLL_H

#include <stddef.h>
#include <stdint.h>

#include <apr_pools.h>

#include "core/status_code.h"

#define SLIM_HLL_SPARSE_MAX 2560 /* hashes in a sparse set that is written */
#define SLIM_HLL_REGISTERS 16384
#define SLIM_HLL_BYTES_MAX (1 + SLIM_HLL_REGISTERS)
#define SLIM_HLL_ERROR_PERCENT 0.81 /* standard error of an estimate: 1.04 / sqrt(registers) */

/* A set that grows; it lives in malloc'ed memory. All zero: the empty set. */
struct slim_hll {
    uint64_t *hash; /* the upper 48 bits, an open-addressed table; 0 is an empty slot */
    size_t places, count;
    int has_zero;             /* the hash 0 itself */
    unsigned char *registers; /* not NULL: dense */
};

void slim_hll_free(struct slim_hll *set);

/* Adds a hash. SLIM_EBADRECORD and APR_ENOMEM as below; the set is then unchanged. */
apr_status_t slim_hll_add(struct slim_hll *set, uint64_t hash) SLIM_MUST_CHECK;

/* Adds all of a set written as bytes. SLIM_EBADRECORD when they are no set. */
apr_status_t slim_hll_merge(struct slim_hll *set, const void *bytes, size_t length) SLIM_MUST_CHECK;

/* How many; *estimated: whether it is an estimate. */
uint64_t slim_hll_count(const struct slim_hll *set, int *estimated);

/* NULL, or which invariant of a set does not hold. */
const char *slim_hll_validate(const struct slim_hll *set);

/* Writes the set into out, which has room for SLIM_HLL_BYTES_MAX bytes or for slim_hll_size of
 * them; sets larger than sparse_max hashes are written dense. Returns the length. */
size_t slim_hll_write(const struct slim_hll *set, size_t sparse_max, unsigned char *out);

/* The same bytes in any order, for who merges them and keeps none: sorting them takes longer than
 * all else. out has room for slim_hll_size(set, SIZE_MAX) bytes. */
size_t slim_hll_hand_over(const struct slim_hll *set, unsigned char *out);

/* The bytes that writing would need. */
size_t slim_hll_size(const struct slim_hll *set, size_t sparse_max);

#endif
