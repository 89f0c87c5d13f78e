/* A set of visits, and whose they are: to look up each of many hits. Knows nothing of a store. */
#ifndef SLIM_VISIT_SET_H
#define SLIM_VISIT_SET_H

#include <stddef.h>
#include <stdint.h>

struct slim_visit_slot {
    int64_t visit; /* 0: free; no visit has this number */
    int64_t visitor;
};

/* All zero: empty. */
struct slim_visit_set {
    struct slim_visit_slot *slot; /* an open-addressed table */
    size_t slots;                 /* a power of two */
    size_t count;
};

/* 0: no memory. A visit comes once. */
int slim_visit_set_add(struct slim_visit_set *set, int64_t visit, int64_t visitor);

/* NULL: it is not among them. */
const struct slim_visit_slot *slim_visit_set_find(const struct slim_visit_set *set, int64_t visit);

void slim_visit_set_free(struct slim_visit_set *set);

#endif
