/* Which log is this, and how much of it is in the store already: told by bytes, never by name. */
#ifndef SLIM_LOG_IDENTITY_H
#define SLIM_LOG_IDENTITY_H

#include <apr_tables.h>

#include "log_source.h"
#include "store/store.h"

enum slim_log_identity {
    SLIM_LOG_NEW,
    SLIM_LOG_KNOWN,    /* it begins as one that was imported before */
    SLIM_LOG_SHORTER,  /* the same, but less than was imported: an older copy */
    SLIM_LOG_DIFFERENT /* it begins the same, and then goes on differently */
};

/* Looks source up among imports (struct slim_store_import) and goes to where the import left off.
 * *import is what is known of it; all zero when it is new. APR_EGENERAL when source cannot be
 * read. */
apr_status_t slim_log_identify(struct slim_log_source *source, const apr_array_header_t *imports,
                               enum slim_log_identity *identity,
                               struct slim_store_import *import) SLIM_MUST_CHECK;

/* Notes in import how far source was read. head: the log's first bytes, at least SLIM_LOG_KEPT
 * unless it is shorter. Once a log has a head it keeps it: it is its name in the store. */
void slim_log_identity_note(const struct slim_log_source *source, struct slim_text head,
                            struct slim_store_import *import);

#endif
