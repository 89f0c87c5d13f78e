/* What capture tells of a request's page, where a directive asks for it: sections with rules, and
 * what the application calls it. Its headers are for us: they go no further. */
#include <strings.h>

#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <http_vhost.h>

#include "capture.h"
#include "core/bytes.h"
#include "core/link_header.h"
#include "core/text.h"
#include "core/url.h"

#define NOTE_PAGE "slimstats-page"
#define NOTE_TITLE "slimstats-title"
/* Our own, between the filter and the end of the request. */
#define NOTE_HEADER_PAGE "slimstats-header-page"
#define NOTE_HEADER_TITLE "slimstats-header-title"
#define NOTE_CANONICAL "slimstats-canonical"

/* --- the record --- */

static void put_sections(struct slim_record_writer *writer, const apr_array_header_t *sections)
{
    char ids[SLIM_PAGE_SECTIONS_MAX * sizeof(uint32_t)];
    size_t length = 0;

    for (int i = 0; i < sections->nelts && length < sizeof ids; i++) {
        slim_put_u32(ids + length, APR_ARRAY_IDX(sections, i, uint32_t));
        length += sizeof(uint32_t);
    }
    slim_record_text(writer, SLIM_PAGE_SECTIONS, ids, length);
}

/* A note or variable of the request that was answered, or of those that were redirected to it. */
static const char *find_note(const request_rec *last, const char *name)
{
    for (const request_rec *r = last; r; r = r->prev) {
        const char *text = apr_table_get(r->notes, name);
        if (!text) {
            text = apr_table_get(r->subprocess_env, name);
        }
        if (text && *text) {
            return text;
        }
    }
    return NULL;
}

static void put_cut(struct slim_record_writer *writer, enum slim_field field, struct slim_text text)
{
    size_t length = slim_utf8_cut(text.at, text.length, slim_field_ceiling[field]);

    slim_record_text(writer, field, text.at, length);
    if (length < text.length) {
        writer->flags |= SLIM_HIT_TRUNCATED;
    }
}

/* An address loses what SlimStatsQuery and SlimStatsSecret take from any other. */
static void put_name(struct slim_record_writer *writer, const char *name,
                     const struct slim_query_rule *rule)
{
    char kept[1024];
    struct slim_text text = {name, strlen(name)};

    if (memchr(name, '/', text.length) && !slim_query_is_plain(text)) {
        size_t length = slim_query_apply(rule, text, kept, sizeof kept);
        text = (struct slim_text){kept, length < sizeof kept ? length : sizeof kept};
    }
    put_cut(writer, SLIM_PAGE_NAME, text);
}

/* A variant in the reader's language or packed is not what the page is called by. */
static int is_variant(const request_rec *r)
{
    const char *vary = apr_table_get(r->headers_out, "Vary");

    vary = vary ? vary : apr_table_get(r->err_headers_out, "Vary");
    return r->content_encoding || (vary && ap_find_token(r->pool, vary, "accept-language"));
}

/* The address of the file that was served, as far as httpd found it below a folder that has one;
 * NULL: there is none, or it is the one that was asked for. Of modules that answer by themselves
 * there is no file. */
static const char *address_of_file(request_rec *r)
{
    const char *root = ap_context_document_root(r);
    size_t length = root ? strlen(root) : 0;

    if (r->finfo.filetype != APR_REG || !r->filename || length == 0 || is_variant(r)) {
        return NULL;
    }
    length -= root[length - 1] == '/';
    if (strncmp(r->filename, root, length) != 0 || r->filename[length] != '/') {
        return NULL;
    }
    const char *path = apr_pstrcat(r->pool, ap_context_prefix(r), r->filename + length, NULL);
    return ap_os_escape_path(r->pool, path, 1);
}

static int is_asked_for(const char *address, const char *target)
{
    size_t length = strlen(address);

    return target && strncmp(target, address, length) == 0 && strchr("?#", target[length]);
}

static void put_file(struct slim_record_writer *writer, const request_rec *first, request_rec *last)
{
    const char *address = last->status < 400 ? address_of_file(last) : NULL;
    size_t length = address ? strlen(address) : 0;

    if (length > 0 && length <= slim_field_ceiling[SLIM_PAGE_NAME]
        && !is_asked_for(address, first->unparsed_uri)) {
        slim_record_text(writer, SLIM_PAGE_NAME, address, length);
        writer->flags |= SLIM_HIT_FILE;
    }
}

