/* What a visit has had already: an open-addressed table. */
#include <stdlib.h>
#include <string.h>

#include "session_internal.h"

static size_t place_of(const struct slim_session_taken *taken, int64_t what)
{
    size_t mask = taken->slots - 1;
    size_t at = (size_t)((uint64_t)what * UINT64_C(0x9e3779b97f4a7c15) >> 20) & mask;

    while (taken->slot[at] != 0 && taken->slot[at] != what) {
        at = (at + 1) & mask;
    }
    return at;
}

static int grow_taken(struct slim_session_taken *taken)
{
    struct slim_session_taken larger = {.slots = taken->slots ? taken->slots * 2 : 16,
                                        .count = taken->count};

    larger.slot = calloc(larger.slots, sizeof *larger.slot);
    if (!larger.slot) {
        return 0;
    }
    for (size_t i = 0; i < taken->slots; i++) {
        if (taken->slot[i] != 0) {
            larger.slot[place_of(&larger, taken->slot[i])] = taken->slot[i];
        }
    }
    free(taken->slot);
    *taken = larger;
    return 1;
}

/* 1: it was not there before; 0: it was; -1: no memory. */
int slim_session_take(struct slim_session_taken *taken, int64_t what)
{
    if (taken->count * 2 >= taken->slots && !grow_taken(taken)) {
        return -1;
    }
    size_t at = place_of(taken, what);
    if (taken->slot[at] == what) {
        return 0;
    }
    taken->slot[at] = what;
    taken->count++;
    return 1;
}

void slim_session_take_nothing(struct slim_session_taken *taken)
{
    if (taken->count > 0) {
        memset(taken->slot, 0, taken->slots * sizeof *taken->slot);
        taken->count = 0;
    }
}

/* 0: no memory. */
int slim_session_take_all(struct slim_session_taken *to, const struct slim_session_taken *from)
{
    slim_session_take_nothing(to);
    while (to->slots < from->slots) {
        if (!grow_taken(to)) {
            return 0;
        }
    }
    for (size_t i = 0; i < from->slots; i++) {
        if (from->slot[i] != 0) {
            slim_session_take(to, from->slot[i]);
        }
    }
    return 1;
}
