/* What a browser says of a fetch, as codes of one byte: records and stores count them, so new ones
 * go at the end. In each 0 is "not sent", and the last before the count "sent, and none of these".
 */
#ifndef SLIM_FETCH_H
#define SLIM_FETCH_H

#include <stddef.h>
#include <stdint.h>

/* Sec-Fetch-Dest; https://www.w3.org/TR/fetch-metadata/ and https://fetch.spec.whatwg.org/. */
enum slim_dest {
    SLIM_DEST_NONE,
    SLIM_DEST_OTHER,
    SLIM_DEST_DOCUMENT,
    SLIM_DEST_EMPTY,
    SLIM_DEST_IMAGE,
    SLIM_DEST_SCRIPT,
    SLIM_DEST_STYLE,
    SLIM_DEST_FONT,
    SLIM_DEST_IFRAME,
    SLIM_DEST_FRAME,
    SLIM_DEST_FENCEDFRAME,
    SLIM_DEST_EMBED,
    SLIM_DEST_OBJECT,
    SLIM_DEST_AUDIO,
    SLIM_DEST_VIDEO,
    SLIM_DEST_TRACK,
    SLIM_DEST_MANIFEST,
    SLIM_DEST_WORKER,
    SLIM_DEST_SHAREDWORKER,
    SLIM_DEST_SERVICEWORKER,
    SLIM_DEST_AUDIOWORKLET,
    SLIM_DEST_PAINTWORKLET,
    SLIM_DEST_XSLT,
    SLIM_DEST_JSON,
    SLIM_DEST_TEXT,
    SLIM_DEST_REPORT,
    SLIM_DEST_WEBIDENTITY,
    SLIM_DESTS
};

/* Sec-Fetch-Mode. */
enum slim_mode {
    SLIM_MODE_NONE,
    SLIM_MODE_OTHER,
    SLIM_MODE_NAVIGATE,
    SLIM_MODE_CORS,
    SLIM_MODE_NO_CORS,
    SLIM_MODE_SAME_ORIGIN,
    SLIM_MODE_WEBSOCKET,
    SLIM_MODE_WEBTRANSPORT,
    SLIM_MODES
};

/* Sec-Fetch-Site. */
enum slim_fetch_site {
    SLIM_FETCH_SITE_NONE,
    SLIM_FETCH_SITE_OTHER,
    SLIM_FETCH_SITE_BY_HAND, /* "none": typed, a bookmark */
    SLIM_FETCH_SITE_SAME_ORIGIN,
    SLIM_FETCH_SITE_SAME_SITE,
    SLIM_FETCH_SITE_CROSS_SITE,
    SLIM_FETCH_SITES
};

/* Sec-Purpose, Purpose, X-Purpose, X-Moz: why before anybody wanted it. */
enum slim_purpose {
    SLIM_PURPOSE_NONE,
    SLIM_PURPOSE_OTHER,
    SLIM_PURPOSE_PREFETCH,
    SLIM_PURPOSE_PRERENDER,
    SLIM_PURPOSE_PREVIEW,
    SLIM_PURPOSE_INSTANT,
    SLIM_PURPOSE_PROXY, /* prefetched by a proxy that hides who will see it */
    SLIM_PURPOSES
};

/* The codes of header values, by their bytes; no allocation, no pool. */
uint8_t slim_dest_of(const char *at, size_t length);
uint8_t slim_mode_of(const char *at, size_t length);
uint8_t slim_fetch_site_of(const char *at, size_t length);
uint8_t slim_purpose_of(const char *at, size_t length);

/* As browsers spell it; "" for what was not sent, "other" for what is none of these. Any code may
 * be asked for. */
const char *slim_dest_name(unsigned code);
const char *slim_mode_name(unsigned code);
const char *slim_purpose_name(unsigned code);

#endif