/* An error document has a name, too, but is not the page that was asked for. 1: it has a name. */
static int put_names(struct slim_record_writer *writer, const request_rec *last)
{
    const struct slim_server *conf = slim_server_config(last->server);
    const char *page, *title;

    if (last->status >= 400) {
        return 0;
    }
    page = find_note(last, NOTE_PAGE);
    page = page ? page : apr_table_get(last->notes, NOTE_HEADER_PAGE);
    page = page ? page : apr_table_get(last->notes, NOTE_CANONICAL);
    title = find_note(last, NOTE_TITLE);
    title = title ? title : apr_table_get(last->notes, NOTE_HEADER_TITLE);
    if (page) {
        put_name(writer, page, &conf->rules.query);
    }
    if (title) {
        put_cut(writer, SLIM_TITLE, (struct slim_text){title, strlen(title)});
    }
    return page != NULL;
}

static const struct slim_dir_pages *pages_of(const request_rec *r)
{
    const struct slim_dir *dir = slim_dir_config(r);

    return dir ? dir->pages : NULL;
}

static int has_header(const request_rec *r)
{
    const struct slim_dir_pages *pages = pages_of(r);

    return pages && pages->header == 1;
}

size_t slim_capture_page(char *record, size_t length, const request_rec *first, request_rec *last)
{
    const struct slim_dir_pages *pages = pages_of(first);
    struct slim_record_writer writer;

    slim_record_resume(&writer, record, length);
    if (pages && pages->sections) {
        put_sections(&writer, pages->sections);
    }
    int is_named = has_header(last) && put_names(&writer, last);
    if (!is_named && pages && pages->file == 1) {
        put_file(&writer, first, last);
    }
    return slim_record_end_again(&writer);
}

/* --- the answer's headers --- */

static void take_header(request_rec *r, const char *header, const char *note)
{
    const char *value = apr_table_get(r->headers_out, header);

    value = value ? value : apr_table_get(r->err_headers_out, header);
    if (value) {
        apr_table_setn(r->notes, note, value);
        apr_table_unset(r->headers_out, header);
        apr_table_unset(r->err_headers_out, header);
    }
}

static int is_own_host(request_rec *r, struct slim_text host)
{
    const char *name = apr_pstrmemdup(r->pool, host.at, host.length);

    return (r->hostname && strcasecmp(name, r->hostname) == 0)
           || (r->server->server_hostname && strcasecmp(name, r->server->server_hostname) == 0)
           || ap_matches_request_vhost(r, name, r->server->port);
}

/* A page of another site is none of this one. One that has no room would be cut, and be another
 * page. */
static int take_link(void *baton, const char *header, const char *value)
{
    request_rec *r = baton;
    struct slim_text address;
    struct slim_url url;

    (void)header;
    if (!slim_link_canonical((struct slim_text){value, strlen(value)}, &address)) {
        return 1;
    }
    int is_path =
        address.length > 0 && address.at[0] == '/' && (address.length < 2 || address.at[1] != '/');
    if (is_path || (slim_url_split(address, &url) && is_own_host(r, url.host))) {
        const char *path = is_path || url.path.length == 0 ? address.at : url.path.at;
        size_t length = (size_t)(address.at + address.length - path);
        if (length <= slim_field_ceiling[SLIM_PAGE_NAME] && *path == '/') {
            apr_table_setn(r->notes, NOTE_CANONICAL, apr_pstrmemdup(r->pool, path, length));
        }
    }
    return 0;
}

static apr_status_t take_headers(ap_filter_t *f, apr_bucket_brigade *brigade)
{
    request_rec *r = f->r;

    take_header(r, "SlimStats-Page", NOTE_HEADER_PAGE);
    take_header(r, "SlimStats-Title", NOTE_HEADER_TITLE);
    if (apr_table_do(take_link, r, r->headers_out, "Link", NULL)) {
        (void)apr_table_do(take_link, r, r->err_headers_out, "Link", NULL);
    }
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, brigade);
}

static void insert_filter(request_rec *r)
{
    if (has_header(r) && !r->main) {
        ap_add_output_filter("SLIMSTATS_PAGE", NULL, r, r->connection);
    }
}

/* httpd sorts its hooks once the configuration is read, and forgets them before the next. What
 * mod_headers sets is seen, too. */
void slim_page_filter_hook(void)
{
    static const char *const behind[] = {"mod_headers.c", NULL};
    const char *hooking = apr_hook_debug_current;

    apr_hook_debug_current = "mod_slimstats.c";
    ap_register_output_filter("SLIMSTATS_PAGE", take_headers, NULL, AP_FTYPE_CONTENT_SET);
    ap_hook_insert_filter(insert_filter, behind, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_insert_error_filter(insert_filter, behind, NULL, APR_HOOK_REALLY_LAST);
    apr_hook_debug_current = hooking;
}
