/* What the files of zones share. */
#ifndef SLIM_ZONE_INTERNAL_H
#define SLIM_ZONE_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

/* A signed number of 4 or 8 bytes, as TZif has them. */
int64_t slim_zone_big_endian(const unsigned char *at, size_t size);

#endif
