/* What a hit can be by itself: the one rule of what counts. What it then is, its session says
 * (session.h). Pure. */
#ifndef SLIM_ROLE_H
#define SLIM_ROLE_H

#include "hit.h"

struct slim_role_case {
    struct slim_text method; /* as sent */
    unsigned kind, status;   /* enum slim_kind */
    uint32_t flags;          /* SLIM_HIT_*: whether a part begins at byte 0 */
    uint32_t evidence;       /* core/evidence.h; 0: not known */
    int searches;            /* it has words that were searched for on the site itself */
};

/* SLIM_ROLE_*, none for other methods than GET and POST but that of an asset. A page by GET is
 * answered 2xx or 304, and so is a prefetch; a page by POST 2xx. A download is answered 200 or 206
 * by GET, by POST 2xx with an attachment. A search may lead elsewhere, too (3xx). Of a 206 only one
 * from byte 0 is any of these. */
unsigned slim_role_of(const struct slim_role_case *c);

/* Whether it proves by itself that the page it came from is shown. What was asked for ahead does
 * not: a page that is rendered ahead has its pictures and scripts fetched with it. */
int slim_role_proves(unsigned kind, uint32_t evidence);

#endif
