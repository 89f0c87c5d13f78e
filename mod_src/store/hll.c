/* The set of visitors: a table of hashes, or registers. */
#include "hll.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/valid.h"

#define PRECISION 14
#define HASH_BYTES 6
#define HASH_MASK (~UINT64_C(0) << 16)
#define RANK_MAX (48 - PRECISION + 1) /* of the bits that are kept */
#define PLACES_MIN 16

void slim_hll_free(struct slim_hll *set)
{
    free(set->hash);
    free(set->registers);
    memset(set, 0, sizeof *set);
}

/* --- dense --- */

static void set_register(unsigned char *registers, uint64_t hash)
{
    uint64_t rest = hash << PRECISION;
    unsigned char rank = (unsigned char)(rest ? __builtin_clzll(rest) + 1 : RANK_MAX);
    unsigned char *at = &registers[hash >> (64 - PRECISION)];

    if (rank > *at) {
        *at = rank;
    }
}

static apr_status_t make_dense(struct slim_hll *set)
{
    if (set->registers) {
        return APR_SUCCESS;
    }
    set->registers = calloc(1, SLIM_HLL_REGISTERS);
    if (!set->registers) {
        return APR_ENOMEM;
    }
    for (size_t i = 0; i < set->places; i++) {
        if (set->hash[i]) {
            set_register(set->registers, set->hash[i]);
        }
    }
    if (set->has_zero) {
        set_register(set->registers, 0);
    }
    free(set->hash);
    set->hash = NULL;
    set->places = set->count = 0;
    set->has_zero = 0;
    return APR_SUCCESS;
}

/* --- sparse --- */

/* The slot of a hash, or the empty one where it belongs. */
static uint64_t *place_of(uint64_t *table, size_t places, uint64_t hash)
{
    size_t at = (size_t)(hash >> 16) & (places - 1);

    while (table[at] && table[at] != hash) {
        at = (at + 1) & (places - 1);
    }
    return &table[at];
}

/* Makes room for count hashes, half of the places being empty. */
static apr_status_t make_room(struct slim_hll *set, size_t count)
{
    size_t places = set->places ? set->places : PLACES_MIN;

    while (places < 2 * count) {
        places *= 2;
    }
    if (places == set->places) {
        return APR_SUCCESS;
    }
    uint64_t *table = calloc(places, sizeof *table);

    if (!table) {
        return APR_ENOMEM;
    }
    for (size_t i = 0; i < set->places; i++) {
        if (set->hash[i]) {
            *place_of(table, places, set->hash[i]) = set->hash[i];
        }
    }
    free(set->hash);
    set->hash = table;
    set->places = places;
    return APR_SUCCESS;
}

apr_status_t slim_hll_add(struct slim_hll *set, uint64_t hash)
{
    hash &= HASH_MASK;
    if (set->registers) {
        set_register(set->registers, hash);
        return APR_SUCCESS;
    }
    if (hash == 0) {
        set->count += !set->has_zero;
        set->has_zero = 1;
        return APR_SUCCESS;
    }
    if (set->count * 2 >= set->places) {
        apr_status_t rv = make_room(set, set->count + 1);
        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
    uint64_t *place = place_of(set->hash, set->places, hash);
    set->count += *place == 0;
    *place = hash;
    return APR_SUCCESS;
}

/* --- bytes --- */

static uint64_t get_hash(const unsigned char *at)
{
    uint64_t hash = 0;

    for (int i = 0; i < HASH_BYTES; i++) {
        hash = hash << 8 | at[i];
    }
    return hash << 16;
}

static void put_hash(unsigned char *at, uint64_t hash)
{
    for (int i = 0; i < HASH_BYTES; i++) {
        at[i] = (unsigned char)(hash >> (56 - 8 * i));
    }
}

static apr_status_t merge_registers(struct slim_hll *set, const unsigned char *registers)
{
    apr_status_t rv = make_dense(set);

    for (size_t i = 0; rv == APR_SUCCESS && i < SLIM_HLL_REGISTERS; i++) {
        unsigned char rank = registers[i] > RANK_MAX ? RANK_MAX : registers[i];
        set->registers[i] = rank > set->registers[i] ? rank : set->registers[i];
    }
    return rv;
}

apr_status_t slim_hll_merge(struct slim_hll *set, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    apr_status_t rv = APR_SUCCESS;

    if (length == 0) {
        return APR_SUCCESS;
    }
    if (at[0] == 'D' && length == SLIM_HLL_BYTES_MAX) {
        return merge_registers(set, at + 1);
    }
    if (at[0] != 'S' || (length - 1) % HASH_BYTES != 0) {
        return SLIM_EBADRECORD;
    }
    if (!set->registers && set->count == 0) { /* else most may be there already */
        rv = make_room(set, length / HASH_BYTES);
    }
    for (size_t i = 1; rv == APR_SUCCESS && i < length; i += HASH_BYTES) {
        rv = slim_hll_add(set, get_hash(at + i));
    }
    return rv;
}

size_t slim_hll_size(const struct slim_hll *set, size_t sparse_max)
{
    if (set->registers || set->count > sparse_max) {
        return SLIM_HLL_BYTES_MAX;
    }
    return set->count ? 1 + set->count * HASH_BYTES : 0;
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, HASH_BYTES);
}

