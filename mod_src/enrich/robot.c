/* The list of robots: classes and expressions, the first that matches wins. */
#include "robot.h"

#include <string.h>

#include <apr_strings.h>

#include "agent_shape.h"
#include "core/text.h"
#include "core/tsv.h"
#include "rules.h"

/* Each rule has its operator as value, or NULL. */
struct slim_robots {
    struct slim_rules *rules; /* each with the class, and these, as its mark: */
    struct slim_rules *words; /* of class words: the mark has a purpose alone */
};

#define CLASS(mark) ((mark)&0xff)
#define IS_OWN 0x100       /* of the site's own list: it counts wherever it fits */
#define IS_STRANGERS 0x200 /* only for agents whose browser agents.yaml does not name */
#define PURPOSE_SHIFT 12   /* a purpose and 1; 0: the line has none */
#define PURPOSE(mark) ((mark) >> PURPOSE_SHIFT)

/* Reading one file. */
struct reading {
    struct slim_robots *robots;
    int is_own;
};

/* The columns behind the expression: operator, purpose, and stranger as the last. */
static const char *take_more(struct slim_tsv *row, int class, struct slim_rule *rule)
{
    int columns = row->columns;

    if (columns > 2 && strcmp(row->column[columns - 1], "stranger") == 0) {
        rule->mark |= IS_STRANGERS;
        columns--;
    }
    if (columns > 2 && strcmp(row->column[2], "-") != 0) {
        rule->value[0] = row->column[2];
    }
    if (columns > 4) {
        row->fault_at = row->at[4];
        return "is not stranger, and nothing else can stand here";
    }
    if (columns < 4 || strcmp(row->column[3], "-") == 0) {
        return NULL;
    }
    int purpose = slim_robot_purpose_of(row->column[3]);
    row->fault_at = row->at[3];
    if (purpose < 0) {
        return "is no purpose of robots";
    }
    if (!slim_robot_purpose_fits((enum slim_robot) class, (enum slim_robot_purpose)purpose)) {
        return "is no purpose of this class: ai is train, index and fetch, and no other is";
    }
    rule->mark |= (purpose + 1) << PURPOSE_SHIFT;
    return NULL;
}

static const char *take_row(void *baton, const char *path, struct slim_tsv *row, apr_pool_t *pool)
{
    const struct reading *reading = baton;
    struct slim_rule rule = {.expression = row->column[1],
                             .ignore_case = 1,
                             .place = {path, row->line}};
    int is_words = strcmp(row->column[0], "words") == 0;
    int class = is_words ? SLIM_ROBOT_AI : slim_robot_of(row->column[0]);
    const char *why;
    unsigned offset;

    if (class < 0 || row->columns < 2) {
        return "needs a class and an expression";
    }
    rule.mark = is_words ? 0 : class | (reading->is_own ? IS_OWN : 0);
    why = take_more(row, class, &rule);
    if (why) {
        return why;
    }
    if (slim_rules_add(is_words ? reading->robots->words : reading->robots->rules, &rule, &why,
                       &offset, pool)
        != APR_SUCCESS) {
        row->fault_at = row->at[1] + offset;
        return why;
    }
    return NULL;
}

struct slim_robots *slim_robots_make(struct slim_rule_lists *lists)
{
    struct slim_robots *robots = apr_palloc(slim_rule_lists_pool(lists), sizeof *robots);

    robots->rules = slim_rules_make(lists);
    robots->words = slim_rules_make(lists);
    return robots;
}

apr_status_t slim_robots_read_files(struct slim_list_file *files, int count,
                                    struct slim_robots **result, struct slim_rule_lists *lists)
{
    apr_pool_t *pool = slim_rule_lists_pool(lists);
    struct slim_robots *robots = slim_robots_make(lists);
    apr_status_t rv = APR_SUCCESS;

    for (int i = 0; i < count && rv == APR_SUCCESS; i++) {
        struct reading reading = {robots, files[i].is_own};
        rv = slim_tsv_each(&files[i], take_row, &reading, pool);
    }
    if (rv == APR_SUCCESS) {
        *result = robots;
    }
    return rv;
}

