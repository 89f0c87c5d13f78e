/* Keys and classes of hits in a question's SQL, as the table of dimensions has them. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "reader.h"

static void add(struct slim_composition *c, const char *plain)
{
    slim_sql_text_add(c->text, plain);
}

/* --- those that read the same rows --- */

static int parts(const struct slim_composition *c)
{
    return c->together ? c->together_count : 1;
}

static const struct slim_composition *part(const struct slim_composition *c, int index)
{
    return c->together ? c->together[index] : c;
}

int slim_compose_asks_robots(const struct slim_composition *c)
{
    int any = 0;

    for (int i = 0; i < parts(c); i++) {
        any |= part(c, i)->robots;
    }
    return any;
}

/* The class of hits that all of them count. */
static unsigned common_class(const struct slim_composition *c)
{
    unsigned first = c->notes_visits ? SLIM_CLASS_HIT : part(c, 0)->dimension->hit_class;

    for (int i = 0; i < parts(c); i++) {
        if (part(c, i)->dimension->hit_class != first) {
            return SLIM_CLASS_HIT;
        }
    }
    return first;
}

static void add_one_class(struct slim_composition *c, unsigned hit_class)
{
    char file[64];

    snprintf(file, sizeof file, "piece/class_%s", slim_class_name(hit_class));
    slim_compose_add(c, file);
}

static void add_class(struct slim_composition *c)
{
    add_one_class(c, common_class(c));
}

/* --- keys --- */

/* A number of a row: all of it, or one bit. */
static void add_number(struct slim_sql_text *text, const struct slim_stored_table *table,
                       const struct slim_key_part *of)
{
    const struct slim_stored_column *column = slim_stored_column_at(table, of->at);

    if (!column) {
        slim_sql_text_fail(text, "a key of something that %s has no column for", table->name);
        return;
    }
    slim_sql_text_format(text, "%s.%s", column->through ? column->through : table->name,
                         column->name);
    if (of->bit) {
        slim_sql_text_format(text, " >> %u & 1", of->bit);
    }
    if (of->shift) {
        slim_sql_text_format(text, " << %u", of->shift);
    }
}

/* In SQLite <<, >>, & and | bind alike and from the left. */
static void add_numbers(struct slim_sql_text *text, const struct slim_key *key,
                        const struct slim_stored_table *table)
{
    for (const struct slim_key_part *of = key->part; of->at; of++) {
        slim_sql_text_add(text, of == key->part ? "(" : " | (");
        add_number(text, table, of);
        slim_sql_text_add(text, ")");
    }
    slim_sql_text_add(text, key->part[0].at ? "" : "0");
}

/* What rows are counted by in place of the dimension's keys: row is "hit", "visit", "rollup". */
static void add_own_key(struct slim_composition *c, const char *row, enum slim_report_key key)
{
    static const char *const names[] = {
        [SLIM_KEY_DIMENSION] = "dimension", [SLIM_KEY_BUCKET] = "bucket",
        [SLIM_KEY_PURPOSE] = "purpose",     [SLIM_KEY_HOUR_OF_WEEK] = "hour_of_week",
        [SLIM_KEY_SITE] = "site",           [SLIM_KEY_DAY] = "day"};
    char file[64];

    snprintf(file, sizeof file, "piece/%s_%s", row, names[key]);
    slim_compose_add(c, file);
}

static int has_dimension(const struct slim_composition *one)
{
    return one->key == SLIM_KEY_DIMENSION || one->key == SLIM_KEY_DAY;
}

static void add_hit_key_of(struct slim_composition *c, const struct slim_composition *one)
{
    if (one->key != SLIM_KEY_DIMENSION) {
        add_own_key(c, "hit", one->key);
    }
    if (has_dimension(one)) {
        add(c, one->key == SLIM_KEY_DAY ? " | " : "");
        add_numbers(c->text, &one->dimension->hit, &slim_stored_hit);
    }
}

