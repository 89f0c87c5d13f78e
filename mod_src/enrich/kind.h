/* The kind of resource that a hit requested. */
#ifndef SLIM_KIND_H
#define SLIM_KIND_H

#include "core/evidence.h"
#include "core/facts.h"
#include "core/page_list.h"

/* What decides, the same for a request just answered, a line of a log and a stored row. */
struct slim_kind_case {
    struct slim_text method;   /* as sent */
    struct slim_text resource; /* empty: there was no request line */
    unsigned status;
    struct slim_evidence evidence;
    const struct slim_page_list *own, *list; /* the site's directives, and the files; NULL: none */
};

/* What decided. */
struct slim_kind_reason {
    const char *by;                   /* a few words */
    const struct slim_listed *listed; /* the line that it stands in; NULL: none */
};

/* Decided, in this order, by the status, whether there was a request, Sec-Purpose, the answer's
 * Content-Disposition, well-known paths, Sec-Fetch-Dest and Sec-Fetch-Mode, the answer's content
 * type, the name, and by what the client takes (Accept). */
enum slim_kind slim_kind_derive(const struct slim_kind_case *c);

/* The same, and what decided. */
enum slim_kind slim_kind_explain(const struct slim_kind_case *c, struct slim_kind_reason *why);

#endif
