/* What the parts of the check share. */
#ifndef SLIM_SQLITE_CHECK_H
#define SLIM_SQLITE_CHECK_H

#include "maintain.h"

struct slim_checking {
    struct slim_recount recount;
    struct slim_sqlite *store;
    const struct slim_store_progress *progress;
    struct slim_store_checked *checked;
};

/* Counts a difference and reports it. */
void slim_check_found(struct slim_checking *checking, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Divides each session's hits into visits once more (check_session.c). */
void slim_check_sessions(struct slim_checking *checking);

#endif
