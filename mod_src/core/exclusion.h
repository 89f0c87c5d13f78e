/* What a site leaves out, as far as it is known outside of a request: SlimStatsExclude, SlimStats
 * Off and the statistics' own pages, each with the section of the configuration that it stands in;
 * and what is of those who run it, SlimStatsOwn. */
#ifndef SLIM_EXCLUSION_H
#define SLIM_EXCLUSION_H

#include <apr_tables.h>

#include "hit_rule.h"

/* Why a line of a log is not a hit: enum slim_excluded, and these. */
enum slim_not_imported {
    SLIM_NOT_IMPORTED_OFF = SLIM_EXCLUDED_REASONS, /* SlimStats Off where it was asked for */
    SLIM_NOT_IMPORTED_PERIOD,                      /* not within --since and --until */
    SLIM_NOT_IMPORTED_EARLIER, /* left out or removed before there was an account of it */
    SLIM_NOT_IMPORTED_REASONS
};

/* "off", "agent"; never NULL. */
const char *slim_not_imported_name(unsigned reason);

enum slim_exclusion_kind {
    SLIM_EXCLUSION_RULE,
    SLIM_EXCLUSION_OFF,
    SLIM_EXCLUSION_ON,
    SLIM_EXCLUSION_DASHBOARD,
    SLIM_EXCLUSION_HANDLER, /* another one than the dashboard's */
    SLIM_EXCLUSION_UNKNOWN  /* a log cannot tell: it asks for what a request alone knows, or stands
                               in a section of files */
};

struct slim_exclusion {
    const char
        *section;     /* "": the whole site; "/path" or "/path*" of a Location; "<Directory /x>" */
    const char *text; /* "ip=192.0.2.7", "off" */
    enum slim_exclusion_kind kind;
    int is_own;                /* it leaves nothing out: what it fits is own; the caller's */
    struct slim_hit_rule rule; /* of SLIM_EXCLUSION_RULE */
};

/* Reads "SECTION<TAB>TEXT"; texts point into a copy in pool. SLIM_EBADSETTING: not understood. */
apr_status_t slim_exclusion_parse(const char *text, struct slim_exclusion *exclusion,
                                  apr_pool_t *pool) SLIM_MUST_CHECK;

/* Whether exclusions (struct slim_exclusion, in the order of the configuration; NULL: none) leave
 * out a hit; *reason: why, enum slim_not_imported; *own: whether it is own. The hit has its whole
 * address. */
int slim_exclusion_find(const apr_array_header_t *exclusions, const struct slim_stored_hit *hit,
                        unsigned *reason, int *own);

/* Whether two lists are the same. */
int slim_exclusions_are_equal(const apr_array_header_t *a, const apr_array_header_t *b);

#endif
