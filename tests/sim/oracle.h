/* What must be true, whatever happened. The oracle knows which hits were answered, and of which of
 * them the promises say nothing: those that a power cut may take, and those that somebody removed
 * with files. */
#ifndef SIM_ORACLE_H
#define SIM_ORACLE_H

#include <stdint.h>

#define SIM_HITS_MAX 4000

void sim_oracle_begin(void);

/* A hit is about to be answered: its number. 0: there were enough. */
unsigned sim_oracle_next(void);

/* All is calm, the recorder runs: hits answered before then (ticks) are on the disk, or counted. */
void sim_oracle_safe_until(int64_t ticks);
/* A sync failed: what is not safe by now never is, and a power cut may take it whenever it comes.
 */
void sim_oracle_doubt_unsafe(void);
/* The power is cut: what is not safe may be gone. */
void sim_oracle_excuse_unsafe(void);
/* Files are gone, or others than they were: hits may be counted as lost with them. Before that none
 * is, whoever was killed. */
void sim_oracle_files_were_lost(void);
/* What was answered by now may be gone. */
void sim_oracle_excuse_all(void);
/* The wall clock is wrong: hits that are answered from now on may be deleted for their age. So may
 * all, when nobody can know that. */
void sim_oracle_wrong_clock(int is_wrong, int is_unsure);

/* Looks at store and ring. NULL: all is as it must be when nothing is under way; else what is not,
 * valid until the next call. */
const char *sim_oracle_look(void);

unsigned sim_oracle_answered(void);

#endif
