/* The kind of a hit, from tables. Pure. */
#include "kind.h"

#include <string.h>

#include "core/text.h"

struct entry {
    const char *name; /* lower case; a trailing * is a prefix */
    enum slim_kind kind;
};

/* https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header; document is decided apart. */
static const struct entry destinations[] = {
    {"empty", SLIM_KIND_API},          {"image", SLIM_KIND_ASSET},
    {"style", SLIM_KIND_ASSET},        {"script", SLIM_KIND_ASSET},
    {"font", SLIM_KIND_ASSET},         {"audio", SLIM_KIND_ASSET},
    {"video", SLIM_KIND_ASSET},        {"track", SLIM_KIND_ASSET},
    {"manifest", SLIM_KIND_ASSET},     {"worker", SLIM_KIND_ASSET},
    {"sharedworker", SLIM_KIND_ASSET}, {"serviceworker", SLIM_KIND_ASSET},
    {"audioworklet", SLIM_KIND_ASSET}, {"paintworklet", SLIM_KIND_ASSET},
    {"xslt", SLIM_KIND_ASSET},         {"json", SLIM_KIND_ASSET},
    {"iframe", SLIM_KIND_OTHER},       {"frame", SLIM_KIND_OTHER},
    {"fencedframe", SLIM_KIND_OTHER},  {"embed", SLIM_KIND_OTHER},
    {"object", SLIM_KIND_OTHER},       {"report", SLIM_KIND_OTHER},
    {"webidentity", SLIM_KIND_API},    {NULL, SLIM_KIND_OTHER},
};

/* The first that fits. */
static const struct entry types[] = {
    {"text/html", SLIM_KIND_PAGE},
    {"application/xhtml+xml", SLIM_KIND_PAGE},
    {"application/rss+xml", SLIM_KIND_FEED},
    {"application/atom+xml", SLIM_KIND_FEED},
    {"application/rdf+xml", SLIM_KIND_FEED},
    {"application/feed+json", SLIM_KIND_FEED},
    {"image/*", SLIM_KIND_ASSET},
    {"font/*", SLIM_KIND_ASSET},
    {"text/css", SLIM_KIND_ASSET},
    {"text/javascript", SLIM_KIND_ASSET},
    {"application/javascript", SLIM_KIND_ASSET},
    {"application/x-javascript", SLIM_KIND_ASSET},
    {"application/ecmascript", SLIM_KIND_ASSET},
    {"application/wasm", SLIM_KIND_ASSET},
    {"application/manifest+json", SLIM_KIND_ASSET},
    {"application/font*", SLIM_KIND_ASSET},
    {"application/x-font*", SLIM_KIND_ASSET},
    {"application/vnd.ms-fontobject", SLIM_KIND_ASSET},
    {"application/x-shockwave-flash", SLIM_KIND_ASSET},
    {"application/vnd.apple.mpegurl", SLIM_KIND_ASSET},
    {"application/dash+xml", SLIM_KIND_ASSET},
    {"application/json", SLIM_KIND_API},
    {"application/ld+json", SLIM_KIND_API},
    {"application/problem+json", SLIM_KIND_API},
    {"application/vnd.api+json", SLIM_KIND_API},
    {"application/graphql*", SLIM_KIND_API},
    {"application/grpc*", SLIM_KIND_API},
    {"application/soap+xml", SLIM_KIND_API},
    {"application/x-protobuf", SLIM_KIND_API},
    {"text/event-stream", SLIM_KIND_API},
    {"audio/*", SLIM_KIND_DOWNLOAD},
    {"video/*", SLIM_KIND_DOWNLOAD},
    {"application/pdf", SLIM_KIND_DOWNLOAD},
    {"application/zip", SLIM_KIND_DOWNLOAD},
    {"application/gzip", SLIM_KIND_DOWNLOAD},
    {"application/x-gzip", SLIM_KIND_DOWNLOAD},
    {"application/zstd", SLIM_KIND_DOWNLOAD},
    {"application/x-tar", SLIM_KIND_DOWNLOAD},
    {"application/x-bzip*", SLIM_KIND_DOWNLOAD},
    {"application/x-xz", SLIM_KIND_DOWNLOAD},
    {"application/x-7z-compressed", SLIM_KIND_DOWNLOAD},
    {"application/vnd.rar", SLIM_KIND_DOWNLOAD},
    {"application/x-rar*", SLIM_KIND_DOWNLOAD},
    {"application/octet-stream", SLIM_KIND_DOWNLOAD},
    {"application/epub+zip", SLIM_KIND_DOWNLOAD},
    {"application/msword", SLIM_KIND_DOWNLOAD},
    {"application/rtf", SLIM_KIND_DOWNLOAD},
    {"application/java-archive", SLIM_KIND_DOWNLOAD},
    {"application/postscript", SLIM_KIND_DOWNLOAD},
    {"application/vnd.*", SLIM_KIND_DOWNLOAD},
    {"application/x-debian-package", SLIM_KIND_DOWNLOAD},
    {"application/x-rpm", SLIM_KIND_DOWNLOAD},
    {"application/x-redhat-package-manager", SLIM_KIND_DOWNLOAD},
    {"application/x-msdownload", SLIM_KIND_DOWNLOAD},
    {"application/x-msdos-program", SLIM_KIND_DOWNLOAD},
    {"application/x-apple-diskimage", SLIM_KIND_DOWNLOAD},
    {"application/x-iso9660-image", SLIM_KIND_DOWNLOAD},
    {"application/x-bittorrent", SLIM_KIND_DOWNLOAD},
    {"text/csv", SLIM_KIND_DOWNLOAD},
    {"text/calendar", SLIM_KIND_DOWNLOAD},
    {NULL, SLIM_KIND_OTHER},
};

