/* What SQLite's result codes mean to us, and the words for them. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "connection.h"

enum slim_state slim_sqlite_state_of_errno(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT: return SLIM_STATE_STORE_FULL;
    case EACCES:
    case EPERM:
    case EROFS: return SLIM_STATE_STORE_READONLY;
    default: return SLIM_STATE_STORE_IO;
    }
}

static enum slim_state state_of(int code, int error)
{
    if (code == SQLITE_READONLY_DBMOVED) {
        return SLIM_STATE_STORE_MOVED;
    }
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_AUTH:
    case SQLITE_PERM: return SLIM_STATE_STORE_DENIED;
    case SQLITE_READONLY: return SLIM_STATE_STORE_READONLY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT: return SLIM_STATE_STORE_BUSY;
    case SQLITE_FULL: return SLIM_STATE_STORE_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_ERROR:
    case SQLITE_SCHEMA: return SLIM_STATE_STORE_CORRUPT;
    default: return slim_sqlite_state_of_errno(error);
    }
}

/* Codes that a statement's values bring about; what a trigger says is about the store. */
static int is_of_row(int code)
{
    return ((code & 0xff) == SQLITE_CONSTRAINT && code != SQLITE_CONSTRAINT_TRIGGER)
           || (code & 0xff) == SQLITE_MISMATCH || (code & 0xff) == SQLITE_TOOBIG;
}

apr_status_t slim_sqlite_failed(struct slim_sqlite *store, const char *doing)
{
    struct slim_store_error *error = &store->base.error;

    error->code = store->db ? sqlite3_extended_errcode(store->db) : SQLITE_NOMEM;
    error->state = state_of(error->code, store->db ? sqlite3_system_errno(store->db) : ENOMEM);
    error->is_of_row = is_of_row(error->code);
    /* SQLite's own text may hold SQL, or what a trigger says: only the code's fixed text is shown.
     */
    snprintf(error->what, sizeof error->what, "cannot %s %s: %s (SQLite %d)", doing, store->path,
             sqlite3_errstr(error->code), error->code);
    return SLIM_ESTORE;
}

apr_status_t slim_sqlite_refused(struct slim_sqlite *store, enum slim_state state, int code,
                                 const char *format, ...)
{
    va_list args;

    store->base.error.state = state;
    store->base.error.code = code;
    store->base.error.is_of_row = 0;
    va_start(args, format);
    vsnprintf(store->base.error.what, sizeof store->base.error.what, format, args);
    va_end(args);
    return SLIM_ESTORE;
}
