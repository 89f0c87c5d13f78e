/* Whether a client is a robot, of what class, whose it is and what for. */
#ifndef SLIM_ROBOT_H
#define SLIM_ROBOT_H

#include <apr_pools.h>

#include "core/facts.h"
#include "core/list_file.h"
#include "rules.h"

struct slim_agent_shape;
struct slim_robots;

/* The list of robots that is in lists already, or has no line yet. */
struct slim_robots *slim_robots_make(struct slim_rule_lists *lists);

/* Reads files like conf/robots.tsv (its head describes the format) in order; the lines of an
 * earlier one come first. They make a new list among lists, which are to be built then. On failure
 * the file at fault says what is wrong. */
apr_status_t slim_robots_read_files(struct slim_list_file *files, int count,
                                    struct slim_robots **robots,
                                    struct slim_rule_lists *lists) SLIM_MUST_CHECK;
apr_status_t slim_robots_read(const char *path, struct slim_robots **robots, const char **reason,
                              apr_pool_t *pool) SLIM_MUST_CHECK;

/* The class an agent has by the list; -1 when the list says nothing about it. */
int slim_robots_find(const struct slim_robots *robots, struct slim_text agent);

/* What is known of the agent beside its text. */
struct slim_robot_look {
    const struct slim_agent_shape *shape; /* of the agent; a robot is not told by a device's name */
    int has_browser; /* agents.yaml names its browser: lines for strangers do not count */
};

/* The same, and the place of the line that said so. */
int slim_robots_tell(const struct slim_robots *robots, const struct slim_robot_look *look,
                     struct slim_rule_place *place);

/* Who runs a robot of a class, and what it is for: what the line says that gives an agent this
 * class, else lines of class words, else what the class is called. The text lives as long as the
 * list. */
struct slim_robot_duty {
    struct slim_text operator; /* empty: not known */
    enum slim_robot_purpose purpose;
    struct slim_rule_place operator_place, purpose_place; /* the lines that say so, or none */
};
void slim_robots_duty(const struct slim_robots *robots, const struct slim_robot_look *look,
                      enum slim_robot robot, struct slim_robot_duty *duty);

#endif
