/* The resource that a hit requested, and its page. */
#ifndef SLIM_RESOURCE_H
#define SLIM_RESOURCE_H

#include "core/page_list.h"

/* Path and query of a request target, as sent: scheme, host and fragment are cut. */
struct slim_text slim_resource_derive(struct slim_text target);

/* Writes the page that a resource stands for: percent-encoding is made equal and readable (RFC
 * 3986, 6.2.2), and the parameters that a list drops are gone; only & separates parameters. Cut at
 * size; the length. A page is its own page. own: of the site; each list may be NULL. */
size_t slim_resource_page(struct slim_text resource, const struct slim_page_list *own,
                          const struct slim_page_list *list, char *out, size_t size);

#endif
