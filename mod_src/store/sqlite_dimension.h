/* The dimensions that hits and visits are counted by. Each is told twice, once for the writer,
 * which adds up rollups, and once for the reader, which may count rows: both in one line of one
 * table, so that the two ways give the same numbers. */
#ifndef SLIM_SQLITE_DIMENSION_H
#define SLIM_SQLITE_DIMENSION_H

#include <stddef.h>
#include <stdint.h>

#include "../core/visit.h"

/* Which hits a dimension counts: bits, as a hit has them. */
enum slim_hit_class {
    SLIM_CLASS_HIT = 1u << 0, /* every hit */
    SLIM_CLASS_PAGEVIEW = 1u << 1,
    SLIM_CLASS_DOWNLOAD = 1u << 2,
    SLIM_CLASS_NOTFOUND = 1u << 3, /* 404, 410 */
    SLIM_CLASS_ERROR = 1u << 4,    /* 400 and above */
    SLIM_CLASS_ROBOT = 1u << 5,
    SLIM_CLASS_REFERRED = 1u << 6, /* a page view from another site's page */
    SLIM_CLASS_SEARCHED = 1u << 7, /* a page view with an engine's search terms */
    SLIM_CLASS_LOCAL = 1u << 8,    /* a page view with the site's own search terms */
};

/* A hit as rollups see it: numbers of the dictionaries. */
struct slim_hit_numbers {
    unsigned classes;
    int64_t id, site, method, language, country, referer, source, searchterms, resource, page,
        agent, browser, platform, place, network, campaign, visit, visitor, robot, kind, status,
        bytes, marks;
    int internal; /* its referer is a page of its own site */
};

struct slim_dimension {
    int number; /* in the store's tables; never given to another */
    const char *name;
    int64_t unit;     /* seconds of a bucket */
    int has_visitors; /* sets of visitors are kept */
    int is_large;     /* has so many keys that visitors are counted only for those shown */

    /* Hits: NULL, or how its key is made, and of which it is. */
    int64_t (*hit_key)(const struct slim_hit_numbers *hit);
    unsigned hit_class;
    const char *hit_sql; /* the same, over tables hit and resource */

    /* Visits: likewise. sums_visits: the hits and page views counted are those of the visits. */
    int64_t (*visit_key)(const struct slim_visit *visit);
    const char *visit_sql; /* over the table visit */
    int sums_visits;
};

/* Ends with number 0. */
extern const struct slim_dimension slim_dimension_table[];

#define SLIM_DIMENSIONS_MAX 32

const struct slim_dimension *slim_dimension_find(const char *name);

/* The condition of a class over the tables hit and resource. */
const char *slim_class_sql(unsigned hit_class);

#endif