static size_t write_unsorted(const struct slim_hll *set, unsigned char *out)
{
    unsigned char *at = out;

    *at++ = 'S';
    if (set->has_zero) {
        put_hash(at, 0);
        at += HASH_BYTES;
    }
    for (size_t i = 0; i < set->places; i++) {
        if (set->hash[i]) {
            put_hash(at, set->hash[i]);
            at += HASH_BYTES;
        }
    }
    return (size_t)(at - out);
}

static size_t write_sparse(const struct slim_hll *set, unsigned char *out)
{
    size_t size = write_unsorted(set, out);

    qsort(out + 1, set->count, HASH_BYTES, compare_hashes);
    return size;
}

size_t slim_hll_hand_over(const struct slim_hll *set, unsigned char *out)
{
    return set->registers || set->count == 0 ? slim_hll_write(set, SIZE_MAX, out)
                                             : write_unsorted(set, out);
}

const char *slim_hll_validate(const struct slim_hll *set)
{
    if (set->registers) {
        return set->hash || set->places || set->count || set->has_zero
                   ? "it has hashes beside its registers"
                   : NULL;
    }
    if ((set->places & (set->places - 1)) != 0 || (set->places > 0) != (set->hash != NULL)) {
        return "its places are no power of two, or none";
    }
    if (set->has_zero != 0 && set->has_zero != 1) {
        return "it has the hash 0 more than once";
    }
    return set->count <= set->places / 2 + 1 && set->count >= (size_t)set->has_zero
               ? NULL
               : "it has more hashes than places for them";
}

size_t slim_hll_write(const struct slim_hll *set, size_t sparse_max, unsigned char *out)
{
    size_t size = slim_hll_size(set, sparse_max);

    slim_must_be_valid("set of visitors", slim_hll_validate(set));
    if (size == 0) {
        return 0;
    }
    if (!set->registers && set->count <= sparse_max) {
        return write_sparse(set, out);
    }
    out[0] = 'D';
    if (set->registers) {
        memcpy(out + 1, set->registers, SLIM_HLL_REGISTERS);
        return size;
    }
    memset(out + 1, 0, SLIM_HLL_REGISTERS);
    for (size_t i = 0; i < set->places; i++) {
        if (set->hash[i]) {
            set_register(out + 1, set->hash[i]);
        }
    }
    if (set->has_zero) {
        set_register(out + 1, 0);
    }
    return size;
}

/* --- the estimate (Ertl 2017, algorithm 6) --- */

static double sigma(double x)
{
    double y = 1, z = x, before;

    if (x == 1) {
        return INFINITY;
    }
    do {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    } while (z != before);
    return z;
}

static double tau(double x)
{
    double y = 1, z = 1 - x, before;

    if (x == 0 || x == 1) {
        return 0;
    }
    do {
        x = sqrt(x);
        before = z;
        y *= 0.5;
        z -= (1 - x) * (1 - x) * y;
    } while (z != before);
    return z / 3;
}

static uint64_t estimate(const unsigned char *registers)
{
    const double m = SLIM_HLL_REGISTERS;
    unsigned with_rank[RANK_MAX + 1] = {0};

    for (size_t i = 0; i < SLIM_HLL_REGISTERS; i++) {
        with_rank[registers[i]]++;
    }
    double z = m * tau(1 - with_rank[RANK_MAX] / m);
    for (int rank = RANK_MAX - 1; rank >= 1; rank--) {
        z = 0.5 * (z + with_rank[rank]);
    }
    z += m * sigma(with_rank[0] / m);
    return (uint64_t)llround(m * m / (2 * log(2) * z));
}

uint64_t slim_hll_count(const struct slim_hll *set, int *estimated)
{
    *estimated = set->registers != NULL;
    return set->registers ? estimate(set->registers) : set->count;
}
