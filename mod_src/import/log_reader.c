/* Access logs as rows. */
#include <string.h>

#include "import.h"
#include "log_format.h"

struct log_reader {
    struct slim_import_reader base;
    struct slim_log_source *source;
    struct slim_log_format *format;
    const struct slim_settings *settings;
    struct slim_text site;
    char scratch[3 * SLIM_LOG_LINE_MAX];
};

/* The site that a host belongs to, as the server would have it. */
static struct slim_text site_of(const struct log_reader *r, struct slim_text named)
{
    const char *site = slim_site_names_find(r->settings->hosts, named);

    return named.length == 0 ? r->site : site ? slim_text_of(site) : named;
}

/* The text of a line, without what says how it is written. */
static struct slim_text bare_line(const struct slim_log_line *line)
{
    struct slim_text text = line->text;
    size_t mark = line->number == 1 ? slim_log_mark_length(text.at, text.length) : 0;

    text.at += mark;
    text.length -= mark;
    text.length -= text.length > 0 && text.at[text.length - 1] == '\r';
    return text;
}

/* Reads a line; 0: it is a remark. */
static int read_line(struct log_reader *r, const struct slim_log_line *line,
                     struct slim_import_row *row)
{
    struct slim_text text = bare_line(line);
    struct slim_log_error error;
    struct slim_log_said said;

    row->reason = NULL;
    if (slim_log_format_parse(r->format, text.at, text.length, r->scratch, &row->hit, &said,
                              &error)) {
        row->client = said.client;
        row->hit.field[SLIM_SITE] = site_of(r, row->hit.field[SLIM_SITE]);
        if (!slim_log_format_has_agents(r->format)) {
            row->hit.field[SLIM_AGENT] = slim_text_of(SLIM_AGENT_NOT_LOGGED);
        }
        return 1;
    }
    row->reason = error.reason;
    row->column = error.column + (size_t)(text.at - line->text.at);
    return error.reason != NULL;
}

static apr_status_t next_line(struct slim_import_reader *base, struct slim_import_row *row)
{
    struct log_reader *r = (struct log_reader *)base;
    struct slim_log_line line;

    do {
        apr_status_t rv = slim_log_source_line(r->source, SLIM_LOG_LINE_MAX, &line);
        if (rv != APR_SUCCESS) {
            return rv;
        }
        row->number = line.number;
        row->text = line.text;
        if (!line.text.at) {
            row->reason = "a line of more than 64 KiB";
            row->column = 0;
            return APR_SUCCESS;
        }
    } while (!read_line(r, &line, row));
    return APR_SUCCESS;
}

struct slim_import_reader *slim_log_reader_make(struct slim_log_source *source,
                                                struct slim_log_format *format,
                                                const struct slim_settings *settings,
                                                const char *site, apr_pool_t *pool)
{
    struct log_reader *r = apr_pcalloc(pool, sizeof *r);

    r->base.next = next_line;
    r->base.at_boundary = 1;
    r->base.is_log = 1;
    r->base.has_all_bytes = slim_log_format_has_all_bytes(format);
    r->source = source;
    r->format = format;
    r->settings = settings;
    r->site = (struct slim_text){site, strlen(site)};
    return &r->base;
}
