/* The events of histories. To add one: a function and a line in the table of event.c. */
#ifndef SIM_EVENT_H
#define SIM_EVENT_H

#include <stdint.h>

#include "core/status.h"
#include "machine.h"

#define SIM_SEEDS_OF_JOURNAL 1000000     /* those above, up to the next */
#define SIM_SEEDS_OF_FIRST_START 2000000 /* those above */

/* Chooses which events this history has, and starts httpd. */
void sim_event_begin(void);
/* Something happens. */
void sim_event_happen(void);
/* A recorder's fuse has run out: it is killed, or the power is cut. */
void sim_event_accident(struct sim_process *process);
/* Nothing happens any more, and httpd runs. */
void sim_event_end_faults(void);
/* Whether the recorder may be in a state then: the truth is one, or two when nobody can know it. */
int sim_event_may_be_state(enum slim_state state);
/* By history.c: time goes by; the faults are over, what is under way comes to its end, and what
 * must be true then is looked at. */
void sim_history_go_on(int64_t us);
void sim_history_rest(void);

#endif
