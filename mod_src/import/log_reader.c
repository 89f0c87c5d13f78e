/* Access logs as rows. */
#include <string.h>

#include "import.h"

struct log_reader {
    struct slim_import_reader base;
    struct slim_log_source *source;
    struct slim_log_format *format;
    struct slim_text site;
    char scratch[2 * SLIM_LOG_LINE_MAX];
};

static apr_status_t next_line(struct slim_import_reader *base, struct slim_import_row *row)
{
    struct log_reader *r = (struct log_reader *)base;
    struct slim_log_line line;
    struct slim_log_error error;
    apr_status_t rv = slim_log_source_line(r->source, SLIM_LOG_LINE_MAX, &line);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    row->number = line.number;
    row->text = line.text;
    row->reason = NULL;
    if (!line.text.at) {
        row->reason = "a line of more than 64 KiB";
        row->column = 0;
        return APR_SUCCESS;
    }
    size_t length = line.text.length;
    length -= length > 0 && line.text.at[length - 1] == '\r';
    if (!slim_log_format_parse(r->format, line.text.at, length, r->scratch, &row->hit, &error)) {
        row->reason = error.reason;
        row->column = error.column;
    } else if (row->hit.field[SLIM_SITE].length == 0) {
        row->hit.field[SLIM_SITE] = r->site;
    }
    return APR_SUCCESS;
}

struct slim_import_reader *slim_log_reader_make(struct slim_log_source *source,
                                                struct slim_log_format *format, const char *site,
                                                apr_pool_t *pool)
{
    struct log_reader *r = apr_pcalloc(pool, sizeof *r);

    r->base.next = next_line;
    r->base.at_boundary = 1;
    r->source = source;
    r->format = format;
    r->site = (struct slim_text){site, strlen(site)};
    return &r->base;
}
