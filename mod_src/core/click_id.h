/* Parameters that networks add to links to identify a click. Pure functions. */
#ifndef SLIM_CLICK_ID_H
#define SLIM_CLICK_ID_H

#include "facts.h"

struct slim_click_id {
    const char *name;
    const char *network;
    enum slim_channel channel; /* campaign: only advertisements have it; else ordinary links too */
};

/* The click id of that name (case counts), or NULL. */
const struct slim_click_id *slim_click_id_find(struct slim_text name);

#endif