static void add_visit_key_of(struct slim_composition *c, const struct slim_composition *one)
{
    if (one->key == SLIM_KEY_DIMENSION) {
        add_numbers(c->text, &one->dimension->visit, &slim_stored_visit);
    } else {
        add_own_key(c, "visit", one->key);
    }
}

static void add_hit_key(struct slim_composition *c)
{
    add_hit_key_of(c, c);
}

static void add_visit_key(struct slim_composition *c)
{
    add_visit_key_of(c, c);
}

static void add_rollup_key(struct slim_composition *c)
{
    add_own_key(c, "rollup", c->key);
}

/* What {counted} and {key} of piece/counted_key stand for. */
struct counting {
    struct slim_composition *c;
    const struct slim_composition *one;
    void (*add_key)(struct slim_composition *c, const struct slim_composition *one);
    unsigned hit_class;  /* 0: any that is read */
    const char *without; /* the file that leaves robots out; NULL: they count */
};

static int add_counting(struct slim_sql_text *text, const char *name, void *baton)
{
    const struct counting *counting = baton;

    if (strcmp(name, "key") == 0) {
        counting->add_key(counting->c, counting->one);
        return 1;
    }
    if (strcmp(name, "counted") != 0) {
        return 0;
    }
    if (counting->hit_class) {
        add_one_class(counting->c, counting->hit_class);
    }
    slim_sql_text_add(text, counting->hit_class && counting->without ? " and " : "");
    if (counting->without) {
        slim_compose_add(counting->c, counting->without);
    }
    return 1;
}

static void add_counted(const struct counting *counting)
{
    struct slim_composition *c = counting->c;

    add(c, ",\n  ");
    if (counting->hit_class || counting->without) {
        slim_sql_text_file(c->text, "piece/counted_key", add_counting, (void *)(uintptr_t)counting);
    } else {
        counting->add_key(c, counting->one);
    }
}

static void add_hit_keys(struct slim_composition *c)
{
    int robots = slim_compose_asks_robots(c);
    unsigned common = common_class(c);

    for (int i = 0; i < parts(c); i++) {
        const struct slim_composition *one = part(c, i);
        unsigned own = one->dimension->hit_class;
        const struct counting counting = {.c = c,
                                          .one = one,
                                          .add_key = add_hit_key_of,
                                          .hit_class = own != common ? own : 0,
                                          .without = robots && !one->robots ? "piece/hit_of_people"
                                                                            : NULL};
        add_counted(&counting);
    }
}

static void add_visit_keys(struct slim_composition *c)
{
    int robots = slim_compose_asks_robots(c);

    for (int i = 0; i < parts(c); i++) {
        const struct slim_composition *one = part(c, i);
        const struct counting counting = {.c = c,
                                          .one = one,
                                          .add_key = add_visit_key_of,
                                          .without = robots && !one->robots
                                                         ? "piece/visit_of_people"
                                                         : NULL};
        add_counted(&counting);
    }
}

/* --- what keys speak of beside their row: SQLite does not see that an aggregate needs no resource
 * --- */

static int reads_through(const struct slim_key *key, const struct slim_stored_table *table,
                         const char *other)
{
    for (const struct slim_key_part *of = key->part; of->at; of++) {
        const struct slim_stored_column *column = slim_stored_column_at(table, of->at);
        if (column && column->through && strcmp(column->through, other) == 0) {
            return 1;
        }
    }
    return 0;
}

static int add_row(struct slim_sql_text *text, const char *name, void *baton)
{
    if (strcmp(name, "row") != 0) {
        return 0;
    }
    slim_sql_text_add(text, baton);
    return 1;
}