static const struct entry extensions[] = {
    {"html", SLIM_KIND_PAGE},     {"htm", SLIM_KIND_PAGE},          {"xhtml", SLIM_KIND_PAGE},
    {"shtml", SLIM_KIND_PAGE},    {"php", SLIM_KIND_PAGE},          {"php5", SLIM_KIND_PAGE},
    {"phtml", SLIM_KIND_PAGE},    {"asp", SLIM_KIND_PAGE},          {"aspx", SLIM_KIND_PAGE},
    {"jsp", SLIM_KIND_PAGE},      {"do", SLIM_KIND_PAGE},           {"cgi", SLIM_KIND_PAGE},
    {"pl", SLIM_KIND_PAGE},       {"cfm", SLIM_KIND_PAGE},          {"md", SLIM_KIND_PAGE},
    {"rss", SLIM_KIND_FEED},      {"atom", SLIM_KIND_FEED},         {"rdf", SLIM_KIND_FEED},
    {"css", SLIM_KIND_ASSET},     {"js", SLIM_KIND_ASSET},          {"mjs", SLIM_KIND_ASSET},
    {"map", SLIM_KIND_ASSET},     {"png", SLIM_KIND_ASSET},         {"jpg", SLIM_KIND_ASSET},
    {"jpeg", SLIM_KIND_ASSET},    {"gif", SLIM_KIND_ASSET},         {"webp", SLIM_KIND_ASSET},
    {"avif", SLIM_KIND_ASSET},    {"svg", SLIM_KIND_ASSET},         {"svgz", SLIM_KIND_ASSET},
    {"ico", SLIM_KIND_ASSET},     {"bmp", SLIM_KIND_ASSET},         {"tif", SLIM_KIND_ASSET},
    {"tiff", SLIM_KIND_ASSET},    {"woff", SLIM_KIND_ASSET},        {"woff2", SLIM_KIND_ASSET},
    {"ttf", SLIM_KIND_ASSET},     {"otf", SLIM_KIND_ASSET},         {"eot", SLIM_KIND_ASSET},
    {"wasm", SLIM_KIND_ASSET},    {"swf", SLIM_KIND_ASSET},         {"m3u8", SLIM_KIND_ASSET},
    {"ts", SLIM_KIND_ASSET},      {"webmanifest", SLIM_KIND_ASSET}, {"json", SLIM_KIND_API},
    {"pdf", SLIM_KIND_DOWNLOAD},  {"zip", SLIM_KIND_DOWNLOAD},      {"gz", SLIM_KIND_DOWNLOAD},
    {"tgz", SLIM_KIND_DOWNLOAD},  {"bz2", SLIM_KIND_DOWNLOAD},      {"xz", SLIM_KIND_DOWNLOAD},
    {"zst", SLIM_KIND_DOWNLOAD},  {"tar", SLIM_KIND_DOWNLOAD},      {"7z", SLIM_KIND_DOWNLOAD},
    {"rar", SLIM_KIND_DOWNLOAD},  {"exe", SLIM_KIND_DOWNLOAD},      {"msi", SLIM_KIND_DOWNLOAD},
    {"dmg", SLIM_KIND_DOWNLOAD},  {"pkg", SLIM_KIND_DOWNLOAD},      {"deb", SLIM_KIND_DOWNLOAD},
    {"rpm", SLIM_KIND_DOWNLOAD},  {"apk", SLIM_KIND_DOWNLOAD},      {"jar", SLIM_KIND_DOWNLOAD},
    {"iso", SLIM_KIND_DOWNLOAD},  {"img", SLIM_KIND_DOWNLOAD},      {"doc", SLIM_KIND_DOWNLOAD},
    {"docx", SLIM_KIND_DOWNLOAD}, {"xls", SLIM_KIND_DOWNLOAD},      {"xlsx", SLIM_KIND_DOWNLOAD},
    {"ppt", SLIM_KIND_DOWNLOAD},  {"pptx", SLIM_KIND_DOWNLOAD},     {"odt", SLIM_KIND_DOWNLOAD},
    {"ods", SLIM_KIND_DOWNLOAD},  {"odp", SLIM_KIND_DOWNLOAD},      {"rtf", SLIM_KIND_DOWNLOAD},
    {"csv", SLIM_KIND_DOWNLOAD},  {"epub", SLIM_KIND_DOWNLOAD},     {"mobi", SLIM_KIND_DOWNLOAD},
    {"ps", SLIM_KIND_DOWNLOAD},   {"mp3", SLIM_KIND_DOWNLOAD},      {"m4a", SLIM_KIND_DOWNLOAD},
    {"ogg", SLIM_KIND_DOWNLOAD},  {"opus", SLIM_KIND_DOWNLOAD},     {"flac", SLIM_KIND_DOWNLOAD},
    {"wav", SLIM_KIND_DOWNLOAD},  {"mp4", SLIM_KIND_DOWNLOAD},      {"m4v", SLIM_KIND_DOWNLOAD},
    {"mkv", SLIM_KIND_DOWNLOAD},  {"webm", SLIM_KIND_DOWNLOAD},     {"avi", SLIM_KIND_DOWNLOAD},
    {"mov", SLIM_KIND_DOWNLOAD},  {"ics", SLIM_KIND_DOWNLOAD},      {"torrent", SLIM_KIND_DOWNLOAD},
    {"bin", SLIM_KIND_DOWNLOAD},  {NULL, SLIM_KIND_OTHER},
};

