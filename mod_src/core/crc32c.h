/* CRC-32C (Castagnoli, RFC 3720 appendix B.4): reflected polynomial 0x82f63b78. */
#ifndef SLIM_CRC32C_H
#define SLIM_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of what crc already covers (0: nothing) followed by length bytes.
 * slim_crc32c(0, "123456789", 9) is 0xe3069283. */
uint32_t slim_crc32c(uint32_t crc, const void *bytes, size_t length);

#endif
