/* Random numbers that are the same in every run (xorshift64*): a failure can be repeated. */
#ifndef SLIM_NOISE_H
#define SLIM_NOISE_H

#include <stddef.h>
#include <stdint.h>

static uint64_t noise_state = UINT64_C(0x9e3779b97f4a7c15);

static inline void noise_seed(uint64_t seed)
{
    noise_state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

static inline uint64_t noise(void)
{
    noise_state ^= noise_state >> 12;
    noise_state ^= noise_state << 25;
    noise_state ^= noise_state >> 27;
    return noise_state * UINT64_C(0x2545f4914f6cdd1d);
}

static inline size_t noise_below(size_t limit)
{
    return (size_t)((noise() >> 11) % limit);
}

static inline void noise_fill(void *bytes, size_t length)
{
    unsigned char *at = bytes;

    for (size_t i = 0; i < length; i++) {
        at[i] = (unsigned char)(noise() >> 56);
    }
}

#endif
