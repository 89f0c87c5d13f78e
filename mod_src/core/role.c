/* What a hit can be by itself. */
#include "role.h"

#include "evidence.h"
#include "facts.h"
#include "session.h"
#include "text.h"

/* Of a partial answer only the one that begins, so that what comes in pieces counts once. */
static int is_answered(const struct slim_role_case *c)
{
    return c->status >= 200 && c->status < 300
           && (c->status != 206 || (c->flags & SLIM_HIT_FROM_START));
}

static int is_redirect(const struct slim_role_case *c)
{
    return c->status >= 300 && c->status < 400;
}

static unsigned roles_of_get(const struct slim_role_case *c)
{
    int answered = is_answered(c);
    unsigned roles = 0;

    if (c->kind == SLIM_KIND_DOWNLOAD) {
        return answered && (c->status == 200 || c->status == 206) ? SLIM_ROLE_DOWNLOAD : 0;
    }
    if (c->kind != SLIM_KIND_PAGE && c->kind != SLIM_KIND_PREFETCH) {
        return 0;
    }
    if (answered || c->status == 304) {
        roles |= c->kind == SLIM_KIND_PAGE ? SLIM_ROLE_VIEW : SLIM_ROLE_PREFETCH;
    }
    if (c->searches && (answered || is_redirect(c))) {
        roles |= SLIM_ROLE_SEARCH;
    }
    return roles;
}

static unsigned roles_of_post(const struct slim_role_case *c)
{
    if (!is_answered(c)) {
        return 0;
    }
    if (c->kind == SLIM_KIND_DOWNLOAD) {
        int attached = !c->evidence || slim_evidence_unpack(c->evidence).attachment;
        return attached ? SLIM_ROLE_DOWNLOAD : 0;
    }
    return c->kind == SLIM_KIND_PAGE ? SLIM_ROLE_POSTED : 0;
}

unsigned slim_role_of(const struct slim_role_case *c)
{
    unsigned roles = c->kind == SLIM_KIND_ASSET ? SLIM_ROLE_ASSET : 0;

    if (slim_text_is(c->method, "get")) {
        roles |= roles_of_get(c);
    } else if (slim_text_is(c->method, "post")) {
        roles |= roles_of_post(c);
    }
    return roles;
}

int slim_role_proves(unsigned kind, uint32_t evidence)
{
    struct slim_evidence e = slim_evidence_unpack(evidence);

    return kind != SLIM_KIND_PREFETCH && e.purpose <= SLIM_PURPOSE_OTHER;
}
