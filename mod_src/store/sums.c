/* An open-addressed table of sums. */
#include "sums.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_MIN 256

static size_t hash(uint64_t group, int64_t key)
{
    uint64_t h = (group ^ (uint64_t)key << 20) * UINT64_C(0x9e3779b97f4a7c15);

    h = (h ^ h >> 32 ^ (uint64_t)key) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(h >> 32);
}

/* Twice the room; half of the slots stay free. */
static int grow(struct slim_sums *s)
{
    uint32_t slots = s->slots ? s->slots * 2 : SLOTS_MIN;
    uint32_t *slot = calloc(slots, sizeof *slot);
    struct slim_sum *sum = slot ? realloc(s->sum, slots / 2 * sizeof *sum) : NULL;

    if (!sum) {
        free(slot);
        return 0;
    }
    for (uint32_t i = 0; i < s->count; i++) {
        size_t at = hash(sum[i].group, sum[i].key) & (slots - 1);
        while (slot[at]) {
            at = (at + 1) & (slots - 1);
        }
        slot[at] = i + 1;
    }
    free(s->slot);
    s->slot = slot;
    s->slots = slots;
    s->sum = sum;
    return 1;
}

struct slim_sum *slim_sums_of(struct slim_sums *s, uint64_t group, int64_t key)
{
    if (s->count >= s->slots / 2 && !grow(s)) {
        return NULL;
    }
    size_t at = hash(group, key) & (s->slots - 1);
    for (; s->slot[at]; at = (at + 1) & (s->slots - 1)) {
        struct slim_sum *sum = &s->sum[s->slot[at] - 1];
        if (sum->key == key && sum->group == group) {
            return sum;
        }
    }
    struct slim_sum *sum = &s->sum[s->count];
    s->slot[at] = ++s->count;
    memset(sum->measure, 0, sizeof sum->measure);
    sum->group = group;
    sum->key = key;
    return sum;
}

const struct slim_sum *slim_sums_find(const struct slim_sums *s, uint64_t group, int64_t key)
{
    size_t at = s->slots ? hash(group, key) & (s->slots - 1) : 0;

    for (; s->slots && s->slot[at]; at = (at + 1) & (s->slots - 1)) {
        const struct slim_sum *sum = &s->sum[s->slot[at] - 1];
        if (sum->key == key && sum->group == group) {
            return sum;
        }
    }
    return NULL;
}

void slim_sums_empty(struct slim_sums *s)
{
    if (s->count > 0) {
        memset(s->slot, 0, s->slots * sizeof *s->slot);
        s->count = 0;
    }
}

void slim_sums_free(struct slim_sums *s)
{
    free(s->sum);
    free(s->slot);
    memset(s, 0, sizeof *s);
}

static int compare(const void *a, const void *b)
{
    const struct slim_sum *x = *(const struct slim_sum *const *)a;
    const struct slim_sum *y = *(const struct slim_sum *const *)b;

    if (x->group != y->group) {
        return x->group < y->group ? -1 : 1;
    }
    return (x->key > y->key) - (x->key < y->key);
}

void slim_sums_order(const struct slim_sums *s, const struct slim_sum **order)
{
    for (uint32_t i = 0; i < s->count; i++) {
        order[i] = &s->sum[i];
    }
    qsort(order, s->count, sizeof *order, compare);
}
