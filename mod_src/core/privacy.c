/* Addresses masked or left out. */
#include "privacy.h"

#include <string.h>

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

void slim_privacy_addresses(const struct slim_query_rule *rule, struct slim_hit *hit,
                            char room[2][SLIM_PRIVACY_ROOM])
{
    static const enum slim_field fields[2] = {SLIM_URI, SLIM_REFERER};

    for (int i = 0; i < 2; i++) {
        struct slim_text *address = &hit->field[fields[i]];
        if (slim_query_stays(rule, *address)) {
            continue;
        }
        size_t length = fields[i] == SLIM_URI
                            ? slim_query_reduce(rule, *address, room[i], SLIM_PRIVACY_ROOM)
                            : slim_query_apply(rule, *address, room[i], SLIM_PRIVACY_ROOM);
        *address =
            (struct slim_text){room[i], length < SLIM_PRIVACY_ROOM ? length : SLIM_PRIVACY_ROOM};
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
