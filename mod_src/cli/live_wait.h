/* How `slimstats live` is asked to end. */
#ifndef SLIM_LIVE_WAIT_H
#define SLIM_LIVE_WAIT_H

#include <signal.h>

/* From here on SIGINT, SIGTERM, SIGHUP and SIGWINCH arrive only where ppoll(2) is given
 * *while_waiting, so that none is missed between a look and a wait. */
void live_catch_signals(sigset_t *while_waiting);

/* Whether one has come that asks for the end. */
int live_ended(void);

#endif
