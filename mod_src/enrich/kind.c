/* The kind of a hit, from tables. Pure. */
#include "kind.h"

#include <string.h>

#include "core/text.h"

struct entry {
    const char *name; /* lower case; a trailing * is a prefix */
    enum slim_kind kind;
};

static const struct entry extensions[] = {
    {"html", SLIM_KIND_PAGE},        {"htm", SLIM_KIND_PAGE},
    {"xhtml", SLIM_KIND_PAGE},       {"shtml", SLIM_KIND_PAGE},
    {"php", SLIM_KIND_PAGE},         {"php5", SLIM_KIND_PAGE},
    {"phtml", SLIM_KIND_PAGE},       {"asp", SLIM_KIND_PAGE},
    {"aspx", SLIM_KIND_PAGE},        {"jsp", SLIM_KIND_PAGE},
    {"do", SLIM_KIND_PAGE},          {"cgi", SLIM_KIND_PAGE},
    {"pl", SLIM_KIND_PAGE},          {"cfm", SLIM_KIND_PAGE},
    {"md", SLIM_KIND_PAGE},          {"rss", SLIM_KIND_FEED},
    {"atom", SLIM_KIND_FEED},        {"rdf", SLIM_KIND_FEED},
    {"css", SLIM_KIND_ASSET},        {"js", SLIM_KIND_ASSET},
    {"mjs", SLIM_KIND_ASSET},        {"map", SLIM_KIND_ASSET},
    {"png", SLIM_KIND_ASSET},        {"jpg", SLIM_KIND_ASSET},
    {"jpeg", SLIM_KIND_ASSET},       {"gif", SLIM_KIND_ASSET},
    {"webp", SLIM_KIND_ASSET},       {"avif", SLIM_KIND_ASSET},
    {"svg", SLIM_KIND_ASSET},        {"svgz", SLIM_KIND_ASSET},
    {"ico", SLIM_KIND_ASSET},        {"bmp", SLIM_KIND_ASSET},
    {"tif", SLIM_KIND_ASSET},        {"tiff", SLIM_KIND_ASSET},
    {"woff", SLIM_KIND_ASSET},       {"woff2", SLIM_KIND_ASSET},
    {"ttf", SLIM_KIND_ASSET},        {"otf", SLIM_KIND_ASSET},
    {"eot", SLIM_KIND_ASSET},        {"wasm", SLIM_KIND_ASSET},
    {"swf", SLIM_KIND_ASSET},        {"m3u8", SLIM_KIND_ASSET},
    {"ts", SLIM_KIND_ASSET},         {"webmanifest", SLIM_KIND_ASSET},
    {"json", SLIM_KIND_API},         {"pdf", SLIM_KIND_DOWNLOAD},
    {"zip", SLIM_KIND_DOWNLOAD},     {"gz", SLIM_KIND_DOWNLOAD},
    {"tgz", SLIM_KIND_DOWNLOAD},     {"bz2", SLIM_KIND_DOWNLOAD},
    {"xz", SLIM_KIND_DOWNLOAD},      {"zst", SLIM_KIND_DOWNLOAD},
    {"tar", SLIM_KIND_DOWNLOAD},     {"7z", SLIM_KIND_DOWNLOAD},
    {"rar", SLIM_KIND_DOWNLOAD},     {"exe", SLIM_KIND_DOWNLOAD},
    {"msi", SLIM_KIND_DOWNLOAD},     {"dmg", SLIM_KIND_DOWNLOAD},
    {"pkg", SLIM_KIND_DOWNLOAD},     {"deb", SLIM_KIND_DOWNLOAD},
    {"rpm", SLIM_KIND_DOWNLOAD},     {"apk", SLIM_KIND_DOWNLOAD},
    {"jar", SLIM_KIND_DOWNLOAD},     {"iso", SLIM_KIND_DOWNLOAD},
    {"img", SLIM_KIND_DOWNLOAD},     {"doc", SLIM_KIND_DOWNLOAD},
    {"docx", SLIM_KIND_DOWNLOAD},    {"xls", SLIM_KIND_DOWNLOAD},
    {"xlsx", SLIM_KIND_DOWNLOAD},    {"ppt", SLIM_KIND_DOWNLOAD},
    {"pptx", SLIM_KIND_DOWNLOAD},    {"odt", SLIM_KIND_DOWNLOAD},
    {"ods", SLIM_KIND_DOWNLOAD},     {"odp", SLIM_KIND_DOWNLOAD},
    {"rtf", SLIM_KIND_DOWNLOAD},     {"csv", SLIM_KIND_DOWNLOAD},
    {"epub", SLIM_KIND_DOWNLOAD},    {"mobi", SLIM_KIND_DOWNLOAD},
    {"ps", SLIM_KIND_DOWNLOAD},      {"mp3", SLIM_KIND_DOWNLOAD},
    {"m4a", SLIM_KIND_DOWNLOAD},     {"ogg", SLIM_KIND_DOWNLOAD},
    {"opus", SLIM_KIND_DOWNLOAD},    {"flac", SLIM_KIND_DOWNLOAD},
    {"wav", SLIM_KIND_DOWNLOAD},     {"mp4", SLIM_KIND_DOWNLOAD},
    {"m4v", SLIM_KIND_DOWNLOAD},     {"mkv", SLIM_KIND_DOWNLOAD},
    {"webm", SLIM_KIND_DOWNLOAD},    {"avi", SLIM_KIND_DOWNLOAD},
    {"mov", SLIM_KIND_DOWNLOAD},     {"ics", SLIM_KIND_DOWNLOAD},
    {"torrent", SLIM_KIND_DOWNLOAD}, {"bin", SLIM_KIND_DOWNLOAD},
    {"txt", SLIM_KIND_DOWNLOAD},     {"log", SLIM_KIND_DOWNLOAD},
    {"patch", SLIM_KIND_DOWNLOAD},   {"diff", SLIM_KIND_DOWNLOAD},
    {"py", SLIM_KIND_DOWNLOAD},      {"sql", SLIM_KIND_DOWNLOAD},
    {"whl", SLIM_KIND_DOWNLOAD},     {"gem", SLIM_KIND_DOWNLOAD},
    {NULL, SLIM_KIND_OTHER},
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

static struct slim_text path_of(struct slim_text resource)
{
    const char *mark = resource.length ? memchr(resource.at, '?', resource.length) : NULL;

    return mark ? (struct slim_text){resource.at, (size_t)(mark - resource.at)} : resource;
}

/* What stands behind the last dot of a path; a version's number is no extension. */
static struct slim_text extension_of(struct slim_text resource)
{
    struct slim_text path = path_of(resource);
    size_t dot = path.length;
    int letters = 0;

    while (dot > 0 && path.at[dot - 1] != '.' && path.at[dot - 1] != '/') {
        letters |= path.at[dot - 1] < '0' || path.at[dot - 1] > '9';
        dot--;
    }
    if (dot == 0 || path.at[dot - 1] == '/' || (!letters && dot < path.length)) {
        return (struct slim_text){NULL, 0};
    }
    return (struct slim_text){path.at + dot, path.length - dot};
}

/* --- the steps: each a kind, or UNDECIDED --- */

#define UNDECIDED (-1)

static int by_status(const struct slim_kind_case *c)
{
    return c->status == 101 ? SLIM_KIND_API : UNDECIDED;
}

static int by_request(const struct slim_kind_case *c)
{
    return c->resource.length == 0 ? SLIM_KIND_OTHER : UNDECIDED;
}

static int by_disposition(const struct slim_kind_case *c)
{
    return c->evidence.attachment ? SLIM_KIND_DOWNLOAD : UNDECIDED;
}

static int is_download_type(unsigned type)
{
    return type == SLIM_TYPE_AUDIO || type == SLIM_TYPE_VIDEO || type == SLIM_TYPE_SAVED
           || type == SLIM_TYPE_PDF;
}

/* What a browser wants it for. A script that fetches a page to show it (Turbo) says so by a header
 * of its own, and a service worker asks as the tab would have. */
static int by_destination(const struct slim_kind_case *c)
{
    static const signed char kinds[SLIM_DESTS] = {
        [SLIM_DEST_NONE] = UNDECIDED,
        [SLIM_DEST_OTHER] = UNDECIDED,
        [SLIM_DEST_DOCUMENT] = UNDECIDED,
        [SLIM_DEST_EMPTY] = SLIM_KIND_API,
        [SLIM_DEST_IMAGE] = SLIM_KIND_ASSET,
        [SLIM_DEST_SCRIPT] = SLIM_KIND_ASSET,
        [SLIM_DEST_STYLE] = SLIM_KIND_ASSET,
        [SLIM_DEST_FONT] = SLIM_KIND_ASSET,
        [SLIM_DEST_IFRAME] = SLIM_KIND_OTHER,
        [SLIM_DEST_FRAME] = SLIM_KIND_OTHER,
        [SLIM_DEST_FENCEDFRAME] = SLIM_KIND_OTHER,
        [SLIM_DEST_EMBED] = SLIM_KIND_OTHER,
        [SLIM_DEST_OBJECT] = SLIM_KIND_OTHER,
        [SLIM_DEST_AUDIO] = SLIM_KIND_DOWNLOAD,
        [SLIM_DEST_VIDEO] = SLIM_KIND_DOWNLOAD,
        [SLIM_DEST_TRACK] = SLIM_KIND_ASSET,
        [SLIM_DEST_MANIFEST] = SLIM_KIND_ASSET,
        [SLIM_DEST_WORKER] = SLIM_KIND_ASSET,
        [SLIM_DEST_SHAREDWORKER] = SLIM_KIND_ASSET,
        [SLIM_DEST_SERVICEWORKER] = SLIM_KIND_ASSET,
        [SLIM_DEST_AUDIOWORKLET] = SLIM_KIND_ASSET,
        [SLIM_DEST_PAINTWORKLET] = SLIM_KIND_ASSET,
        [SLIM_DEST_XSLT] = SLIM_KIND_ASSET,
        [SLIM_DEST_JSON] = SLIM_KIND_ASSET,
        [SLIM_DEST_TEXT] = SLIM_KIND_ASSET,
        [SLIM_DEST_REPORT] = SLIM_KIND_OTHER,
        [SLIM_DEST_WEBIDENTITY] = SLIM_KIND_API,
    };
    const struct slim_evidence *e = &c->evidence;

    if (e->dest == SLIM_DEST_EMPTY) {
        if (e->mode == SLIM_MODE_NAVIGATE || e->drawn) {
            return UNDECIDED;
        }
        return is_download_type(e->type) ? SLIM_KIND_DOWNLOAD : SLIM_KIND_API;
    }
    return kinds[e->dest < SLIM_DESTS ? e->dest : SLIM_DEST_OTHER];
}

static int by_type(const struct slim_kind_case *c)
{
    switch (c->evidence.type) {
    case SLIM_TYPE_HTML: return SLIM_KIND_PAGE;
    case SLIM_TYPE_IMAGE:
    case SLIM_TYPE_STYLE:
    case SLIM_TYPE_SCRIPT:
    case SLIM_TYPE_FONT:
    case SLIM_TYPE_PART: return SLIM_KIND_ASSET;
    case SLIM_TYPE_JSON:
    case SLIM_TYPE_MESSAGES: return SLIM_KIND_API;
    case SLIM_TYPE_FEED: return SLIM_KIND_FEED;
    default: return is_download_type(c->evidence.type) ? SLIM_KIND_DOWNLOAD : UNDECIDED;
    }
}

/* Plain text and XML may be anything, and a log has no type: there the name has the word. What has
 * neither is a page: a directory, a front controller's route. */
static int by_name(const struct slim_kind_case *c)
{
    struct slim_text extension = extension_of(c->resource);
    int kind = extension.at ? look_up(extensions, extension) : SLIM_KIND_PAGE;

    if (kind == SLIM_KIND_PAGE && c->evidence.type != SLIM_TYPE_NONE) {
        return SLIM_KIND_OTHER;
    }
    return kind < 0 ? SLIM_KIND_OTHER : kind;
}

static const char *why_by_name(const struct slim_kind_case *c, int kind)
{
    if (!extension_of(c->resource).at) {
        return c->evidence.type == SLIM_TYPE_NONE
                   ? "neither content type nor extension"
                   : "a content type that says nothing, no extension";
    }
    return kind == SLIM_KIND_OTHER ? "an extension that says nothing" : "the path's extension";
}

/* --- their order --- */

struct step {
    int (*decide)(const struct slim_kind_case *c);
    const char *by;
    int of_answer; /* it looks at what was answered, not at what for */
};

static const struct step steps[] = {
    {by_disposition, "Content-Disposition", 1},
    {by_destination, "Sec-Fetch-Dest, Sec-Fetch-Mode", 0},
    {by_type, "content type", 1},
    {by_name, NULL, 1},
};

static enum slim_kind run(const struct slim_kind_case *c, int of_answer, const char **by)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int kind = steps[i].of_answer >= of_answer ? steps[i].decide(c) : UNDECIDED;
        if (kind != UNDECIDED) {
            *by = steps[i].by ? steps[i].by : why_by_name(c, kind);
            return (enum slim_kind)kind;
        }
    }
    return SLIM_KIND_OTHER;
}

