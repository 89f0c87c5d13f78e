/* Reading goals.tsv, and names of goals one after the other. */
#include "goal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "core/setting_table.h"
#include "core/tsv.h"
#include "segment.h"

struct reading {
    struct slim_goals *goals;
    const apr_array_header_t *sites;
};

static int find(const struct slim_goals *goals, const char *name, size_t length)
{
    for (int i = 0; goals && i < goals->count; i++) {
        if (strlen(goals->goal[i].name) == length
            && memcmp(goals->goal[i].name, name, length) == 0) {
            return i;
        }
    }
    return -1;
}

/* Whether a goal is about one of the sites, or about any. */
static int is_of_sites(const struct slim_goal *goal, const apr_array_header_t *sites)
{
    for (int i = 0; sites && i < goal->conditions; i++) {
        const struct slim_filter *one = &goal->condition[i];
        int is_one = strcmp(one->dimension, "site") != 0;
        for (int s = 0; s < sites->nelts; s++) {
            is_one |= one->kind == SLIM_EQUALS && !one->list
                      && strcasecmp(one->value, APR_ARRAY_IDX(sites, s, const char *)) == 0;
        }
        if (!is_one) {
            return 0;
        }
    }
    return 1;
}

/* Takes the filters that a question was given for the test. */
static const char *read_conditions(struct slim_goal *goal, const char *pattern, const char *text,
                                   apr_pool_t *pool)
{
    struct slim_query query;
    const char *fault;

    slim_query_init(&query, &slim_reports[0], 0);
    if (!slim_filters_read(&query, pattern, pool)) {
        return "a pattern of pages stands before the filters; * is any page";
    }
    if (strcmp(pattern, "*") != 0) {
        goal->condition[goal->conditions++] =
            (struct slim_filter){"page", SLIM_MATCHES, pattern, NULL};
    }
    slim_query_init(&query, &slim_reports[0], 0);
    fault = slim_filters_read(&query, text, pool);
    if (fault) {
        return fault;
    }
    if (goal->conditions + query.filters == 0) {
        return "a goal needs a pattern of pages, or filters";
    }
    if (goal->conditions + query.filters > SLIM_GOAL_CONDITIONS_MAX) {
        return "there are too many filters: at most 7";
    }
    memcpy(goal->condition + goal->conditions, query.filter,
           (size_t)query.filters * sizeof query.filter[0]);
    goal->conditions += query.filters;
    return NULL;
}

static const char *name_fault(const char *name)
{
    return slim_setting_is_name(name)
               ? NULL
               : "a name is 1 to 64 letters, digits, dots, hyphens and underscores";
}

static const char *room_fault(const struct slim_goals *goals)
{
    return goals->count < SLIM_GOALS_MAX ? NULL : "there are too many goals: at most 20";
}

const char *slim_goal_fault(const struct slim_goals *goals, const char *name, const char *pattern,
                            const char *filters, apr_pool_t *pool)
{
    struct slim_goal goal = {.name = name};
    const char *fault = name_fault(name);

    if (!fault && (strpbrk(pattern, "\t\r\n") || strpbrk(filters, "\t\r\n") || !*pattern)) {
        fault = "a line is a name, a pattern of pages, and filters";
    }
    if (!fault && find(goals, name, strlen(name)) < 0) {
        fault = room_fault(goals);
    }
    return fault ? fault : read_conditions(&goal, pattern, filters, pool);
}

static const char *take(void *baton, const char *path, struct slim_tsv *row, apr_pool_t *pool)
{
    struct reading *reading = baton;
    struct slim_goals *goals = reading->goals;
    struct slim_goal *goal = &goals->goal[goals->count];

    (void)path;
    if (name_fault(row->column[0])) {
        return name_fault(row->column[0]);
    }
    if (find(goals, row->column[0], strlen(row->column[0])) >= 0) {
        return "that name stands above, too";
    }
    if (room_fault(goals)) {
        return room_fault(goals);
    }
    row->fault_at = row->at[1];
    if (row->columns < 2 || !*row->column[1] || row->columns > 3) {
        return "a line is a name, a pattern of pages, and filters";
    }
    *goal = (struct slim_goal){.name = row->column[0]};
    const char *fault =
        read_conditions(goal, row->column[1], row->columns > 2 ? row->column[2] : "", pool);
    goals->count += !fault && is_of_sites(goal, reading->sites);
    return fault;
}

struct slim_goals *slim_goals_read(const char *state, const apr_array_header_t *sites,
                                   apr_pool_t *pool)
{
    struct slim_goals *goals = apr_pcalloc(pool, sizeof *goals);
    struct reading reading = {goals, sites};

    goals->fault = slim_lists_each(state, SLIM_GOALS_FILE, take, &reading, pool);
    return goals;
}

int slim_goal_chain_read(const struct slim_goals *goals, const char *text,
                         struct slim_goal_chain *chain)
{
    *chain = (struct slim_goal_chain){.is_strict = strstr(text, ">>") != NULL};
    for (;;) {
        size_t length = strcspn(text, ">");
        int goal = find(goals, text, length);
        if (goal < 0 || chain->count == SLIM_CHAIN_MAX) {
            return 0;
        }
        chain->goal[chain->count++] = goal;
        text += length;
        if (!*text) {
            return 1;
        }
        if (chain->is_strict && text[1] != '>') {
            return 0;
        }
        text += 1 + chain->is_strict;
    }
}

const char *slim_goals_names(const struct slim_goals *goals, apr_pool_t *pool)
{
    const char *names = goals && goals->count ? goals->goal[0].name : "none here";

    for (int i = 1; goals && i < goals->count; i++) {
        names = apr_pstrcat(pool, names, ", ", goals->goal[i].name, NULL);
    }
    return names;
}