/* The kind of name in a table; -1 when it is not there. */
static int look_up(const struct entry *table, struct slim_text name)
{
    char first =
        name.length ? (char)(name.at[0] | 0x20) : '\0'; /* names begin with a letter or digit */

    for (; table->name; table++) {
        if (table->name[0] != first) {
            continue;
        }
        size_t length = strlen(table->name);
        if (table->name[length - 1] == '*') {
            char prefix[64];
            memcpy(prefix, table->name, length - 1);
            prefix[length - 1] = '\0';
            if (slim_text_begins(name, prefix)) {
                return table->kind;
            }
        } else if (slim_text_is(name, table->name)) {
            return table->kind;
        }
    }
    return -1;
}

static int contains(struct slim_text text, const char *word)
{
    for (size_t i = 0; i < text.length; i++) {
        if (slim_text_begins((struct slim_text){text.at + i, text.length - i}, word)) {
            return 1;
        }
    }
    return 0;
}

static struct slim_text path_of(struct slim_text resource)
{
    const char *mark = resource.length ? memchr(resource.at, '?', resource.length) : NULL;

    return mark ? (struct slim_text){resource.at, (size_t)(mark - resource.at)} : resource;
}

static int by_extension(struct slim_text resource)
{
    struct slim_text path = path_of(resource);
    size_t dot = path.length;

    while (dot > 0 && path.at[dot - 1] != '.' && path.at[dot - 1] != '/') {
        dot--;
    }
    if (dot == 0 || path.at[dot - 1] == '/') {
        return SLIM_KIND_PAGE; /* no extension: a directory, a front controller's route */
    }
    struct slim_text extension = {path.at + dot, path.length - dot};
    return look_up(extensions, extension);
}

