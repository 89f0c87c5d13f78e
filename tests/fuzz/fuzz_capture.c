/* A request as capture meets it: parts of it are missing, and texts are any bytes. The record is
 * one that the recorder reads, within its room. The input: three bytes of what there is, numbers,
 * then texts, each behind its length (255: there is none). */
#include "fuzz.h"

#include "core/record.h"
#include "httpd/capture.h"

#include <apr_escape.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <http_vhost.h>
#include <util_filter.h>

module AP_MODULE_DECLARE_DATA slimstats_module = {.module_index = 0};

/* What httpd would do: a scheme, and nothing for filters, which no request meets here. */
static int is_https;

const char *ap_run_http_scheme(const request_rec *r)
{
    (void)r;
    return is_https ? "https" : "http";
}

ap_filter_t *ap_add_output_filter(const char *name, void *context, request_rec *r, conn_rec *c)
{
    (void)name, (void)context, (void)r, (void)c;
    return NULL;
}

ap_filter_rec_t *ap_register_output_filter(const char *name, ap_out_filter_func filter,
                                           ap_init_filter_func init, ap_filter_type type)
{
    (void)name, (void)filter, (void)init, (void)type;
    return NULL;
}

void ap_remove_output_filter(ap_filter_t *filter)
{
    (void)filter;
}

apr_status_t ap_pass_brigade(ap_filter_t *filter, apr_bucket_brigade *brigade)
{
    (void)filter, (void)brigade;
    return APR_SUCCESS;
}

void ap_hook_insert_filter(ap_HOOK_insert_filter_t *hook, const char *const *before,
                           const char *const *after, int order)
{
    (void)hook, (void)before, (void)after, (void)order;
}

void ap_hook_insert_error_filter(ap_HOOK_insert_error_filter_t *hook, const char *const *before,
                                 const char *const *after, int order)
{
    (void)hook, (void)before, (void)after, (void)order;
}

int ap_matches_request_vhost(request_rec *r, const char *host, apr_port_t port)
{
    (void)r, (void)host, (void)port;
    return 0;
}

const char *ap_context_document_root(request_rec *r)
{
    return r->proto_num & 1 ? "/srv/www/" : r->proto_num & 2 ? "/srv/www" : NULL;
}

const char *ap_context_prefix(request_rec *r)
{
    return r->proto_num & 4 ? "/alias" : "";
}

int ap_find_token(apr_pool_t *p, const char *line, const char *token)
{
    (void)p;
    return line && strstr(line, token) != NULL;
}

char *ap_os_escape_path(apr_pool_t *p, const char *path, int partial)
{
    (void)partial;
    return apr_pstrdup(p, apr_pescape_urlencoded(p, path));
}

/* --- the input --- */

struct input {
    const uint8_t *at;
    size_t left;
    apr_pool_t *pool;
    char *made[64]; /* texts, each in memory of its own length, so that a byte behind is seen */
    int count;
};

static unsigned take_byte(struct input *in)
{
    if (in->left == 0) {
        return 0;
    }
    in->left--;
    return *in->at++;
}

static unsigned take_word(struct input *in)
{
    unsigned low = take_byte(in);

    return low | take_byte(in) << 8;
}

/* NULL: there is none. Long ones are repeated, so that few bytes make many. */
static char *take_text(struct input *in)
{
    unsigned length = take_byte(in), times = length & 128 ? 40 : 1;

    if (length == 255 || in->count == (int)(sizeof in->made / sizeof in->made[0])) {
        return NULL;
    }
    length &= 127;
    length = length > in->left ? (unsigned)in->left : length;
    char *text = malloc((size_t)length * times + 1);
    CHECK(text);
    for (unsigned i = 0; i < times; i++) {
        memcpy(text + (size_t)i * length, in->at, length);
    }
    text[(size_t)length * times] = '\0';
    in->at += length;
    in->left -= length;
    in->made[in->count++] = text;
    return text;
}

static const char *text_or(struct input *in, const char *otherwise)
{
    const char *text = take_text(in);

    return text ? text : otherwise;
}

/* As httpd's tables: a key and a value there always are. */
static apr_table_t *take_table(struct input *in, const char *const *names, unsigned number)
{
    apr_table_t *table = apr_table_make(in->pool, 4);

    for (unsigned n = take_byte(in) % 24; n > 0; n--) {
        unsigned which = take_byte(in);
        const char *name = which < number ? names[which] : text_or(in, "");
        apr_table_addn(table, name, text_or(in, ""));
    }
    return table;
}

#define NAMES(array) array, (unsigned)(sizeof(array) / sizeof(array)[0])

static const char *const asked[] = {"User-Agent",
                                    "Referer",
                                    "Accept",
                                    "Accept-Language",
                                    "DNT",
                                    "Sec-GPC",
                                    "X-Moz",
                                    "Purpose",
                                    "Sec-Purpose",
                                    "X-Purpose",
                                    "X-Sec-Purpose",
                                    "Sec-CH-UA",
                                    "Sec-CH-UA-Mobile",
                                    "Sec-CH-UA-Platform",
                                    "Sec-CH-UA-Platform-Version",
                                    "Sec-CH-UA-Full-Version-List",
                                    "Sec-CH-UA-Model",
                                    "Sec-Fetch-Site",
                                    "Sec-Fetch-Mode",
                                    "Sec-Fetch-Dest",
                                    "HX-Boosted",
                                    "Turbo-Frame",
                                    "X-Turbo-Request-Id",
                                    "X-Requested-With",
                                    "Range",
                                    "Host"};
static const char *const answered[] = {"Content-Range", "Content-Disposition", "Content-Type",
                                       "Vary"};
