/* Addresses masked or left out. */
#include "privacy.h"

#include <string.h>

#include "query_rule.h"

void slim_privacy_address(enum slim_address_kept kept, uint8_t address[16], uint8_t *length)
{
    size_t stays = kept == SLIM_ADDRESS_NONE                   ? 0
                   : kept == SLIM_ADDRESS_FULL || *length == 0 ? 16
                   : *length == 4                              ? 3
                                                               : 6;

    memset(address + stays, 0, 16 - stays);
    *length = stays == 0 ? 0 : *length;
}

void slim_privacy_apply(enum slim_address_kept kept, uint32_t respected, struct slim_hit *hit)
{
    int asks = (hit->flags & respected) != 0;

    slim_privacy_address(asks ? SLIM_ADDRESS_NONE : kept, hit->address, &hit->address_length);
    if (asks) {
        hit->field[SLIM_REFERER] = slim_query_cut(hit->field[SLIM_REFERER]);
    }
}

struct slim_text slim_privacy_name(enum slim_address_kept kept, uint32_t respected,
                                   const struct slim_hit *hit, struct slim_text name)
{
    const struct slim_text none = {NULL, 0};

    if (kept == SLIM_ADDRESS_NONE || (hit->flags & respected) || name.length == 0) {
        return none;
    }
    if (kept == SLIM_ADDRESS_FULL) {
        return name;
    }
    const char *dot = memchr(name.at, '.', name.length);
    return dot ? (struct slim_text){dot + 1, name.length - (size_t)(dot + 1 - name.at)} : none;
}