static void add_joins_of(struct slim_composition *c, const struct slim_stored_table *table)
{
    static const char *const others[][2] = {{"resource", "piece/join_resource"},
                                            {"agent", "piece/join_agent"}};
    int of_visits = table == &slim_stored_visit;

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        int any = 0;
        for (int j = 0; j < parts(c); j++) {
            const struct slim_composition *one = part(c, j);
            any |= has_dimension(one)
                   && reads_through(of_visits ? &one->dimension->visit : &one->dimension->hit,
                                    table, others[i][0]);
        }
        if (any) {
            slim_sql_text_file(c->text, others[i][1], add_row, (void *)(uintptr_t)table->name);
        }
    }
}

static void add_joins(struct slim_composition *c)
{
    add_joins_of(c, &slim_stored_hit);
}

static void add_visit_joins(struct slim_composition *c)
{
    add_joins_of(c, &slim_stored_visit);
}

/* --- visitors --- */

int slim_compose_counts_visitors(const struct slim_composition *c)
{
    return c->dimension->has_visitors && c->visitors != SLIM_NO_VISITORS;
}

int slim_compose_counts_visitors_of_hits(const struct slim_composition *c)
{
    return slim_compose_counts_visitors(c)
           && (!c->dimension->visit.counts || slim_sqlite_sums_know(c->query));
}

static void add_visitor(struct slim_composition *c)
{
    int counts = 0;

    for (int i = 0; i < parts(c); i++) {
        counts |= slim_compose_counts_visitors_of_hits(part(c, i));
    }
    if (counts) {
        slim_compose_add(c, c->visits_apart ? "piece/visitor_asked" : "piece/visitor_of_visit");
    } else {
        add(c, "null");
    }
}

static void add_visitors_kept(struct slim_composition *c)
{
    if (c->dimension->has_visitors) {
        slim_compose_add(c, "piece/visitors_kept_of_hits");
    } else {
        add(c, "null");
    }
}

static void add_sums(struct slim_composition *c)
{
    add(c, c->dimension->sums_visits ? "1" : "0");
}

/* The time of a hit, where it is added up. */
static void add_time(struct slim_composition *c)
{
    int sums = 0;

    for (int i = 0; i < parts(c); i++) {
        sums |= part(c, i)->dimension->sums_time;
    }
    if (sums) {
        slim_compose_add(c, "piece/hit_time");
    } else {
        add(c, "0");
    }
}

static void add_unshown(struct slim_composition *c)
{
    int counts = 0;

    for (int i = 0; i < parts(c); i++) {
        counts |= part(c, i)->dimension->unshown != SLIM_UNSHOWN_NOT;
    }
    if (counts) {
        slim_compose_add(c, "piece/hit_unshown");
    } else {
        add(c, "0");
    }
}

/* Of the hits of the class those that add to all measures. */
static void add_wholly(struct slim_composition *c)
{
    slim_compose_add(c, c->dimension->unshown == SLIM_UNSHOWN_APART ? "piece/class_pageview"
                                                                    : "piece/class_hit");
}

/* Of the keys that are shown alone. */
static void add_shown_hits(struct slim_composition *c)
{
    slim_compose_add(c, c->key == SLIM_KEY_DAY               ? "piece/shown_keys_of_day"
                        : c->visitors == SLIM_VISITORS_SHOWN ? "piece/shown_keys"
                                                             : "piece/class_hit");
}

static void add_shown_robots(struct slim_composition *c)
{
    slim_compose_add(c, c->robots ? "piece/class_hit" : "piece/shown_of_people");
}

const struct slim_composed_piece slim_compose_key_pieces[] = {
    {"class", add_class},
    {"hit_key", add_hit_key},
    {"visit_key", add_visit_key},
    {"rollup_key", add_rollup_key},
    {"hit_keys", add_hit_keys},
    {"visit_keys", add_visit_keys},
    {"joins", add_joins},
    {"visit_joins", add_visit_joins},
    {"sums", add_sums},
    {"time", add_time},
    {"unshown", add_unshown},
    {"wholly", add_wholly},
    {"visitor", add_visitor},
    {"visitors_kept", add_visitors_kept},
    {"shown_hits", add_shown_hits},
    {"shown_robots", add_shown_robots},
    {NULL, NULL},
};
