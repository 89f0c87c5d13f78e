/* The kind of a hit: a table of steps. Pure. */
#include "kind.h"

#include <string.h>

#include "core/text.h"

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

/* The site's own directives come before the lists. */
static const struct slim_listed *
find(const struct slim_kind_case *c, struct slim_text text,
     const struct slim_listed *(*look_up)(const struct slim_page_list *list, struct slim_text text))
{
    const struct slim_listed *listed = look_up(c->own, text);

    return listed ? listed : look_up(c->list, text);
}

static int by_path(const struct slim_kind_case *c)
{
    const struct slim_listed *listed = find(c, c->resource, slim_page_list_path);

    return listed ? listed->kind : UNDECIDED;
}

static void why_by_path(const struct slim_kind_case *c, int kind, struct slim_kind_reason *why)
{
    (void)kind;
    *why =
        (struct slim_kind_reason){"a well-known path", find(c, c->resource, slim_page_list_path)};
}

/* Plain text and XML may be anything, and a log has no type: there the name has the word. What has
 * neither is a page: a directory, a front controller's route. */
static int by_name(const struct slim_kind_case *c)
{
    struct slim_text extension = extension_of(c->resource);
    const struct slim_listed *listed = find(c, extension, slim_page_list_name);
    int kind = listed ? listed->kind : extension.at ? SLIM_KIND_OTHER : SLIM_KIND_PAGE;

    return kind == SLIM_KIND_PAGE && c->evidence.type != SLIM_TYPE_NONE ? SLIM_KIND_OTHER : kind;
}

static void why_by_name(const struct slim_kind_case *c, int kind, struct slim_kind_reason *why)
{
    struct slim_text extension = extension_of(c->resource);
    const struct slim_listed *listed = find(c, extension, slim_page_list_name);

    if (listed && listed->kind == kind) {
        *why = (struct slim_kind_reason){"the path's extension", listed};
    } else if (extension.at) {
        why->by = "an extension that says nothing";
    } else {
        why->by = c->evidence.type == SLIM_TYPE_NONE
                      ? "neither content type nor extension"
                      : "a content type that says nothing, and no extension";
    }
}

/* --- their order --- */

struct step {
    int (*decide)(const struct slim_kind_case *c);
    const char *by;
    void (*tell)(const struct slim_kind_case *c, int kind, struct slim_kind_reason *why);
    int of_answer; /* it looks at what was answered, not at what for */
};

static const struct step steps[] = {
    {by_disposition, "Content-Disposition", NULL, 1},
    {by_path, NULL, why_by_path, 1},
    {by_destination, "Sec-Fetch-Dest, Sec-Fetch-Mode", NULL, 0},
    {by_type, "content type", NULL, 1},
    {by_name, NULL, why_by_name, 1},
};

static enum slim_kind run(const struct slim_kind_case *c, int of_answer,
                          struct slim_kind_reason *why)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int kind = steps[i].of_answer >= of_answer ? steps[i].decide(c) : UNDECIDED;
        if (kind == UNDECIDED) {
            continue;
        }
        if (why && steps[i].tell) {
            steps[i].tell(c, kind, why);
        } else if (why) {
            why->by = steps[i].by;
        }
        return (enum slim_kind)kind;
    }
    return SLIM_KIND_OTHER;
}

/* Whether it was asked for before anybody wanted it, and would be looked at. A page that is
 * rendered ahead has its frames and its scripts' questions with it, and so do those say. */
static int is_prefetch(const struct slim_kind_case *c)
{
    const struct slim_evidence *e = &c->evidence;
    int is_part = by_destination(c) != UNDECIDED
                  && (e->dest != SLIM_DEST_EMPTY || e->purpose == SLIM_PURPOSE_PRERENDER);

    return e->purpose > SLIM_PURPOSE_OTHER && !is_part && run(c, 1, NULL) == SLIM_KIND_PAGE;
}

/* A browser that navigates shows what it gets, whatever it takes; a script that says nothing of its
 * purpose is told by what it takes. */
static const char *why_for_script(const struct slim_evidence *e)
{
    if (e->drawn) {
        return NULL;
    }
    if (e->by_script) {
        return "X-Requested-With";
    }
    return e->accept == SLIM_ACCEPT_OTHER && e->mode != SLIM_MODE_NAVIGATE
               ? "Accept, which is without text/html"
               : NULL;
}

/* What is put, deleted or asked for by WebDAV is not looked at. */
static int is_seen_by_method(struct slim_text method)
{
    return slim_text_is(method, "get") || slim_text_is(method, "head")
           || slim_text_is(method, "post");
}

static enum slim_kind decide(const struct slim_kind_case *c, struct slim_kind_reason *why)
{
    struct slim_kind_reason unasked = {NULL, NULL};
    const char *for_script = why_for_script(&c->evidence);
    const char **by = why ? &why->by : &unasked.by;

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
    enum slim_kind kind = run(c, 0, why);
    if (kind != SLIM_KIND_API && kind != SLIM_KIND_DOWNLOAD && !is_seen_by_method(c->method)) {
        *by = "a method that is none of GET, HEAD and POST";
        return SLIM_KIND_OTHER;
    }
    if (kind == SLIM_KIND_PAGE && for_script) {
        *by = for_script;
        return SLIM_KIND_API;
    }
    return kind;
}

enum slim_kind slim_kind_explain(const struct slim_kind_case *c, struct slim_kind_reason *why)
{
    *why = (struct slim_kind_reason){NULL, NULL};
    return decide(c, why);
}

enum slim_kind slim_kind_derive(const struct slim_kind_case *c)
{
    return decide(c, NULL);
}
