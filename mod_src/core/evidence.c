/* Evidence as a number. Logs tell least, so what they tell stands in the lowest bits. */
#include "evidence.h"

/* Where each part stands, and how many bits it has. */
enum {
    AT_KNOWN = 0,      /* 1 */
    AT_TYPE = 1,       /* 5 */
    AT_ACCEPT = 6,     /* 2 */
    AT_ATTACHMENT = 8, /* 1 */
    AT_BY_SCRIPT = 9,  /* 1 */
    AT_DRAWN = 10,     /* 1 */
    AT_PURPOSE = 11,   /* 3 */
    AT_MODE = 14,      /* 3 */
    AT_DEST = 17       /* 5 */
};

_Static_assert(SLIM_TYPES <= 32 && SLIM_DESTS <= 32, "five bits");
_Static_assert(SLIM_MODES <= 8 && SLIM_PURPOSES <= 8, "three bits");

uint32_t slim_evidence_pack(const struct slim_evidence *e)
{
    if (!e->known) {
        return 0;
    }
    return 1u | (uint32_t)e->type << AT_TYPE | (uint32_t)e->accept << AT_ACCEPT
           | (uint32_t)e->attachment << AT_ATTACHMENT | (uint32_t)e->by_script << AT_BY_SCRIPT
           | (uint32_t)e->drawn << AT_DRAWN | (uint32_t)e->purpose << AT_PURPOSE
           | (uint32_t)e->mode << AT_MODE | (uint32_t)e->dest << AT_DEST;
}

static uint8_t part(uint32_t number, int at, int bits, unsigned codes, unsigned other)
{
    unsigned code = number >> at & ((1u << bits) - 1);

    return (uint8_t)(code < codes ? code : other);
}

struct slim_evidence slim_evidence_unpack(uint32_t number)
{
    if (!(number >> AT_KNOWN & 1)) {
        return (struct slim_evidence){0};
    }
    return (struct slim_evidence){
        .known = 1,
        .type = part(number, AT_TYPE, 5, SLIM_TYPES, SLIM_TYPE_UNKNOWN),
        .dest = part(number, AT_DEST, 5, SLIM_DESTS, SLIM_DEST_OTHER),
        .mode = part(number, AT_MODE, 3, SLIM_MODES, SLIM_MODE_OTHER),
        .purpose = part(number, AT_PURPOSE, 3, SLIM_PURPOSES, SLIM_PURPOSE_OTHER),
        .accept = part(number, AT_ACCEPT, 2, SLIM_ACCEPT_HTML + 1, SLIM_ACCEPT_NONE),
        .attachment = part(number, AT_ATTACHMENT, 1, 2, 0),
        .by_script = part(number, AT_BY_SCRIPT, 1, 2, 0),
        .drawn = part(number, AT_DRAWN, 1, 2, 0),
    };
}

static const char *const types[SLIM_TYPES] = {
    "none",     "unknown", "html",  "image", "style", "script", "font",  "part", "json",
    "messages", "feed",    "audio", "video", "saved", "pdf",    "plain", "text", "xml",
};

const char *slim_type_class_name(unsigned code)
{
    return code < SLIM_TYPES ? types[code] : "unknown";
}
