/* Putting a question's SQL together, and the conditions that its filters are. */
#include "compose.h"

#include <stdio.h>
#include <string.h>

#include "query/filter_table.h"
#include "store/sqlite/base/row.h"
#include "store/sqlite/base/statement.h"

/* --- pieces --- */

static const struct slim_composed_piece *find_piece(const char *name)
{
    static const struct slim_composed_piece *const lists[] = {slim_compose_filter_pieces,
                                                              slim_compose_goal_pieces,
                                                              slim_compose_key_pieces,
                                                              slim_compose_report_pieces};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (const struct slim_composed_piece *piece = lists[i]; piece->name; piece++) {
            if (strcmp(piece->name, name) == 0) {
                return piece;
            }
        }
    }
    return NULL;
}

static int add_piece(struct slim_sql_text *text, const char *name, void *baton)
{
    struct slim_composition *c = baton;
    const struct slim_composed_piece *piece = find_piece(name);

    if (piece) {
        piece->add(c);
        return 1;
    }
    return slim_sql_common_piece(text, name, add_piece, baton);
}

void slim_compose_add(struct slim_composition *c, const char *file)
{
    slim_sql_text_file(c->text, file, add_piece, c);
}

void slim_compose_file(const struct slim_composition *composition, const char *file,
                       struct slim_sql_text *text)
{
    struct slim_composition c = *composition;

    c.text = text;
    slim_compose_add(&c, file);
}

static void add(struct slim_composition *c, const char *plain)
{
    slim_sql_text_add(c->text, plain);
}

/* --- filters --- */

static const struct slim_filter *current(const struct slim_composition *c)
{
    return c->goal ? &c->query->goals->goal[c->goal - 1].condition[c->index]
                   : &c->query->filter[c->index];
}

static const struct slim_filter_type *type_of(const struct slim_filter *filter)
{
    return slim_filter_type_find(filter->dimension, strlen(filter->dimension));
}

static int is_of_visits(const struct slim_filter *filter)
{
    return slim_filter_is_of_visits(type_of(filter));
}

static int is_of_counted_visits(const struct slim_filter *filter)
{
    return type_of(filter)->of == SLIM_OF_COUNTED_VISIT;
}

/* {index}: :value0 is the first filter's value. */
static void add_index(struct slim_composition *c)
{
    if (c->goal) {
        slim_sql_text_format(c->text, "_%d_%d", c->goal, c->index);
    } else {
        slim_sql_text_format(c->text, "%d", c->index);
    }
}

static void add_match(struct slim_composition *c)
{
    slim_compose_add(c, current(c)->list                    ? "piece/filter_among"
                        : current(c)->kind == SLIM_MATCHES  ? "piece/filter_matches"
                        : current(c)->kind == SLIM_CONTAINS ? "piece/filter_contains"
                                                            : "piece/filter_equals");
}

static void add_condition(struct slim_composition *c, const char *folder)
{
    char file[64];

    snprintf(file, sizeof file, "%s/%s", folder, current(c)->dimension);
    slim_compose_add(c, file);
}

static void add_not(struct slim_composition *c, int stands_here)
{
    add(c, stands_here && current(c)->kind == SLIM_DIFFERS ? "not " : "");
}

/* On a visit. */
static void add_visit_condition(struct slim_composition *c)
{
    int counted = is_of_counted_visits(current(c));

    if (counted) {
        slim_compose_add(c, "piece/visit_counts");
        add(c, " and ");
    }
    add_not(c, counted);
    add(c, "(");
    add_condition(c, "visit_filter");
    add(c, ")");
}

/* Of a hit; with of_visit, of a visit that a row called hit was made of. Where only visits that
 * count can differ, it is they that are negated, within. */
void slim_compose_filter(struct slim_composition *c, int index, int of_visit)
{
    c->index = index;
    add_not(c, !is_of_counted_visits(current(c)));
    add(c, "(");
    if (!is_of_visits(current(c))) {
        add_condition(c, "filter");
    } else if (of_visit) {
        add_visit_condition(c);
    } else {
        slim_compose_add(c, "piece/hit_of_visit");
    }
    add(c, ")");
}

