/* Goals in a question's SQL: whether a visit reached one, or several one after the other; and a row
 * for each of them. */
#include "compose.h"

static const struct slim_goal *goal_of(const struct slim_composition *c)
{
    return &c->query->goals->goal[c->chain.goal[c->step]];
}

/* Of a hit, all that the goal of the step wants. */
static void add_goal_conditions(struct slim_composition *c)
{
    int index = c->index, goal = c->goal;

    c->goal = c->chain.goal[c->step] + 1;
    for (int i = 0; i < goal_of(c)->conditions; i++) {
        slim_sql_text_add(c->text, i > 0 ? " and " : "");
        slim_compose_filter(c, i, 0);
    }
    c->goal = goal;
    c->index = index;
}

static void add_after_goal(struct slim_composition *c)
{
    if (c->step == 0) {
        slim_compose_add(c, "piece/class_hit");
        return;
    }
    c->step--;
    slim_compose_add(c, c->chain.is_strict ? "piece/goal_next" : "piece/goal_later");
    c->step++;
}

static void add_goal_step(struct slim_composition *c)
{
    slim_compose_add(c, c->chain.is_strict ? "piece/goal_hits" : "piece/goal_first");
}

/* A visit reached the goals of the filter. */
static void add_goal_reached(struct slim_composition *c)
{
    const char *text = c->query->filter[c->index].value;

    if (!slim_goal_chain_read(c->query->goals, text, &c->chain)) {
        slim_sql_text_add(c->text, "false");
        return;
    }
    c->step = c->chain.count - 1;
    slim_compose_add(c, "piece/goal_reached");
}

/* --- rows --- */

static void add_goal_number(struct slim_composition *c)
{
    slim_sql_text_format(c->text, "%d", c->chain.goal[c->step]);
}

static void add_step_number(struct slim_composition *c)
{
    slim_sql_text_format(c->text, "%d", c->step + 1);
}

/* Each step of the chain, or each goal by itself, below a first row. */
static void add_row(struct slim_composition *c)
{
    slim_sql_text_add(c->text, "\nunion all\n");
    slim_compose_add(c, "piece/goal_row");
}

static void add_goal_rows(struct slim_composition *c)
{
    int count = c->query->goals ? c->query->goals->count : 0;

    slim_compose_add(c, "piece/goal_none");
    for (int i = 0; i < count; i++) {
        c->chain = (struct slim_goal_chain){.goal = {i}, .count = 1};
        c->step = 0;
        add_row(c);
    }
}

/* In their order, as many as a chain has. */
static struct slim_goal_chain all_goals(const struct slim_goals *goals)
{
    struct slim_goal_chain chain = {.count = 0};

    while (goals && chain.count < goals->count && chain.count < SLIM_CHAIN_MAX) {
        chain.goal[chain.count] = chain.count;
        chain.count++;
    }
    return chain;
}

static void add_funnel_rows(struct slim_composition *c)
{
    slim_compose_add(c, "piece/goal_all");
    c->chain = c->query->chain ? *c->query->chain : all_goals(c->query->goals);
    for (int i = 0; i < c->chain.count; i++) {
        c->step = i;
        add_row(c);
    }
}

const struct slim_composed_piece slim_compose_goal_pieces[] = {
    {"goal_conditions", add_goal_conditions},
    {"after_goal", add_after_goal},
    {"goal_step", add_goal_step},
    {"goal_reached", add_goal_reached},
    {"goal_number", add_goal_number},
    {"step_number", add_step_number},
    {"goal_rows", add_goal_rows},
    {"funnel_rows", add_funnel_rows},
    {NULL, NULL},
};
