/* Chance, time, and the lines that tell of them. */
#include "world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

#define BORN_S INT64_C(1790035200) /* midnight: the template's day; histories are on the next */

struct sim_world sim;

void sim_world_begin(uint64_t seed, int traces)
{
    sim.seed = sim.chance = seed;
    sim.digest = 0;
    sim.traces = traces;
    sim.booted_at = 0;
    sim.ticks = (1000 + (int64_t)sim_below(100000)) * SIM_SECOND;
    sim.wall_offset = (BORN_S + 86400 * (int64_t)(seed > 0)) * SIM_SECOND - sim.ticks;
    sim.wall_error = 0;
}

/* SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators). */
static uint64_t next(void)
{
    uint64_t z = sim.chance += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t sim_below(uint64_t n)
{
    return next() % n;
}

int sim_one_in(uint64_t n)
{
    return n > 0 && sim_below(n) == 0;
}

int64_t sim_spread(int64_t least, int64_t most)
{
    int64_t range = most - least + 1;
    int bits = 1;

    while (bits < 62 && INT64_C(1) << bits < range) {
        bits++;
    }
    int64_t below = INT64_C(1) << (1 + sim_below((uint64_t)bits));
    return least + (int64_t)sim_below((uint64_t)(below < range ? below : range));
}

int64_t sim_wall(void)
{
    return sim.ticks + sim.wall_offset + sim.wall_error;
}

int64_t sim_uptime(void)
{
    return sim.ticks - sim.booted_at;
}

void sim_digest(uint64_t what)
{
    sim.digest = (sim.digest ^ what) * UINT64_C(0x100000001b3);
}

static void tell(FILE *stream, const char *format, va_list args)
{
    fprintf(stream, "%12.6f %5d ", (double)sim.ticks / 1e6, sim_process ? sim_process->pid : 0);
    vfprintf(stream, format, args);
    fputc('\n', stream);
}

void sim_trace(const char *format, ...)
{
    va_list args;

    if (sim.traces) {
        va_start(args, format);
        tell(stdout, format, args);
        va_end(args);
    }
}

void sim_failed(const char *format, ...)
{
    va_list args;

    fflush(stdout);
    fprintf(stderr, "seed %" PRIu64 ": ", sim.seed);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    fflush(stderr);
    sim_end_history(1);
}
