/* Codes of fetch metadata. httpd's children look them up at the end of each request, so a value's
 * first bytes and length decide which name it is compared with. */
#include "fetch.h"

#include <string.h>

#include "text.h"

/* First letter and length: with them at most two names are left. */
#define KEY(letter, length) ((unsigned)(unsigned char)(letter) << 8 | (unsigned)(length))
#define NAME(letter, name, code)                                                                   \
    case KEY(letter, sizeof name - 1):                                                             \
        return memcmp(at, name, sizeof name - 1) == 0 ? (code) : 1
#define EITHER(letter, name, code, other, other_code)                                              \
    case KEY(letter, sizeof name - 1):                                                             \
        return memcmp(at, name, sizeof name - 1) == 0     ? (code)                                 \
               : memcmp(at, other, sizeof other - 1) == 0 ? (other_code)                           \
                                                          : 1

uint8_t slim_dest_of(const char *at, size_t length)
{
    if (length == 0 || length > 255) {
        return length == 0 ? SLIM_DEST_NONE : SLIM_DEST_OTHER;
    }
    switch (KEY(at[0], length)) {
        NAME('d', "document", SLIM_DEST_DOCUMENT);
        EITHER('e', "empty", SLIM_DEST_EMPTY, "embed", SLIM_DEST_EMBED);
        NAME('i', "image", SLIM_DEST_IMAGE);
        NAME('s', "script", SLIM_DEST_SCRIPT);
        NAME('s', "style", SLIM_DEST_STYLE);
        NAME('f', "font", SLIM_DEST_FONT);
        NAME('i', "iframe", SLIM_DEST_IFRAME);
        NAME('f', "frame", SLIM_DEST_FRAME);
        NAME('f', "fencedframe", SLIM_DEST_FENCEDFRAME);
        NAME('o', "object", SLIM_DEST_OBJECT);
        NAME('a', "audio", SLIM_DEST_AUDIO);
        NAME('v', "video", SLIM_DEST_VIDEO);
        NAME('t', "track", SLIM_DEST_TRACK);
        NAME('m', "manifest", SLIM_DEST_MANIFEST);
        NAME('w', "worker", SLIM_DEST_WORKER);
        NAME('s', "sharedworker", SLIM_DEST_SHAREDWORKER);
        NAME('s', "serviceworker", SLIM_DEST_SERVICEWORKER);
        NAME('a', "audioworklet", SLIM_DEST_AUDIOWORKLET);
        NAME('p', "paintworklet", SLIM_DEST_PAINTWORKLET);
        NAME('x', "xslt", SLIM_DEST_XSLT);
        NAME('j', "json", SLIM_DEST_JSON);
        NAME('t', "text", SLIM_DEST_TEXT);
        NAME('r', "report", SLIM_DEST_REPORT);
        NAME('w', "webidentity", SLIM_DEST_WEBIDENTITY);
    default: return SLIM_DEST_OTHER;
    }
}

uint8_t slim_mode_of(const char *at, size_t length)
{
    if (length == 0 || length > 255) {
        return length == 0 ? SLIM_MODE_NONE : SLIM_MODE_OTHER;
    }
    switch (KEY(at[0], length)) {
        NAME('n', "navigate", SLIM_MODE_NAVIGATE);
        NAME('c', "cors", SLIM_MODE_CORS);
        NAME('n', "no-cors", SLIM_MODE_NO_CORS);
        NAME('s', "same-origin", SLIM_MODE_SAME_ORIGIN);
        NAME('w', "websocket", SLIM_MODE_WEBSOCKET);
        NAME('w', "webtransport", SLIM_MODE_WEBTRANSPORT);
    default: return SLIM_MODE_OTHER;
    }
}

uint8_t slim_fetch_site_of(const char *at, size_t length)
{
    if (length == 0 || length > 255) {
        return length == 0 ? SLIM_FETCH_SITE_NONE : SLIM_FETCH_SITE_OTHER;
    }
    switch (KEY(at[0], length)) {
        NAME('n', "none", SLIM_FETCH_SITE_BY_HAND);
        NAME('s', "same-origin", SLIM_FETCH_SITE_SAME_ORIGIN);
        NAME('s', "same-site", SLIM_FETCH_SITE_SAME_SITE);
        NAME('c', "cross-site", SLIM_FETCH_SITE_CROSS_SITE);
    default: return SLIM_FETCH_SITE_OTHER;
    }
}

static int has_word(struct slim_text value, const char *word)
{
    for (; value.length > 0; value.at++, value.length--) {
        if (slim_text_begins(value, word)) {
            return 1;
        }
    }
    return 0;
}

/* "prefetch;prerender", "prefetch; anonymous-client-ip": what says more has the word. */
uint8_t slim_purpose_of(const char *at, size_t length)
{
    static const struct {
        const char *word;
        uint8_t code;
    } words[] = {
        {"prerender", SLIM_PURPOSE_PRERENDER}, {"anonymous-client-ip", SLIM_PURPOSE_PROXY},
        {"prefetch", SLIM_PURPOSE_PREFETCH},   {"preview", SLIM_PURPOSE_PREVIEW},
        {"instant", SLIM_PURPOSE_INSTANT},
    };
    struct slim_text value = {at, length};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (has_word(value, words[i].word)) {
            return words[i].code;
        }
    }
    return length > 0 ? SLIM_PURPOSE_OTHER : SLIM_PURPOSE_NONE;
}

/* --- names --- */

static const char *const dests[SLIM_DESTS] = {
    "",
    "other",
    "document",
    "empty",
    "image",
    "script",
    "style",
    "font",
    "iframe",
    "frame",
    "fencedframe",
    "embed",
    "object",
    "audio",
    "video",
    "track",
    "manifest",
    "worker",
    "sharedworker",
    "serviceworker",
    "audioworklet",
    "paintworklet",
    "xslt",
    "json",
    "text",
    "report",
    "webidentity",
};
static const char *const modes[SLIM_MODES] = {"",          "other",       "navigate",
                                              "cors",      "no-cors",     "same-origin",
                                              "websocket", "webtransport"};
static const char *const purposes[SLIM_PURPOSES] = {
    "", "other", "prefetch", "prerender", "preview", "instant", "prefetch;anonymous-client-ip"};

const char *slim_dest_name(unsigned code)
{
    return code < SLIM_DESTS ? dests[code] : "other";
}

const char *slim_mode_name(unsigned code)
{
    return code < SLIM_MODES ? modes[code] : "other";
}

const char *slim_purpose_name(unsigned code)
{
    return code < SLIM_PURPOSES ? purposes[code] : "other";
}
