/* The memory of a history: all that is allocated in this program, by libraries too, and all
 * variables of program and libraries. It can be put back to what it was, so that one process lives
 * through many histories, and each begins with the same bytes. That costs a copy of what there was;
 * a process for each history costs the kernel a fault for each page that it touches.
 *
 * Not with a sanitizer, whose own memory knows nothing of this. */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include <stddef.h>

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SIM_MEMORY_COMES_BACK 0
#else
#define SIM_MEMORY_COMES_BACK 1
#endif

/* Pages of it, with any bytes, as APR asks the kernel for; and back: 0, they are none of these, or
 * they stay. */
void *sim_memory_map(size_t bytes, int stays);
int sim_memory_unmap(void *pages);

/* Keeps what there is now. No thread of a simulated process may be alive. */
void sim_memory_keep(void);

/* Makes it again what was kept. Only what the kernel knows, and what is on this thread's stack,
 * stays: the caller's own variables are as he left them. */
void sim_memory_return(void);

#endif
