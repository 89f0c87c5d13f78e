/* Putting a question's SQL together from files. The result is one of a closed set of texts. */
#include <stdio.h>
#include <string.h>

#include "../report/filter_table.h"
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
static void append_condition(struct composition *c, int index, const char *folder)
{
    const struct slim_filter *filter = &c->query->filter[index];
    char file[64], match[96];

    snprintf(file, sizeof file, "sqlite/%s/%s.sql", folder, filter->dimension);
    snprintf(match, sizeof match,
             filter->kind == SLIM_CONTAINS ? "instr(lower(name), lower(:value%d)) > 0"
                                           : "name = :value%d",
             index);
    const char *sql = slim_sql_body(file);
    const char *mark = strstr(sql, "{match}");
    if (mark) {
        append(c, sql, (size_t)(mark - sql));
        slim_compose_text(c, match);
        slim_compose_text(c, mark + strlen("{match}"));
    }
}

static const struct slim_filter_type *type_of(const struct slim_filter *filter)
{
    return slim_filter_type_find(filter->dimension, strlen(filter->dimension));
}

static int is_of_visits(const struct slim_filter *filter)
{
    return type_of(filter)->of == SLIM_OF_VISIT;
}

/* Of a hit; with of_visit, of a visit that a row called hit was made of. No visit of a hit of the
 * period ended before it. */
static void append_filter(struct composition *c, int index, int of_visit)
{
    const struct slim_filter *filter = &c->query->filter[index];

    slim_compose_text(c, filter->kind == SLIM_DIFFERS ? "not (" : "(");
    if (!is_of_visits(filter)) {
        append_condition(c, index, "filter");
    } else if (of_visit) {
        append_condition(c, index, "visit_filter");
    } else {
        slim_compose_text(c, "hit.visit in (select visit.id from visit where visit.ended >= "
                             ":since >> 24 and ");
        append_condition(c, index, "visit_filter");
        slim_compose_text(c, ")");
    }
    slim_compose_text(c, ")");
}

static void append_all_filters(struct composition *c, int of_visit)
{
    for (int i = 0; i < c->query->filters; i++) {
        slim_compose_text(c, i > 0 ? " and " : "");
        append_filter(c, i, of_visit);
    }
    slim_compose_text(c, c->query->filters == 0 ? "true" : "");
}

/* Those of visits, or the others. */
static void append_some_filters(struct composition *c, int of_visits)
{
    slim_compose_text(c, "true");
    for (int i = 0; i < c->query->filters; i++) {
        if (is_of_visits(&c->query->filter[i]) == of_visits) {
            slim_compose_text(c, " and ");
            append_filter(c, i, of_visits);
        }
    }
}

static void append_own_filters(struct composition *c)
{
    if (c->visits_apart) {
        append_some_filters(c, 0);
        slim_compose_text(c, " and slim_asked(hit.visit)");
    } else {
        append_all_filters(c, 0);
    }
}

static void append_of_visits(struct composition *c)
{
    append_some_filters(c, 1);
}

void slim_compose_visits_apart(struct composition *c)
{
    c->takes_visitless = 1;
    for (int i = 0; i < c->query->filters; i++) {
        if (is_of_visits(&c->query->filter[i])) {
            c->visits_apart = 1;
            c->takes_visitless &= c->query->filter[i].kind == SLIM_DIFFERS;
        }
    }
}

static void append_filters(struct composition *c)
{
    append_all_filters(c, 0);
}

/* --- those that read the same rows --- */

static int parts(const struct composition *c)
{
    return c->together ? c->together_count : 1;
}

static const struct composition *part(const struct composition *c, int index)
{
    return c->together ? c->together[index] : c;
}

static int any_asks_robots(const struct composition *c)
{
    int any = 0;

    for (int i = 0; i < parts(c); i++) {
        any |= part(c, i)->robots;
    }
    return any;
}

/* The class of hits that all of them count. */
static unsigned common_class(const struct composition *c)
{
    unsigned first = part(c, 0)->dimension->hit_class;

    for (int i = 1; i < parts(c); i++) {
        if (part(c, i)->dimension->hit_class != first) {
            return SLIM_CLASS_HIT;
        }
    }
    return first;
}

static void append_robots(struct composition *c)
{
    slim_compose_text(c, any_asks_robots(c) ? "true" : "hit.robot = 0");
}

static void append_visit_robots(struct composition *c)
{
    slim_compose_text(c, any_asks_robots(c) ? "true" : "visit.robot = 0");
}

/* Null for rows that others count and this one does not. */
static void append_key(struct composition *c, const char *key, const char *class,
                       const char *without_robots)
{
    slim_compose_text(c, ",\n  ");
    if (!class && !without_robots) {
        slim_compose_text(c, key);
        return;
    }
    slim_compose_text(c, "case when ");
    slim_compose_text(c, class ? class : without_robots);
    slim_compose_text(c, class && without_robots ? " and " : "");
    slim_compose_text(c, class && without_robots ? without_robots : "");
    slim_compose_text(c, " then ");
    slim_compose_text(c, key);
    slim_compose_text(c, " end");
}