/* Whether it was asked for before anybody wanted it, and would be looked at. */
static int is_prefetch(const struct slim_kind_case *c)
{
    const char *by;

    return c->evidence.purpose > SLIM_PURPOSE_OTHER && run(c, 1, &by) == SLIM_KIND_PAGE;
}

/* A browser that navigates shows what it gets, whatever it takes; a script that says nothing of its
 * purpose is told by what it takes. */
static int is_for_script(const struct slim_evidence *e, const char **by)
{
    if (e->drawn) {
        return 0;
    }
    if (e->by_script) {
        *by = "X-Requested-With";
        return 1;
    }
    if (e->accept == SLIM_ACCEPT_OTHER && e->mode != SLIM_MODE_NAVIGATE) {
        *by = "Accept, which is without text/html";
        return 1;
    }
    return 0;
}

/* What is put, deleted or asked for by WebDAV is not looked at. */
static int is_seen_by_method(struct slim_text method)
{
    return slim_text_is(method, "get") || slim_text_is(method, "head")
           || slim_text_is(method, "post");
}

enum slim_kind slim_kind_explain(const struct slim_kind_case *c, const char **by)
{
    if (by_status(c) != UNDECIDED) {
        *by = "status 101: another protocol";
        return SLIM_KIND_API;
    }
    if (by_request(c) != UNDECIDED) {
        *by = "no request line";
        return SLIM_KIND_OTHER;
    }
    if (is_prefetch(c)) {
        *by = "Sec-Purpose, and the answer is a page";
        return SLIM_KIND_PREFETCH;
    }
    enum slim_kind kind = run(c, 0, by);
    if (kind != SLIM_KIND_API && kind != SLIM_KIND_DOWNLOAD && !is_seen_by_method(c->method)) {
        *by = "a method that is none of GET, HEAD and POST";
        return SLIM_KIND_OTHER;
    }
    return kind == SLIM_KIND_PAGE && is_for_script(&c->evidence, by) ? SLIM_KIND_API : kind;
}

enum slim_kind slim_kind_derive(const struct slim_kind_case *c)
{
    const char *by;

    return slim_kind_explain(c, &by);
}
