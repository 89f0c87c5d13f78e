/* The lines of an archive, in the order in which another store handed them out. */
#include <string.h>

#include "archive_row.h"
#include "import.h"
#include "log_format.h"

struct archive_reader {
    struct slim_import_reader base;
    struct slim_log_source *source;
    struct slim_archive archive;
    struct slim_archive_record record;
    char scratch[SLIM_LOG_LINE_MAX];
};

static int is_end(struct slim_text line)
{
    static const char end[] = "#end";

    return line.length >= sizeof end - 1 && memcmp(line.at, end, sizeof end - 1) == 0;
}

/* The next line that says something. */
static apr_status_t next_line(struct archive_reader *r, struct slim_log_line *line)
{
    apr_status_t rv;

    while ((rv = slim_log_source_line(r->source, SLIM_LOG_LINE_MAX, line)) == APR_SUCCESS
           && line->text.at && *line->text.at == '#') {
        r->base.is_cut = r->base.is_cut && !is_end(line->text);
    }
    return rv;
}

static apr_status_t next_row(struct slim_import_reader *base, struct slim_import_row *row)
{
    struct archive_reader *r = (struct archive_reader *)base;
    struct slim_log_line line;
    apr_status_t rv = next_line(r, &line);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    r->base.is_cut = 1;
    row->number = line.number;
    row->text = line.text;
    row->column = 0;
    row->record = &r->record;
    row->reason = line.text.at ? slim_archive_read(&r->archive, line.text, r->scratch, &r->record)
                               : "a line of more than 64 KiB";
    return APR_SUCCESS;
}

const char *slim_archive_reader_make(struct slim_log_source *source, struct slim_text head,
                                     struct slim_import_reader **reader, apr_pool_t *pool)
{
    struct archive_reader *r = apr_pcalloc(pool, sizeof *r);

    r->base.next = next_row;
    r->base.at_boundary = 1;
    r->source = source;
    *reader = &r->base;
    return slim_archive_begin(&r->archive, head);
}
