/* Little-endian numbers in byte buffers: every format of ours on disk uses these, so that a
 * journal moves between machines. */
#ifndef SLIM_BYTES_H
#define SLIM_BYTES_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SLIM_LE16(v) (v)
#define SLIM_LE32(v) (v)
#define SLIM_LE64(v) (v)
#else
#define SLIM_LE16(v) __builtin_bswap16(v)
#define SLIM_LE32(v) __builtin_bswap32(v)
#define SLIM_LE64(v) __builtin_bswap64(v)
#endif

static inline void slim_put_u16(void *at, uint16_t value)
{
    value = SLIM_LE16(value);
    memcpy(at, &value, sizeof value);
}

static inline void slim_put_u32(void *at, uint32_t value)
{
    value = SLIM_LE32(value);
    memcpy(at, &value, sizeof value);
}

static inline void slim_put_u64(void *at, uint64_t value)
{
    value = SLIM_LE64(value);
    memcpy(at, &value, sizeof value);
}

static inline uint16_t slim_get_u16(const void *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return SLIM_LE16(value);
}

static inline uint32_t slim_get_u32(const void *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return SLIM_LE32(value);
}

static inline uint64_t slim_get_u64(const void *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return SLIM_LE64(value);
}

#endif
