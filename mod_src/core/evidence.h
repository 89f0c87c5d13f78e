/* What the kind of a hit is decided by, beside its method, status and address: kept with each hit,
 * so that its kind can be explained, and decided anew when the rules change. */
#ifndef SLIM_EVIDENCE_H
#define SLIM_EVIDENCE_H

#include "fetch.h"

/* What a response's content type says of its kind. Stores keep the codes: new ones go at the end.
 */
enum slim_type_class {
    SLIM_TYPE_NONE,    /* no type was sent, or none is known: a log */
    SLIM_TYPE_UNKNOWN, /* one that is in no list */
    SLIM_TYPE_HTML,    /* HTML, XHTML */
    SLIM_TYPE_IMAGE,
    SLIM_TYPE_STYLE,
    SLIM_TYPE_SCRIPT,
    SLIM_TYPE_FONT,
    SLIM_TYPE_PART, /* what else pages are made of: manifests, WebAssembly, playlists */
    SLIM_TYPE_JSON,
    SLIM_TYPE_MESSAGES, /* what programs exchange: event streams, SOAP, gRPC */
    SLIM_TYPE_FEED,
    SLIM_TYPE_AUDIO,
    SLIM_TYPE_VIDEO,
    SLIM_TYPE_SAVED, /* what a browser can only save: archives, office files, octet-stream */
    SLIM_TYPE_PDF,
    SLIM_TYPE_PLAIN, /* text/plain */
    SLIM_TYPE_TEXT,  /* text/x-…, and other texts */
    SLIM_TYPE_XML,
    SLIM_TYPES
};

enum slim_accept {
    SLIM_ACCEPT_NONE,  /* not sent, or not known */
    SLIM_ACCEPT_OTHER, /* sent, without text/html */
    SLIM_ACCEPT_HTML
};

struct slim_evidence {
    uint8_t known;               /* 1; 0: a hit of before this was kept: the rest is empty */
    uint8_t type;                /* enum slim_type_class */
    uint8_t dest, mode, purpose; /* of fetch.h */
    uint8_t accept;              /* enum slim_accept */
    uint8_t attachment;          /* Content-Disposition: attachment */
    uint8_t by_script;           /* X-Requested-With: XMLHttpRequest */
    uint8_t drawn;               /* a script asked, and shows the answer as a page */
};

/* As a number below 2^23, three bytes; 0: not known. */
uint32_t slim_evidence_pack(const struct slim_evidence *evidence);
/* Any number may be read: codes that are none become those of "other". */
struct slim_evidence slim_evidence_unpack(uint32_t number);

/* "html", "plain"; never NULL, whatever the code. */
const char *slim_type_class_name(unsigned code);

#endif
