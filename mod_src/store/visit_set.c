/* An open-addressed table, at most half full. */
#include "visit_set.h"

#include <stdlib.h>

/* Visits are numbered by time: multiplied, neighbours lie far apart. */
static size_t place_of(const struct slim_visit_set *set, int64_t visit)
{
    return (size_t)((uint64_t)visit * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (set->slots - 1);
}

static void put(struct slim_visit_set *set, struct slim_visit_slot one)
{
    size_t place = place_of(set, one.visit);

    while (set->slot[place].visit != 0) {
        place = (place + 1) & (set->slots - 1);
    }
    set->slot[place] = one;
}

static int grow(struct slim_visit_set *set)
{
    struct slim_visit_set larger = {.slots = set->slots ? set->slots * 2 : 1024,
                                    .count = set->count};

    larger.slot = calloc(larger.slots, sizeof *larger.slot);
    if (!larger.slot) {
        return 0;
    }
    for (size_t i = 0; i < set->slots; i++) {
        if (set->slot[i].visit != 0) {
            put(&larger, set->slot[i]);
        }
    }
    free(set->slot);
    *set = larger;
    return 1;
}

int slim_visit_set_add(struct slim_visit_set *set, int64_t visit, int64_t visitor)
{
    if (set->count >= set->slots / 2 && !grow(set)) {
        return 0;
    }
    put(set, (struct slim_visit_slot){visit, visitor});
    set->count++;
    return 1;
}

const struct slim_visit_slot *slim_visit_set_find(const struct slim_visit_set *set, int64_t visit)
{
    if (set->count == 0 || visit == 0) {
        return NULL;
    }
    for (size_t place = place_of(set, visit); set->slot[place].visit != 0;
         place = (place + 1) & (set->slots - 1)) {
        if (set->slot[place].visit == visit) {
            return &set->slot[place];
        }
    }
    return NULL;
}

void slim_visit_set_free(struct slim_visit_set *set)
{
    free(set->slot);
    *set = (struct slim_visit_set){0};
}
