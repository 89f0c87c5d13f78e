/* Lists of rules as constant tables, which is what reading rule files comes to: made at run time,
 * or when the module is built (image/make_agents_image.c), and then part of the program. Texts are
 * told by number and not by address, so that the loader has next to nothing to set right. */
#ifndef SLIM_RULES_IMAGE_H
#define SLIM_RULES_IMAGE_H

#include <stdint.h>

#include "rule_filter.h"

#define SLIM_RULE_VALUES 5
#define SLIM_RULE_FILES 8 /* whose rules can stand together */

/* A text is told by where it begins among the texts, and ends with a NUL; 0: there is none. */
struct slim_image_rule {
    uint32_t expression;
    uint32_t value[SLIM_RULE_VALUES];
    int32_t mark;
    uint32_t line;
    uint8_t file; /* by its place among the files */
    uint8_t ignore_case;
    uint8_t unused[2];
};

struct slim_image_list {
    const struct slim_image_rule *rule;
    int rules;
};

struct slim_rules_image {
    const char *text; /* the first byte is of no text */
    int text_size;
    int lists, files;
    struct slim_image_list list[SLIM_FILTER_LISTS];
    struct slim_filter_table filter;
};

#endif
