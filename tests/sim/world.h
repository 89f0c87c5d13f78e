/* What one seed decides: chance and time. Everything in the simulator asks here, in one order, so
 * that a seed replays call by call. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdint.h>

struct sim_world {
    uint64_t seed, chance;
    int64_t ticks;       /* us since the world began */
    int64_t booted_at;   /* ticks when the machine was started last */
    int64_t wall_offset; /* from ticks to the right time */
    int64_t wall_error;  /* of the wall clock, us; 0: it is right */
    uint64_t digest;     /* of all calls so far: equal in a replay */
    int traces;          /* each step is printed */
};

extern struct sim_world sim;

#define SIM_SECOND INT64_C(1000000)

void sim_world_begin(uint64_t seed, int traces);

/* 0 … n - 1; n > 0. */
uint64_t sim_below(uint64_t n);
/* Once in n times; 0: never. */
int sim_one_in(uint64_t n);
/* Between least and most, both included; short ones are as likely as long ones. */
int64_t sim_spread(int64_t least, int64_t most);

/* What the wall clock shows, us since 1970; and CLOCK_MONOTONIC, us since the machine started. */
int64_t sim_wall(void);
int64_t sim_uptime(void);

/* Adds to the digest. */
void sim_digest(uint64_t what);

/* A line of the trace, with time and process, if it is wanted. */
void sim_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Something that must not be: tells it with the seed, and ends this history's process. */
void sim_failed(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
