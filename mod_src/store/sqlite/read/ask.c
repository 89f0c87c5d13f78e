/* A question's statement: composed, prepared, its values bound. */
#include "reader.h"

#include <stdio.h>

#define COMPOSED_MAX 65536

/* What a question has to say, whether its statement asks for it or not. */
#define OFFERED_OF_GOALS (SLIM_GOALS_MAX * (SLIM_GOAL_CONDITIONS_MAX + 1))
#define OFFERED_MAX (5 + SLIM_ALL_FILTERS_MAX + OFFERED_OF_GOALS)

struct offered {
    struct slim_value value[OFFERED_MAX + 1];
    char name[SLIM_ALL_FILTERS_MAX + OFFERED_OF_GOALS][24];
    int names;
    int count;
};

static void offer(struct offered *offered, struct slim_value value)
{
    offered->value[offered->count++] = value;
}

/* ":value3", ":value_2_1" */
static const char *name_it(struct offered *offered, const char *before, int one, int other)
{
    char *name = offered->name[offered->names++];

    if (other < 0) {
        snprintf(name, sizeof offered->name[0], "%s%d", before, one);
    } else {
        snprintf(name, sizeof offered->name[0], "%s_%d_%d", before, one, other);
    }
    return name;
}

static void offer_goal(struct offered *offered, const struct slim_goal *goal, int number)
{
    offer(offered, slim_value_string(name_it(offered, ":goal", number, -1), goal->name));
    for (int i = 0; i < goal->conditions; i++) {
        offer(offered, slim_value_string(name_it(offered, ":value", number + 1, i),
                                         slim_filter_text(&goal->condition[i])));
    }
}

static void offer_all(struct offered *offered, const struct slim_query *query, int64_t since,
                      int64_t until)
{
    offered->count = 0;
    offer(offered, slim_value(":since", since << SLIM_HIT_SECOND_SHIFT));
    offer(offered, slim_value(":until", until << SLIM_HIT_SECOND_SHIFT));
    offer(offered, slim_value(":rows", (int64_t)query->offset + query->limit + 1));
    offer(offered, slim_value(":limit", query->limit));
    offer(offered, slim_value(":offset", query->offset));
    offered->names = 0;
    for (int i = 0; i < query->filters; i++) {
        offer(offered, slim_value_string(name_it(offered, ":value", i, -1),
                                         slim_filter_text(&query->filter[i])));
    }
    for (int g = 0; query->goals && g < query->goals->count; g++) {
        offer_goal(offered, &query->goals->goal[g], g);
    }
}

/* The values that the statement asks for, given ones first. */
static const struct slim_value *choose(const struct offered *offered,
                                       const struct slim_value *given, sqlite3_stmt *statement,
                                       struct slim_value *chosen)
{
    int count = 0;

    for (; given && given->name; given++) {
        chosen[count++] = *given;
    }
    for (int i = 0; i < offered->count; i++) {
        if (sqlite3_bind_parameter_index(statement, offered->value[i].name)) {
            chosen[count++] = offered->value[i];
        }
    }
    chosen[count] = (struct slim_value){.name = NULL};
    return chosen;
}

/* What a mistake is reported by. */
static const char *name_of(const char *file, const struct slim_query *query, char *name,
                           size_t size)
{
    if (!query->report) {
        return file;
    }
    snprintf(name, size, "%s for report/%s", file, query->report->name);
    return name;
}

#define GIVEN_MAX 4

sqlite3_stmt *slim_sqlite_ask(struct slim_sqlite *store, const struct slim_composition *c,
                              const char *file, int64_t since, int64_t until,
                              const struct slim_value *given)
{
    char buffer[COMPOSED_MAX], name[96];
    struct slim_value chosen[GIVEN_MAX + OFFERED_MAX + 1];
    struct slim_sql_text text;
    struct offered offered;

    slim_sql_text_begin(&text, buffer, sizeof buffer);
    slim_compose_file(c, file, &text);
    sqlite3_stmt *statement = slim_sql_prepare(store, &text);
    if (!statement) {
        return NULL;
    }
    offer_all(&offered, c->query, since, until);
    if (!slim_sql_bind(store, name_of(file, c->query, name, sizeof name), statement,
                       choose(&offered, given, statement, chosen))) {
        sqlite3_finalize(statement);
        return NULL;
    }
    return statement;
}

void slim_sqlite_run_question(struct slim_sqlite *store, const struct slim_composition *c,
                              const char *file, int64_t since, int64_t until,
                              const struct slim_value *given)
{
    sqlite3_stmt *statement = slim_sqlite_ask(store, c, file, since, until, given);

    slim_sql_step(store, statement);
    sqlite3_finalize(statement);
}
