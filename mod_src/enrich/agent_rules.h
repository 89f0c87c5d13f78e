/* Rule files in the format of uap-core (https://github.com/ua-parser/uap-core, its
 * docs/specification.md): browser and platform by the first rule that matches. */
#ifndef SLIM_AGENT_RULES_H
#define SLIM_AGENT_RULES_H

#include <apr_pools.h>

#include "core/list_file.h"
#include "rules.h"

struct slim_agent_rules;

#define SLIM_AGENT_PART_MAX 128
#define SLIM_AGENT_VERSIONS 4

/* A family and its version parts, each cut at SLIM_AGENT_PART_MAX bytes; "" where none. */
struct slim_agent_name {
    char family[SLIM_AGENT_PART_MAX];
    char version[SLIM_AGENT_VERSIONS][SLIM_AGENT_PART_MAX]; /* major, minor, patch, patch_minor */
    struct slim_rule_place place;
};

/* The three lists of rules that are in lists already, or have no rule yet. */
struct slim_agent_rules *slim_agent_rules_make(struct slim_rule_lists *lists);

/* Reads the files in order, into three new lists among lists, which are to be built then; the rules
 * of an earlier one come first. SLIM_EBADRULES for a file that is not understood, else errno's
 * value; that file says what is wrong. */
apr_status_t slim_agent_rules_read(struct slim_list_file *files, int count,
                                   struct slim_agent_rules **rules,
                                   struct slim_rule_lists *lists) SLIM_MUST_CHECK;

/* 1 and the name, or 0: no rule matches ("Other"). */
int slim_agent_rules_browser(const struct slim_agent_rules *rules, struct slim_text agent,
                             struct slim_agent_name *name);
int slim_agent_rules_platform(const struct slim_agent_rules *rules, struct slim_text agent,
                              struct slim_agent_name *name);

/* Whether the rules call its device a spider; place, unless NULL, is then that rule's. */
int slim_agent_rules_is_spider(const struct slim_agent_rules *rules, struct slim_text agent,
                               struct slim_rule_place *place);

#endif
