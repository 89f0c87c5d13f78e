/* Putting a question's SQL together from files. The result is one of a closed set of texts. */
#include <stdio.h>
#include <string.h>

#include "sql.h"
#include "sqlite_reader.h"

static void append(struct composition *c, const char *text, size_t length)
{
    if (c->used + length < c->size) {
        memcpy(c->at + c->used, text, length);
        c->used += length;
        c->at[c->used] = '\0';
    }
}

void slim_compose_text(struct composition *c, const char *text)
{
    append(c, text, strlen(text));
}

/* :value0 is the first filter's value. */
static void append_filter(struct composition *c, int index)
{
    const struct slim_filter *filter = &c->query->filter[index];
    char file[64], match[96];

    snprintf(file, sizeof file, "sqlite/filter/%s.sql", filter->dimension);
    snprintf(match, sizeof match,
             filter->kind == SLIM_CONTAINS ? "instr(lower(name), lower(:value%d)) > 0"
                                           : "name = :value%d",
             index);
    const char *sql = slim_sql_body(file);
    const char *mark = strstr(sql, "{match}");
    if (!mark) {
        return;
    }
    slim_compose_text(c, filter->kind == SLIM_DIFFERS ? "not (" : "(");
    append(c, sql, (size_t)(mark - sql));
    slim_compose_text(c, match);
    slim_compose_text(c, mark + strlen("{match}"));
    slim_compose_text(c, ")");
}

static void append_filters(struct composition *c)
{
    for (int i = 0; i < c->query->filters; i++) {
        slim_compose_text(c, i > 0 ? " and " : "");
        append_filter(c, i);
    }
    slim_compose_text(c, c->query->filters == 0 ? "true" : "");
}

static void append_robots(struct composition *c)
{
    slim_compose_text(c, c->query->robots ? "true" : "hit.robot = 0");
}

static void append_visit_robots(struct composition *c)
{
    slim_compose_text(c, c->query->robots ? "true" : "visit.robot = 0");
}

/* What is the same for all hits of a visit (its agent is that of its first hit) is asked of the
 * visit: a row called hit has the columns that these filters' files speak of. */
static const char *const of_visits[] = {"site",     "robot",  "browser", "version",
                                        "platform", "source", "channel", "campaign",
                                        "entry",    "exit",   "visit",   "mark"};

static int asks_visits(const struct slim_query *query)
{
    int known = 0;

    for (int i = 0; i < query->filters; i++) {
        for (size_t k = 0; k < sizeof of_visits / sizeof of_visits[0]; k++) {
            known += strcmp(query->filter[i].dimension, of_visits[k]) == 0;
        }
    }
    return known == query->filters;
}

/* A visit is of those asked for when a hit of it is. */
static void append_visit_filters(struct composition *c)
{
    if (c->query->filters == 0) {
        slim_compose_text(c, "true");
        return;
    }
    if (asks_visits(c->query)) {
        slim_compose_text(c, "exists (select 1 from (select visit.id as visit, visit.site as site, "
                             "visit.robot as robot, visit.agent as agent) as hit where ");
        append_filters(c);
        slim_compose_text(c, ")");
        return;
    }
    slim_compose_text(c,
                      "visit.id in (select hit.visit from hit where hit.id >= :since and hit.id < "
                      ":until and ");
    append_robots(c);
    slim_compose_text(c, " and ");
    append_filters(c);
    slim_compose_text(c, ")");
}

static void append_class(struct composition *c)
{
    slim_compose_text(c, slim_class_sql(c->dimension->hit_class));
}

static void append_hit_key(struct composition *c)
{
    slim_compose_text(c, c->hit_key);
}

static void append_visit_key(struct composition *c)
{
    slim_compose_text(c, c->visit_key);
}

static void append_rollup_key(struct composition *c)
{
    slim_compose_text(c, c->rollup_key);
}

static void append_sums(struct composition *c)
{
    slim_compose_text(c, c->dimension->sums_visits ? "1" : "0");
}

static void append_visitor(struct composition *c)
{
    slim_compose_text(c, c->dimension->has_visitors && c->visitors != SLIM_NO_VISITORS
                             ? "case when hit.pageview then visit.visitor end"
                             : "null");
}

/* Of the keys that are shown alone. */
static void append_shown_hits(struct composition *c)
{
    if (c->visitors != SLIM_VISITORS_SHOWN) {
        slim_compose_text(c, "true");
        return;
    }
    slim_compose_text(c, c->hit_key);
    slim_compose_text(c, " in (select key from temp.shown)");
}

static void append_shown_robots(struct composition *c)
{
    slim_compose_text(c, c->query->robots ? "true" : "robot.id = 0");
}

static void append_visitors_kept(struct composition *c)
{
    slim_compose_text(c, c->dimension->has_visitors
                             ? "visitors_kept(visit.visitor) filter (where hit.pageview = 1)"
                             : "null");
}

static const struct {
    const char *name;
    void (*append)(struct composition *c);
} pieces[] = {
    {"{filters}", append_filters},
    {"{robots}", append_robots},
    {"{visit_filters}", append_visit_filters},
    {"{visit_robots}", append_visit_robots},
    {"{class}", append_class},
    {"{hit_key}", append_hit_key},
    {"{visit_key}", append_visit_key},
    {"{rollup_key}", append_rollup_key},
    {"{sums}", append_sums},
    {"{visitor}", append_visitor},
    {"{shown_hits}", append_shown_hits},
    {"{shown_robots}", append_shown_robots},
    {"{visitors_kept}", append_visitors_kept},
};

static void append_piece(struct composition *c, const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        if (strlen(pieces[i].name) == length && memcmp(pieces[i].name, name, length) == 0) {
            pieces[i].append(c);
        }
    }
}

void slim_compose_file(struct composition *c, const char *path)
{
    const char *sql = slim_sql_body(path);

    while (*sql) {
        size_t plain = strcspn(sql, "{");
        append(c, sql, plain);
        sql += plain;
        if (*sql) {
            size_t length = strcspn(sql, "}") + 1;
            append_piece(c, sql, length);
            sql += length;
        }
    }
}
