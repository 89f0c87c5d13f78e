/* Addresses to and from text, and IPv4 in IPv6. */
#include "address.h"

#include <arpa/inet.h>
#include <string.h>

void slim_address_format(const uint8_t *address, uint8_t length, char text[SLIM_ADDRESS_SIZE])
{
    text[0] = '\0';
    if (length == 4 || length == 16) {
        inet_ntop(length == 4 ? AF_INET : AF_INET6, address, text, SLIM_ADDRESS_SIZE);
    }
}

int slim_address_is_mapped(const uint8_t address[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    return memcmp(address, mapped, sizeof mapped) == 0;
}

void slim_address_unmap(uint8_t address[16], uint8_t *length)
{
    if (*length == 16 && slim_address_is_mapped(address)) {
        memmove(address, address + 12, 4);
        memset(address + 4, 0, 12);
        *length = 4;
    }
}

int slim_address_parse(const char *text, uint8_t address[16], uint8_t *length)
{
    memset(address, 0, 16);
    if (inet_pton(AF_INET, text, address) == 1) {
        *length = 4;
        return 1;
    }
    if (inet_pton(AF_INET6, text, address) == 1) {
        *length = 16;
        slim_address_unmap(address, length);
        return 1;
    }
    return 0;
}