static void append_hit_keys(struct composition *c)
{
    int robots = any_asks_robots(c);
    unsigned common = common_class(c);

    for (int i = 0; i < parts(c); i++) {
        const struct composition *one = part(c, i);
        unsigned own = one->dimension->hit_class;
        append_key(c, one->hit_key, own != common ? slim_class_sql(own) : NULL,
                   robots && !one->robots ? "hit.robot = 0" : NULL);
    }
}

static void append_visit_keys(struct composition *c)
{
    int robots = any_asks_robots(c);

    for (int i = 0; i < parts(c); i++) {
        const struct composition *one = part(c, i);
        append_key(c, one->visit_key, NULL, robots && !one->robots ? "visit.robot = 0" : NULL);
    }
}

static int all_of_visits(const struct slim_query *query)
{
    int all = 1;

    for (int i = 0; i < query->filters; i++) {
        all &= is_of_visits(&query->filter[i]);
    }
    return all;
}

/* What is the same for all hits of a visit is asked of the visit, too. */
static int visits_are_enough(const struct slim_query *query)
{
    int enough = 1;

    for (int i = 0; i < query->filters; i++) {
        enough &= type_of(&query->filter[i])->of != SLIM_OF_HIT;
    }
    return enough;
}

/* A visit is of those asked for when a hit of it is. */
static void append_visit_filters(struct composition *c)
{
    if (all_of_visits(c->query)) {
        append_all_filters(c, 1);
    } else if (visits_are_enough(c->query)) { /* hit has the columns that their files speak of */
        slim_compose_text(c, "exists (select 1 from (select visit.id as visit, visit.site as site, "
                             "visit.robot as robot, visit.agent as agent) as hit where ");
        append_all_filters(c, 1);
        slim_compose_text(c, ")");
    } else {
        slim_compose_text(c, "visit.id in (select hit.visit from hit where hit.id >= :since and "
                             "hit.id < :until and ");
        append_robots(c);
        slim_compose_text(c, " and ");
        append_filters(c);
        slim_compose_text(c, ")");
    }
}

static void append_class(struct composition *c)
{
    slim_compose_text(c, slim_class_sql(common_class(c)));
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

int slim_compose_counts_visitors(const struct composition *c)
{
    return c->dimension->has_visitors && c->visitors != SLIM_NO_VISITORS;
}

static void append_visitor(struct composition *c)
{
    int counts = 0;

    for (int i = 0; i < parts(c); i++) {
        counts |= slim_compose_counts_visitors(part(c, i));
    }
    if (!counts) {
        slim_compose_text(c, "null");
    } else if (c->visits_apart) {
        slim_compose_text(c, "case when hit.pageview then slim_asked_visitor(hit.visit) end");
    } else {
        slim_compose_text(c, "case when hit.pageview then (select visit.visitor from visit where "
                             "visit.id = hit.visit) end");
    }
}

/* What keys speak of beside their row. SQLite does not see that an aggregate needs no resource. */
static const struct {
    const char *word, *hit_join, *visit_join;
} joined[] = {
    {"resource.", "left join resource on resource.id = hit.resource\n", NULL},
    {"agent.", "left join agent on agent.id = hit.agent\n",
     "left join agent on agent.id = visit.agent\n"},
};

static int any_key_has(const struct composition *c, const char *word, int of_visits)
{
    int any = 0;

    for (int i = 0; i < parts(c); i++) {
        const char *key = of_visits ? part(c, i)->visit_key : part(c, i)->hit_key;
        any |= key && strstr(key, word);
    }
    return any;
}

static void append_joins(struct composition *c)
{
    for (size_t i = 0; i < sizeof joined / sizeof joined[0]; i++) {
        slim_compose_text(c, any_key_has(c, joined[i].word, 0) ? joined[i].hit_join : "");
    }
}

static void append_visit_joins(struct composition *c)
{
    for (size_t i = 0; i < sizeof joined / sizeof joined[0]; i++) {
        slim_compose_text(c, any_key_has(c, joined[i].word, 1) ? joined[i].visit_join : "");
    }
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
    slim_compose_text(c, c->robots ? "true" : "robot.id = 0");
}

static void append_visitors_kept(struct composition *c)
{
    slim_compose_text(c, c->dimension->has_visitors
                             ? "visitors_kept(visit.visitor) filter (where hit.pageview = 1)"
                             : "null");
}

/* In any of the columns that name a row. */
static void append_found(struct composition *c)
{
    const struct slim_report *report = c->query->report;

    slim_compose_text(c, "false");
    for (int i = 0; i < slim_report_columns(report); i++) {
        if (slim_report_names(report, i)) {
            slim_compose_text(c, " or instr(lower(");
            slim_compose_text(c, report->column[i].name);
            slim_compose_text(c, "), lower(searched.text)) > 0");
        }
    }
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
    {"{hit_keys}", append_hit_keys},
    {"{visit_keys}", append_visit_keys},
    {"{sums}", append_sums},
    {"{visitor}", append_visitor},
    {"{joins}", append_joins},
    {"{visit_joins}", append_visit_joins},
    {"{shown_hits}", append_shown_hits},
    {"{shown_robots}", append_shown_robots},
    {"{visitors_kept}", append_visitors_kept},
    {"{found}", append_found},
    {"{own_filters}", append_own_filters},
    {"{of_visits}", append_of_visits},
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
