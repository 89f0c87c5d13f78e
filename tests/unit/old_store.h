/* Stores as older versions made them. */
#ifndef SLIM_OLD_STORE_H
#define SLIM_OLD_STORE_H

#include "made_hits.h"

/* As it was when a session was one visit of all its hits, from the first to the last. */
#define AGE                                                                                        \
    "create temp table old as select hit.id as hit, session.id as session from hit"                \
    " join visit on visit.id = hit.visit join session on session.visitor = visit.visitor"          \
    " and visit.began between session.began and session.ended;"                                    \
    "create index temp.old_of on old (hit);"                                                       \
    "update hit set shown = 0, visit = (select session from temp.old where hit = hit.id);"         \
    "create temp table was as select * from visit group by visitor;"                               \
    "delete from visit;"                                                                           \
    "insert into visit select session.id, session.visitor, session.began, session.ended,"          \
    " count(*), sum(hit.pageview), coalesce(min(case hit.pageview when 1 then hit.id end), 0),"    \
    " coalesce(max(case hit.pageview when 1 then hit.id end), 0), 0, 0, 0, 0, 0, 0, was.site,"     \
    " was.country, was.language, was.agent, was.robot, 0, was.place, was.network,"                 \
    " max(hit.marks & 1) | max(hit.marks & 2) | max(hit.marks & 4), sum(hit.kind = 2),"            \
    " session.began, session.ended, session.began, sum(hit.pageview)"                              \
    " from session join temp.was on was.visitor = session.visitor"                                 \
    " join hit on hit.visit = session.id group by session.id"

#define VISITS                                                                                     \
    "select visitor, began, ended, opened, closed, counted, acts, hits, pageviews, assets, marks," \
    " (select name from page where id = entry), (select name from page where id = exit), fresh"    \
    " from visit order by visitor, began, acts"
#define ROLLUPS                                                                                    \
    "select * from rollup where hits or visits or pageviews order by dimension, bucket, site,"     \
    " robot, key"
#define SETS "select * from visitors order by dimension, bucket, site, robot, key"

static inline void change(const char *path, const char *sql)
{
    sqlite3 *db;
    char *error = NULL;

    assert_int_equal(SQLITE_OK, sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL));
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK) {
        fail_msg("%s", error);
    }
    sqlite3_close(db);
}

static inline void rebuild(const char *path)
{
    struct slim_store_rebuilt rebuilt;
    struct slim_store *store = open_store(path);

    well(store, SQLITE->rebuild(store, NULL, &rebuilt));
    SQLITE->close(store);
}

/* Rollups are made while nobody sees that the visits are old. */
static inline void make_old(const char *path)
{
    change(path, AGE);
    rebuild(path);
    change(path, "update session set rules = 1, timeout = 0;"
                 "delete from store where key in ('rules', 'older_rules_until')");
}

/* As version 5 of the schema had it, after make_old; nobody knew then who runs the site. Views are
 * made anew by the steps that follow. */
#define FIFTH                                                                                      \
    "drop view hits; drop view visits; drop view daily; drop view slim_stats;"                     \
    "create view hits as select 1; create view visits as select 1;"                                \
    "create view daily as select 1; create view slim_stats as select 1;"                           \
    "drop index agent_of_names; alter table agent drop column hints;"                              \
    "drop index resource_of_names; alter table resource drop column address_page;"                 \
    "drop index hit_posted; delete from mark where id = 1024;"                                     \
    "delete from robot where id = 8; alter table rollup drop column unshown;"                      \
    "drop index hit_of_visit; drop table page_title; alter table hit drop column evidence;"        \
    "delete from rollup where dimension > 22; drop table import_account;"                          \
    "alter table import drop column number; drop table session; drop table stale_day;"             \
    "drop table past_visitor; drop index visit_by_time; drop index visit_long;"                    \
    "alter table visit drop column opened;"                                                        \
    "alter table visit drop column closed; alter table visit drop column counted;"                 \
    "alter table visit drop column acts; alter table hit drop column campaign;"                    \
    "drop index referer_of_names; alter table referer drop column page;"                           \
    "alter table hit drop column shown;"                                                           \
    "alter table hit drop column tls; drop table tls;"                                             \
    "alter table hit drop column server; drop table server;"                                       \
    "alter table agent drop column operator; drop table operator; drop table purpose;"             \
    "drop table assistant; drop index hit_of_ai; drop index hit_leak; drop index hit_false; drop table note;"                             \
    "delete from store where key in ('rules', 'older_rules_until'); pragma user_version = 5"

static inline void make_fifth(const char *path)
{
    make_old(path);
    change(path, FIFTH);
}

#endif
