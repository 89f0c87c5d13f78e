/* Classes of content types, from a table. Pure. */
#include "type_class.h"

#include "core/text.h"

/* The first that fits; lower case, a trailing * is a prefix. */
static const struct {
    const char *name;
    enum slim_type_class is;
} types[] = {
    {"text/html", SLIM_TYPE_HTML},
    {"application/xhtml+xml", SLIM_TYPE_HTML},
    {"image/*", SLIM_TYPE_IMAGE},
    {"text/css", SLIM_TYPE_STYLE},
    {"text/javascript", SLIM_TYPE_SCRIPT},
    {"application/javascript", SLIM_TYPE_SCRIPT},
    {"application/x-javascript", SLIM_TYPE_SCRIPT},
    {"application/ecmascript", SLIM_TYPE_SCRIPT},
    {"text/ecmascript", SLIM_TYPE_SCRIPT},
    {"font/*", SLIM_TYPE_FONT},
    {"application/font*", SLIM_TYPE_FONT},
    {"application/x-font*", SLIM_TYPE_FONT},
    {"application/vnd.ms-fontobject", SLIM_TYPE_FONT},
    {"application/json", SLIM_TYPE_JSON},
    {"text/json", SLIM_TYPE_JSON},
    {"application/rss+xml", SLIM_TYPE_FEED},
    {"application/atom+xml", SLIM_TYPE_FEED},
    {"application/rdf+xml", SLIM_TYPE_FEED},
    {"application/feed+json", SLIM_TYPE_FEED},
    {"application/wasm", SLIM_TYPE_PART},
    {"application/manifest+json", SLIM_TYPE_PART},
    {"text/cache-manifest", SLIM_TYPE_PART},
    {"application/x-shockwave-flash", SLIM_TYPE_PART},
    {"application/vnd.apple.mpegurl", SLIM_TYPE_PART},
    {"application/x-mpegurl", SLIM_TYPE_PART},
    {"application/dash+xml", SLIM_TYPE_PART},
    {"text/vtt", SLIM_TYPE_PART},
    {"application/ld+json", SLIM_TYPE_JSON},
    {"application/problem+json", SLIM_TYPE_JSON},
    {"application/x-ndjson", SLIM_TYPE_JSON},
    {"application/jsonl", SLIM_TYPE_JSON},
    {"application/vnd.api+json", SLIM_TYPE_JSON},
    {"application/graphql*", SLIM_TYPE_MESSAGES},
    {"application/grpc*", SLIM_TYPE_MESSAGES},
    {"application/soap+xml", SLIM_TYPE_MESSAGES},
    {"application/x-protobuf", SLIM_TYPE_MESSAGES},
    {"application/x-git-*", SLIM_TYPE_MESSAGES},
    {"application/x-www-form-urlencoded", SLIM_TYPE_MESSAGES},
    {"application/cbor", SLIM_TYPE_MESSAGES},
    {"application/msgpack", SLIM_TYPE_MESSAGES},
    {"application/x-msgpack", SLIM_TYPE_MESSAGES},
    {"application/ocsp-*", SLIM_TYPE_MESSAGES},
    {"application/timestamp-*", SLIM_TYPE_MESSAGES},
    {"text/event-stream", SLIM_TYPE_MESSAGES},
    {"audio/*", SLIM_TYPE_AUDIO},
    {"video/*", SLIM_TYPE_VIDEO},
    {"application/ogg", SLIM_TYPE_AUDIO},
    {"application/pdf", SLIM_TYPE_PDF},
    {"text/plain", SLIM_TYPE_PLAIN},
    {"text/xml", SLIM_TYPE_XML},
    {"application/xml*", SLIM_TYPE_XML},
    {"application/xslt+xml", SLIM_TYPE_XML},
    {"text/csv", SLIM_TYPE_SAVED},
    {"text/calendar", SLIM_TYPE_SAVED},
    {"text/vcard", SLIM_TYPE_SAVED},
    {"text/*", SLIM_TYPE_TEXT},
};

static int ends_with(struct slim_text text, const char *lower_case)
{
    size_t length = strlen(lower_case);

    return text.length >= length
           && slim_text_is((struct slim_text){text.at + text.length - length, length}, lower_case);
}

static int fits(struct slim_text type, const char *name)
{
    size_t length = strlen(name);
    char prefix[64];

    if (name[length - 1] != '*') {
        return slim_text_is(type, name);
    }
    memcpy(prefix, name, length - 1);
    prefix[length - 1] = '\0';
    return slim_text_begins(type, prefix);
}

static struct slim_text without_parameters(struct slim_text type)
{
    const char *end = type.length ? memchr(type.at, ';', type.length) : NULL;

    if (end) {
        type.length = (size_t)(end - type.at);
    }
    while (type.length > 0 && type.at[type.length - 1] == ' ') {
        type.length--;
    }
    return type;
}

/* Families of types are told by their endings; every other application type a browser can only
 * save. */
enum slim_type_class slim_type_class_of(struct slim_text type)
{
    type = without_parameters(type);
    if (type.length == 0) {
        return SLIM_TYPE_NONE;
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (fits(type, types[i].name)) {
            return types[i].is;
        }
    }
    if (ends_with(type, "+json")) {
        return SLIM_TYPE_JSON;
    }
    if (ends_with(type, "+xml")) {
        return SLIM_TYPE_XML;
    }
    return slim_text_begins(type, "application/") ? SLIM_TYPE_SAVED : SLIM_TYPE_UNKNOWN;
}

struct slim_evidence slim_evidence_of(const struct slim_hit *hit)
{
    return (struct slim_evidence){
        .known = 1,
        .type = (uint8_t)slim_type_class_of(hit->field[SLIM_TYPE]),
        .dest = hit->dest,
        .mode = hit->mode,
        .purpose = hit->purpose,
        .accept = hit->flags & SLIM_HIT_ACCEPT_HTML ? SLIM_ACCEPT_HTML
                  : hit->flags & SLIM_HIT_ACCEPT    ? SLIM_ACCEPT_OTHER
                                                    : SLIM_ACCEPT_NONE,
        .attachment = (hit->flags & SLIM_HIT_ATTACHMENT) != 0,
        .by_script = (hit->flags & SLIM_HIT_BY_SCRIPT) != 0,
        .drawn = (hit->flags & SLIM_HIT_DRAWN) != 0,
    };
}

/* A type of that class, with a star where the table has one. */
static struct slim_text type_of_class(enum slim_type_class class)
{
    if (class == SLIM_TYPE_NONE) {
        return (struct slim_text){NULL, 0};
    }
    if (class == SLIM_TYPE_UNKNOWN) {
        return slim_text_of("unknown/unknown");
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].is == class) {
            return slim_text_of(types[i].name);
        }
    }
    return (struct slim_text){NULL, 0};
}

void slim_evidence_put(const struct slim_evidence *e, struct slim_hit *hit)
{
    hit->field[SLIM_TYPE] = type_of_class(e->type);
    hit->dest = e->dest;
    hit->mode = e->mode;
    hit->purpose = e->purpose;
    hit->flags |= e->accept == SLIM_ACCEPT_HTML    ? SLIM_HIT_ACCEPT | SLIM_HIT_ACCEPT_HTML
                  : e->accept == SLIM_ACCEPT_OTHER ? SLIM_HIT_ACCEPT
                                                   : 0u;
    hit->flags |= e->attachment ? SLIM_HIT_ATTACHMENT : 0u;
    hit->flags |= e->by_script ? SLIM_HIT_BY_SCRIPT : 0u;
    hit->flags |= e->drawn ? SLIM_HIT_DRAWN : 0u;
}
