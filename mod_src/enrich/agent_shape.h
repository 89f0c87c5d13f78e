/* The parts of a User-Agent, found once before any rule looks at it: what is written in an unusual
 * way is written as usual, and the device's part is told from the names of programs. Pure. */
#ifndef SLIM_AGENT_SHAPE_H
#define SLIM_AGENT_SHAPE_H

#include "core/hit.h"

#define SLIM_SHAPE_MAX 512 /* bytes of an agent that are looked at */

struct slim_agent_shape {
    char text[SLIM_SHAPE_MAX]; /* as rules see it */
    size_t length;
    char below[SLIM_SHAPE_MAX]; /* the same without HbbTV, a platform of televisions, whose browser
                                   is named beside it */
    size_t below_length;        /* 0: there is nothing below it */
    uint64_t device[SLIM_SHAPE_MAX / 64]; /* bits of text's bytes that only name a device, whose
                                             maker may call it anything */
};

void slim_agent_shape_find(struct slim_text agent, struct slim_agent_shape *shape);

/* Whether all of text's bytes from from to to belong to a device's name. */
int slim_agent_shape_is_device(const struct slim_agent_shape *shape, size_t from, size_t to);

#endif
