/* A history: what happens to httpd, recorder, disks and clock, by the seed. */
#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H

/* Makes the disk of an installation that has run once, for histories to begin with. */
void sim_history_prepare(void);

/* Lives through one history to its end, and fails if something is then as it must not be. */
void sim_history_live(void);

#endif
