/* Old logs, and archives of other stores, into the store: each line once, however often it is
 * read. */
#ifndef SLIM_IMPORT_H
#define SLIM_IMPORT_H

#include "core/import_account.h"
#include "enrich/enrich.h"
#include "log_format.h"
#include "log_identity.h"
#include "store/store.h"

struct slim_archive_record;

/* One line of an access log or an archive, or one row of a dump. */
struct slim_import_row {
    struct slim_hit hit;
    uint64_t number;         /* its line, from 1 */
    struct slim_text text;   /* as it stands there; at is NULL when it was too long to be kept */
    const char *reason;      /* why it cannot be used; NULL: hit is filled */
    size_t column;           /* where; 0: the row as a whole */
    struct slim_text client; /* a host's name, where the hit has no address */
    struct slim_archive_record *record; /* of an archive: all that it says, in place of hit and
                                           client; NULL: of a log or a dump */
};

/* What turns a source into rows. */
struct slim_import_reader {
    /* The next row, valid until the next call; as slim_log_source_line at the end. */
    apr_status_t (*next)(struct slim_import_reader *reader, struct slim_import_row *row);
    /* Puts what the row itself says in place of what was derived; NULL: nothing. */
    void (*refine)(struct slim_import_reader *reader, struct slim_facts *facts);
    int at_boundary;   /* reading could begin here */
    int is_log;        /* its rows are requests as a server wrote them down */
    int has_all_bytes; /* with the bytes that went over the network */
    int is_cut;        /* of an archive: its last line was not read yet */
};

/* Reads the lines of an access log. site: of hits whose line names none. settings: which hosts are
 * of which site. Format, settings and source are kept by reference. */
struct slim_import_reader *slim_log_reader_make(struct slim_log_source *source,
                                                struct slim_log_format *format,
                                                const struct slim_settings *settings,
                                                const char *site, apr_pool_t *pool);

/* Reads the rows of a wp_slim_stats table, a SQL dump or CSV, by its first bytes. data: directory
 * of slim_ids.tsv and robots.tsv. Fails when these cannot be read. */
apr_status_t slim_dump_reader_make(struct slim_log_source *source, struct slim_text head,
                                   const char *site, const char *data,
                                   struct slim_import_reader **reader,
                                   apr_pool_t *pool) SLIM_MUST_CHECK;

/* Reads the lines of an archive (archive_row.h). NULL, or why it cannot. */
const char *slim_archive_reader_make(struct slim_log_source *source, struct slim_text head,
                                     struct slim_import_reader **reader, apr_pool_t *pool);

struct slim_import {
    const struct slim_store_engine *engine;
    struct slim_store *store; /* open for writing */
    struct slim_enrich *enrich;
    const struct slim_settings *settings; /* whose rules the hits follow, site by site */
    const char *server;       /* of hits of an archive that has none for them; NULL: none */
    int again;                /* import whatever is known of it, and of days without rows, too */
    int64_t since_s, until_s; /* only hits from the first to before the second */
    void (*on_reject)(void *data, const struct slim_import_row *row);
    void (*on_batch)(void *data, const struct slim_log_source *source);
    void *data;
};

struct slim_import_result {
    struct slim_import_account account; /* of this log, now */
    int is_older;                       /* less than what is in the store: nothing is to be done */
    uint64_t unfinished;     /* bytes of a last line without end, left for the next time */
    int64_t first_s, last_s; /* of the hits stored now */
    char error[640];         /* what stopped it: "the store failed: …" */
};

/* Finds out how much of the log is known, and goes there: to be called before anything else is
 * read. result->is_older: nothing of it is new, slim_import_run is not to be called. APR_EGENERAL
 * and result->error when the log cannot be read, or is not the one it begins as. */
apr_status_t slim_import_resume(const struct slim_import *import, struct slim_log_source *source,
                                struct slim_store_import *known,
                                struct slim_import_result *result) SLIM_MUST_CHECK;

/* Stores what reader gives, in batches; the position goes into the same transactions. known is what
 * slim_import_resume gave, its name set; head as slim_log_identity_note. What was committed before
 * a failure stays, and is not read again the next time. */
apr_status_t slim_import_run(const struct slim_import *import, struct slim_log_source *source,
                             struct slim_import_reader *reader, struct slim_text head,
                             struct slim_store_import *known,
                             struct slim_import_result *result) SLIM_MUST_CHECK;

#endif