apr_status_t slim_robots_read(const char *path, struct slim_robots **robots, const char **reason,
                              apr_pool_t *pool)
{
    struct slim_list_file file = {.path = apr_pstrdup(pool, path)};
    struct slim_rule_lists *lists = slim_rule_lists_make(pool);
    apr_status_t rv = slim_robots_read_files(&file, 1, robots, lists);

    if (rv == APR_SUCCESS) {
        slim_rule_lists_build(lists);
    }
    *reason = file.fault;
    return rv;
}

struct telling {
    const struct slim_robots *robots;
    const struct slim_robot_look *look;
};

static int counts(void *baton, const struct slim_match *match)
{
    const struct telling *telling = baton;
    const struct slim_robot_look *look = telling->look;
    int mark = slim_rules_mark(telling->robots->rules, match->rule);
    struct slim_text all = match->group[0];

    if (mark & IS_OWN || CLASS(mark) == SLIM_ROBOT_NONE) {
        return 1;
    }
    if (mark & IS_STRANGERS && look->has_browser) {
        return 0;
    }
    size_t from = all.length > 0 ? (size_t)(all.at - look->shape->text) : 0;
    return !slim_agent_shape_is_device(look->shape, from, from + all.length);
}

static int find(const struct slim_robots *robots, const struct slim_robot_look *look,
                struct slim_match *match)
{
    struct telling telling = {robots, look};
    struct slim_text text = {look->shape->text, look->shape->length};

    return slim_rules_match_accepted(robots->rules, text, counts, &telling, match);
}

int slim_robots_tell(const struct slim_robots *robots, const struct slim_robot_look *look,
                     struct slim_rule_place *place)
{
    struct slim_match match;

    if (!find(robots, look, &match)) {
        return -1;
    }
    *place = match.place;
    return CLASS(slim_rules_mark(robots->rules, match.rule));
}

/* --- whose, and what for --- */

static int has_purpose(void *baton, const struct slim_match *match)
{
    const struct slim_robots *robots = baton;

    return PURPOSE(slim_rules_mark(robots->words, match->rule)) > 0;
}

static int has_operator(void *baton, const struct slim_match *match)
{
    const struct slim_robots *robots = baton;

    return slim_rules_value(robots->words, match->rule, 0) != NULL;
}

/* The rule of class words that says something of an agent. */
static int find_words(const struct slim_robots *robots, const struct slim_robot_look *look,
                      slim_rules_accept *says, struct slim_match *match)
{
    struct slim_text text = {look->shape->text, look->shape->length};

    return slim_rules_match_accepted(robots->words, text, says, (void *)(uintptr_t)robots, match);
}

static void take_operator(struct slim_robot_duty *duty, const struct slim_rules *rules,
                          const struct slim_match *match)
{
    const char *name = slim_rules_value(rules, match->rule, 0);

    if (name) {
        duty->operator= slim_text_of(name);
        duty->operator_place = match->place;
    }
}

static void take_purpose(struct slim_robot_duty *duty, const struct slim_rules *rules,
                         const struct slim_match *match)
{
    int purpose = PURPOSE(slim_rules_mark(rules, match->rule));

    if (purpose > 0) {
        duty->purpose = (enum slim_robot_purpose)(purpose - 1);
        duty->purpose_place = match->place;
    }
}

void slim_robots_duty(const struct slim_robots *robots, const struct slim_robot_look *look,
                      enum slim_robot robot, struct slim_robot_duty *duty)
{
    struct slim_match match;

    *duty = (struct slim_robot_duty){.operator= slim_text_of(""),
                                     .purpose = slim_robot_purpose_of_class(robot)};
    if (find(robots, look, &match)
        && CLASS(slim_rules_mark(robots->rules, match.rule)) == (int)robot) {
        take_operator(duty, robots->rules, &match);
        take_purpose(duty, robots->rules, &match);
    }
    if (!duty->operator_place.file && find_words(robots, look, has_operator, &match)) {
        take_operator(duty, robots->words, &match);
    }
    if (!duty->purpose_place.file && robot == SLIM_ROBOT_AI
        && find_words(robots, look, has_purpose, &match)) {
        take_purpose(duty, robots->words, &match);
    }
}

int slim_robots_find(const struct slim_robots *robots, struct slim_text agent)
{
    struct slim_rule_place place;
    struct slim_agent_shape shape;
    const struct slim_robot_look look = {&shape, 0};

    slim_agent_shape_find(agent, &shape);
    return slim_robots_tell(robots, &look, &place);
}
