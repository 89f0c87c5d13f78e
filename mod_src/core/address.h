/* Addresses: 4 bytes or 16, and as text. */
#ifndef SLIM_ADDRESS_H
#define SLIM_ADDRESS_H

#include <stdint.h>

#define SLIM_ADDRESS_SIZE 48

/* Writes 4 or 16 bytes as RFC 5952 has it; "" for any other length. */
void slim_address_format(const uint8_t *address, uint8_t length, char text[SLIM_ADDRESS_SIZE]);

/* Reads an address; *length becomes 4 or 16, IPv4 in IPv6 becomes IPv4. 0 when it is not an
 * address. */
int slim_address_parse(const char *text, uint8_t address[16], uint8_t *length);

/* Whether 16 bytes are an IPv4 address in IPv6, ::ffff:a.b.c.d; the last four are that then. */
int slim_address_is_mapped(const uint8_t address[16]);

/* Makes ::ffff:a.b.c.d the four bytes it stands for. */
void slim_address_unmap(uint8_t address[16], uint8_t *length);

#endif