static int by_type(struct slim_text type)
{
    const char *end = type.length ? memchr(type.at, ';', type.length) : NULL;

    if (end) {
        type.length = (size_t)(end - type.at);
    }
    while (type.length > 0 && type.at[type.length - 1] == ' ') {
        type.length--;
    }
    return look_up(types, type);
}

/* XML and plain text may be anything: there the name has the word, and a nameless one is not a
 * page. */
static int by_type_and_extension(struct slim_text type, struct slim_text resource, const char **by)
{
    int kind = by_type(type);

    *by = "content type";
    if (kind >= 0) {
        return kind;
    }
    if (contains(type, "+json")) {
        return SLIM_KIND_API;
    }
    kind = by_extension(resource);
    *by = kind < 0                 ? "an extension that says nothing"
          : kind == SLIM_KIND_PAGE ? "the path's extension, or that it has none"
                                   : "the path's extension";
    if (type.length > 0 && kind == SLIM_KIND_PAGE) {
        struct slim_text path = path_of(resource);
        if (contains(type, "xml")) {
            return contains(path, "feed") || contains(path, "rss") ? SLIM_KIND_FEED
                                                                   : SLIM_KIND_OTHER;
        }
        return slim_text_begins(type, "text/") ? SLIM_KIND_PAGE : SLIM_KIND_OTHER;
    }
    return kind < 0 ? SLIM_KIND_OTHER : kind;
}

enum slim_kind slim_kind_explain(const struct slim_hit *hit, struct slim_text resource,
                                 const char **by)
{
    struct slim_text purpose = hit->field[SLIM_PURPOSE];
    struct slim_text destination = hit->field[SLIM_FETCH_DEST];
    struct slim_text type = hit->field[SLIM_TYPE];
    int kind;

    if (contains(purpose, "prefetch") || contains(purpose, "prerender")
        || slim_text_is(purpose, "preview")) {
        *by = "Sec-Purpose";
        return SLIM_KIND_PREFETCH;
    }
    if (slim_text_is(destination, "document")
        && slim_text_is(hit->field[SLIM_FETCH_MODE], "navigate")) {
        kind = by_type(type);
        *by = "Sec-Fetch-Dest, Sec-Fetch-Mode";
        return kind == SLIM_KIND_FEED || kind == SLIM_KIND_DOWNLOAD ? (enum slim_kind)kind
                                                                    : SLIM_KIND_PAGE;
    }
    kind = look_up(destinations, destination);
    *by = "Sec-Fetch-Dest";
    if (kind < 0) {
        kind = by_type_and_extension(type, resource, by);
    }
    return (enum slim_kind)kind;
}

enum slim_kind slim_kind_derive(const struct slim_hit *hit, struct slim_text resource)
{
    const char *by;

    return slim_kind_explain(hit, resource, &by);
}
