/* The state of the whole: what `slimstats status`, the API and the dashboard show. */
#ifndef SLIM_HEALTH_H
#define SLIM_HEALTH_H

#include "core/buffer.h"
#include "core/ring.h"
#include "store/store.h"

struct slim_health {
    enum slim_state state;
    int64_t since_us;
    int64_t now_ticks, heartbeat_age_us;
    int has_ring;            /* the ring could be read; else only the store is known */
    int is_admins;           /* reasons are told, which have paths; 0 after reading */
    const char *elsewhere;   /* the store that httpd writes to, another than the one asked; NULL */
    const char *lists_fault; /* what is wrong with a list that reports ask by, as segments; NULL */
    struct slim_status status; /* zero without a ring */
    struct slim_ledger ledger;
    struct slim_import_account imports;
    uint64_t stored;
    uint64_t waiting_ring, waiting_journal;
    uint64_t ring_used, ring_size; /* bytes */
    uint64_t heard_count;          /* recorders of the store */
    struct slim_heard heard[SLIM_HEARD_MAX];
    int64_t now_s;  /* of the wall clock */
    int64_t lag_us; /* about how long the oldest hit that waits does; 0: none waits */
    int64_t leaks;  /* paths that only scanners ask for, and that are answered; -1: not known, which
                       slim_health_read leaves it at */
    int64_t unaccounted; /* seen - stored - waiting - excluded - dropped: 0 when all is quiet */
};

/* From a ring; NULL: there is none, then from a store that was opened for reading, which may be
 * NULL too. */
void slim_health_read(const struct slim_ring *ring, struct slim_store *store,
                      struct slim_health *health);

void slim_health_json(const struct slim_health *health, struct slim_buffer *out);
/* What a dashboard of some sites alone says: the state, and how many hits of theirs are stored;
 * -1: nobody could say. */
void slim_health_json_of_sites(const struct slim_health *health, int64_t stored,
                               struct slim_buffer *out);
void slim_health_text(const struct slim_health *health, struct slim_buffer *out);

#endif