static const char *const noted[] = {"slimstats-page", "slimstats-title", "slimstats-header-page",
                                    "slimstats-header-title", "slimstats-canonical"};

static apr_sockaddr_t *take_address(struct input *in, unsigned kind)
{
    apr_sockaddr_t *address = apr_pcalloc(in->pool, sizeof *address);

    address->family = kind & 1 ? APR_INET6 : APR_INET;
    address->ipaddr_len = kind & 1 ? 16 : 4;
    unsigned char *bytes = apr_pcalloc(in->pool, 16);
    for (int i = 0; i < address->ipaddr_len; i++) {
        bytes[i] = (unsigned char)take_byte(in);
    }
    address->ipaddr_ptr = kind & 2 ? NULL : bytes;
    return kind & 4 ? NULL : address;
}

/* --- the request --- */

static server_rec *make_server(struct input *in, unsigned bits)
{
    static struct slim_server conf;
    static struct slim_dir_pages pages;
    static struct slim_dir dir;
    static void *of_server[1], *of_dir[1];
    server_rec *server = apr_pcalloc(in->pool, sizeof *server);
    const char *site = text_or(in, "");

    memset(&conf, 0, sizeof conf);
    conf.site_is_host = bits & 1;
    conf.site_text = (struct slim_text){site, strlen(site)};
    conf.rules.address = (enum slim_address_kept)(bits >> 1 & 3) % 3;
    conf.rules.respected = bits & 8 ? SLIM_HIT_DNT | SLIM_HIT_GPC : 0;
    conf.rules.query.mode = (enum slim_query_mode)(bits >> 4 & 3) % 3;
    conf.rules.query.keys = "a page q";
    conf.rules.query.search = bits & 64 ? "q s" : "";
    pages.header = bits & 128 ? 1 : SLIM_UNSET;
    pages.file = bits & 512 ? 1 : 0;
    pages.sections = apr_array_make(in->pool, 1, sizeof(uint32_t));
    for (unsigned n = take_byte(in) % 80; n > 0; n--) {
        APR_ARRAY_PUSH(pages.sections, uint32_t) = n * 77777;
    }
    dir.pages = bits & 256 ? NULL : &pages;
    of_server[0] = &conf;
    of_dir[0] = &dir;
    server->module_config = (ap_conf_vector_t *)of_server;
    server->lookup_defaults = (ap_conf_vector_t *)of_dir;
    return server;
}

static request_rec *make_request(struct input *in, server_rec *server, conn_rec *connection,
                                 unsigned bits)
{
    request_rec *r = apr_pcalloc(in->pool, sizeof *r);

    r->pool = in->pool;
    r->server = server;
    r->connection = connection;
    r->per_dir_config = server->lookup_defaults;
    r->the_request = take_text(in);
    r->method = take_text(in);
    r->unparsed_uri = take_text(in);
    r->uri = take_text(in);
    r->hostname = take_text(in);
    r->content_type = take_text(in);
    r->filename = apr_pstrcat(in->pool, "/srv/www", text_or(in, ""), NULL);
    r->finfo.filetype = bits & 16 ? APR_REG : APR_NOFILE;
    r->headers_in = take_table(in, NAMES(asked));
    r->headers_out = take_table(in, NAMES(answered));
    r->err_headers_out = apr_table_make(in->pool, 1);
    r->notes = take_table(in, NAMES(noted));
    r->subprocess_env = take_table(in, NAMES(noted));
    r->useragent_addr = take_address(in, bits);
    r->status = (int)take_word(in) - 100;
    r->proto_num = (int)take_word(in) - 100;
    r->request_time = (apr_time_t)take_word(in) * (bits & 8 ? -1000000 : 1000000);
    return r;
}

static void check_record(const char *record, size_t length)
{
    struct slim_hit hit;

    CHECK(length > 0 && length <= SLIM_RECORD_MAX);
    CHECK(slim_record_decode(record, length, &hit) == APR_SUCCESS);
    for (unsigned i = 0; i < SLIM_FIELDS; i++) {
        CHECK(hit.field[i].length <= slim_field_ceiling[i]);
    }
    CHECK(hit.address_length == 0 || hit.address_length == 4 || hit.address_length == 16);
}

static void capture(struct input *in)
{
    unsigned first_bits = take_byte(in), last_bits = take_byte(in), conf_bits = take_word(in);
    char *record = malloc(SLIM_RECORD_MAX);
    void *of_connection[1] = {take_text(in)}; /* the version of TLS */
    conn_rec connection = {.aborted = last_bits >> 4 & 1,
                           .conn_config = (ap_conf_vector_t *)of_connection};
    server_rec *server = make_server(in, conf_bits);
    request_rec *first = make_request(in, server, &connection, first_bits), *last = first;

    CHECK(record);
    if (last_bits & 32) {
        last = make_request(in, server, &connection, last_bits);
        last->prev = first;
        first->next = last;
    }
    is_https = last_bits >> 6 & 1;
    size_t length = slim_capture_write(record, last_bits & 128 ? last : first, first, last,
                                       take_word(in), (apr_time_t)take_word(in) * 1000000);
    check_record(record, length);
    length = slim_capture_page(record, length, first, last);
    check_record(record, length);
    slim_record_add_flags(record, SLIM_HIT_OWN);
    check_record(record, length);
    free(record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {.at = data, .left = size};

    CHECK(apr_pool_create(&in.pool, fuzz_pool()) == APR_SUCCESS);
    capture(&in);
    apr_pool_destroy(in.pool);
    for (int i = 0; i < in.count; i++) {
        free(in.made[i]);
    }
    return 0;
}
