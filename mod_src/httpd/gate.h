/* What all of httpd's children share for the dashboard: how many questions run at once, and what
 * was told to the admin. */
#ifndef SLIM_GATE_H
#define SLIM_GATE_H

#include <apr_pools.h>

enum slim_gate_told {
    SLIM_TOLD_PROXY,
    SLIM_TOLD_REQUIRE,
    SLIM_TOLD_SATISFY,
    SLIM_TOLD_HOST,
    SLIM_TOLDS
};

/* Called by the parent, before there are children; gone with parent. Without memory for it every
 * question is refused. */
void slim_gate_make(apr_pool_t *parent);

/* A place among the two questions that run at once on the whole server, or -1. With may_wait a few
 * wait up to two seconds for one. The place of a process that dies is free at once. To be left by
 * the thread that entered. */
int slim_gate_enter(int may_wait);
void slim_gate_leave(int place);

/* Whether this is the first time since the start or reload that it is to be told. */
int slim_gate_is_first(enum slim_gate_told what);

#endif
