/* The recorder's state of health, logged once: a line on entering a state, one on leaving it, a
 * reminder at most once an hour; of a state that comes and goes, two pairs of lines and then a
 * number an hour, whatever becomes of the recorder meanwhile. */
#ifndef SLIM_RECORDER_CONDITION_H
#define SLIM_RECORDER_CONDITION_H

#include <pthread.h>

#include "core/status.h"

struct slim_conditions {
    pthread_mutex_t mutex;
    struct {
        struct slim_condition now;
        struct slim_told told;
        int64_t since;        /* ticks */
        int is_counted;       /* as one of told.silent */
        uint64_t stored_then; /* by this recorder when the state began */
        char what[512];
        char logged[512]; /* what, when the state was logged last */
    } area[SLIM_AREAS];
    uint64_t stored;             /* by this recorder */
    void (*logged)(void *baton); /* is called after a line, so that it is remembered; may be NULL */
    void *baton;
};

/* Starts where the last recorder of this ring left: what it logged is not logged again. before may
 * be NULL. */
void slim_conditions_init(struct slim_conditions *conditions, const struct slim_status *before);

/* An area is in a state; what says what failed and with what, without SQL and client's bytes. Of a
 * data file another reason for the same state is another fault, and is logged, too. */
void slim_condition_enter(struct slim_conditions *conditions, enum slim_area area,
                          enum slim_state state, int code, const char *what);

/* What an area is in. */
void slim_condition_get(struct slim_conditions *conditions, enum slim_area area,
                        struct slim_condition *now);

/* An area is well. */
void slim_condition_leave(struct slim_conditions *conditions, enum slim_area area);

/* Logs what is due: reminders, and states that are not logged at once. */
void slim_conditions_tick(struct slim_conditions *conditions);

/* Area, told and reason of a status. */
void slim_conditions_copy(struct slim_conditions *conditions, struct slim_status *out);

void slim_conditions_stored(struct slim_conditions *conditions, uint64_t hits);

#endif