static void add_all_filters(struct slim_composition *c, int of_visit)
{
    for (int i = 0; i < c->query->filters; i++) {
        add(c, i > 0 ? " and " : "");
        slim_compose_filter(c, i, of_visit);
    }
    add(c, c->query->filters == 0 ? "true" : "");
}

static void add_filters(struct slim_composition *c)
{
    add_all_filters(c, 0);
}

static void add_conditions_of_visit(struct slim_composition *c)
{
    add_all_filters(c, 1);
}

/* Those of visits, or the others. */
static void add_some_filters(struct slim_composition *c, int of_visits)
{
    add(c, "true");
    for (int i = 0; i < c->query->filters; i++) {
        if (is_of_visits(&c->query->filter[i]) == of_visits) {
            add(c, " and ");
            slim_compose_filter(c, i, of_visits);
        }
    }
}

static void add_of_visits(struct slim_composition *c)
{
    add_some_filters(c, 1);
}

static void add_own_filters(struct slim_composition *c)
{
    if (c->visits_apart) {
        add_some_filters(c, 0);
        add(c, " and ");
        slim_compose_add(c, "piece/asked");
    } else {
        add_all_filters(c, 0);
    }
}

/* Whether all filters are of visits, or of what a visit knows as well as its hits. */
static int knows_all(const struct slim_query *query, int with_each_hit)
{
    for (int i = 0; i < query->filters; i++) {
        enum slim_filter_of of = type_of(&query->filter[i])->of;
        if (!is_of_visits(&query->filter[i]) && !(with_each_hit && of == SLIM_OF_EACH_HIT)) {
            return 0;
        }
    }
    return 1;
}

int slim_compose_looks_at_hits(const struct slim_composition *c)
{
    return !knows_all(c->query, 1);
}

/* A visit matches the filters when a hit of it does. */
static void add_visit_filters(struct slim_composition *c)
{
    if (knows_all(c->query, 0)) {
        add_all_filters(c, 1);
    } else if (c->notes_visits) {
        slim_compose_add(c, "piece/visit_noted");
    } else {
        slim_compose_add(c, knows_all(c->query, 1) ? "piece/visit_as_hit" : "piece/visit_by_hits");
    }
}

void slim_compose_visits_apart(struct slim_composition *c)
{
    c->takes_visitless = 1;
    for (int i = 0; i < c->query->filters; i++) {
        if (is_of_visits(&c->query->filter[i])) {
            c->visits_apart = 1;
            c->takes_visitless &= c->query->filter[i].kind == SLIM_DIFFERS
                                  && !is_of_counted_visits(&c->query->filter[i]);
        }
    }
}

/* --- notes --- */

/* Of a row called note whose column name is its site, or empty. */
static void add_note_sites(struct slim_composition *c)
{
    add(c, "true");
    for (int i = 0; i < c->query->filters; i++) {
        if (strcmp(c->query->filter[i].dimension, "site") == 0) {
            c->index = i;
            add(c, " and (note.name = '' or ");
            add_not(c, 1);
            add_match(c);
            add(c, ")");
        }
    }
}

static void add_note_hits(struct slim_composition *c)
{
    add(c, c->query->confined ? "0" : "note.hits");
}

/* --- robots --- */

static void add_robots(struct slim_composition *c)
{
    slim_compose_add(c, slim_compose_asks_robots(c) ? "piece/class_hit" : "piece/hit_of_people");
}

static void add_visit_robots(struct slim_composition *c)
{
    slim_compose_add(c, slim_compose_asks_robots(c) ? "piece/class_hit" : "piece/visit_of_people");
}

const struct slim_composed_piece slim_compose_filter_pieces[] = {
    {"filters", add_filters},
    {"own_filters", add_own_filters},
    {"of_visits", add_of_visits},
    {"visit_filters", add_visit_filters},
    {"conditions_of_visit", add_conditions_of_visit},
    {"visit_condition", add_visit_condition},
    {"note_sites", add_note_sites},
    {"note_hits", add_note_hits},
    {"match", add_match},
    {"index", add_index},
    {"robots", add_robots},
    {"visit_robots", add_visit_robots},
    {NULL, NULL},
};
