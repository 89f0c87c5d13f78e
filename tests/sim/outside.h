/* The outside: every function of the system that production code calls, SQLite's included, is one
 * of the simulator's, which has the function's own name. The dynamic linker finds it first, in this
 * program, for libraries too. Called by the simulator itself it asks the kernel.
 *
 * What is not simulated is harmless (tests/sim/harmless.txt), or a test fails. */
#ifndef SIM_OUTSIDE_H
#define SIM_OUTSIDE_H

#include "machine.h"

/* Calls that may fail, or at which processes die. */
enum sim_call {
    SIM_CALL_OPEN,
    SIM_CALL_CLOSE,
    SIM_CALL_STAT,
    SIM_CALL_READ,
    SIM_CALL_WRITE,
    SIM_CALL_SYNC,
    SIM_CALL_RESIZE,
    SIM_CALL_NAME, /* rename, link, unlink, mkdir */
    SIM_CALL_LIST,
    SIM_CALL_LOCK,
    SIM_CALL_MAP,
    SIM_CALL_WAIT,
    SIM_CALL_OTHER,
    SIM_CALLS
};

/* Calls that change what is on a disk. */
#define SIM_CALLS_THAT_CHANGE                                                                      \
    (1u << SIM_CALL_WRITE | 1u << SIM_CALL_SYNC | 1u << SIM_CALL_RESIZE | 1u << SIM_CALL_NAME)

/* What a part of the outside is like for a while. */
struct sim_weather {
    enum sim_disk disk;
    unsigned file;    /* only this one, by its number; 0: all of the disk */
    unsigned calls;   /* a bit for each that fails */
    int error;        /* how: errno's value, or SIM_SHORT */
    unsigned one_in;  /* of them */
    int64_t delay_us; /* at most, that reading, writing and syncing take */
    int64_t until;    /* ticks */
};

#define SIM_SHORT (-1) /* a write takes less than it could; nothing else fails */
#define SIM_WEATHERS 4

struct sim_climate {
    unsigned switches; /* one call in so many gives the processor away; 0: none */
    int64_t late_us;   /* at most, that sleepers oversleep */
    struct sim_weather weather[SIM_WEATHERS];
    uint64_t room[SIM_DISKS]; /* bytes of a disk; 0: enough */
    int64_t failed_at;        /* ticks when a call failed last */
    uint64_t calls;           /* so far */
    uint64_t failed_syncs;    /* since whenever it was made 0 */
};

extern struct sim_climate sim_climate;

/* A call begins: time passes, the processor may be lost, the process may die. Returns how it fails,
 * 0: it does not. inode: what it is about; NULL: no file. */
int sim_enter(enum sim_call call, const struct sim_inode *inode);

/* It has done what it does, and is about to return: the process may die now. */
void sim_done(enum sim_call call);

/* Whether files of a disk may not be opened now. */
int sim_is_forbidden(const struct sim_inode *inode);

/* How many of so many bytes there is room for. */
size_t sim_room_for(const struct sim_inode *inode, size_t bytes);

/* Lines that processes log go there. */
extern void (*sim_logged)(const char *line, size_t length);

/* Functions of the system, by their own names: shown to libraries, too. */
#define SIM_OUTSIDE __attribute__((visibility("default")))
#define SIM_SAME_AS(name) __attribute__((visibility("default"), alias(#name)))

#endif
