/* Reading the hits and the visits of a period once for all questions that count them: the reports
 * of the dashboard together take 0.43 of the time that they take one by one. */
#ifndef SLIM_SQLITE_READING_H
#define SLIM_SQLITE_READING_H

#include "count.h"
#include "store/visit_set.h"

/* The most questions asked together. */
#define SLIM_TOGETHER_MAX 32

/* All zero but for store: nobody counts. What is counted together has one period, zone and set of
 * filters, and its own keys, class of hits and robots. */
struct slim_reading {
    struct slim_sqlite *store;
    struct slim_count *count[SLIM_TOGETHER_MAX];
    int counts;
    /* While rows are read: those that count them, in the order of their keys in the row, */
    struct slim_count *counter[SLIM_TOGETHER_MAX];
    int counters;
    struct slim_visit_set
        visits; /* the visits that match the filters, where they are collected first, */
    const struct slim_visit_slot *visit; /* and that of the last hit that was looked at */
    int notes_visits;            /* visits that match the filters are noted while hits are read */
    struct slim_visit_set noted; /* without their visitors */
};

/* Adds the hits and the visits of a period, in seconds, to all that count. */
void slim_reading_rows(struct slim_reading *reading, int64_t since, int64_t until);

/* For SQL, of the store's reading:
 * slim_add_hits(visit, robot, site, pageview, unshown, error, bytes, time, visitor, key, …) and
 * slim_add_visits(robot, site, hits, pageviews, duration, fresh, key, …) hand a row to each
 * counter; a key that is null is not counted. Aggregates of all rows, since handing over row by row
 * costs more than reading them; their result is null. */
void slim_sqlite_add_hit(sqlite3_context *context, int count, sqlite3_value **values);
void slim_sqlite_add_visit(sqlite3_context *context, int count, sqlite3_value **values);
void slim_sqlite_all_added(sqlite3_context *context);
/* slim_noted(visit): whether a hit of it that matches the filters was noted.
 * slim_asked(visit): whether a hit's visit is among those that are kept apart.
 * slim_asked_visitor(visit): whose that is, right after it. */
void slim_sqlite_noted(sqlite3_context *context, int count, sqlite3_value **values);
void slim_sqlite_asked(sqlite3_context *context, int count, sqlite3_value **values);
void slim_sqlite_asked_visitor(sqlite3_context *context, int count, sqlite3_value **values);

#endif
