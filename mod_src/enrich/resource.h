/* The resource that a hit requested, and its page. */
#ifndef SLIM_RESOURCE_H
#define SLIM_RESOURCE_H

#include "core/hit.h"

/* Path and query of a request target, as sent: scheme, host and fragment are cut. */
struct slim_text slim_resource_derive(struct slim_text target);

/* Copies resource without its tracking parameters (utm_*, gclid, fbclid, …) into out, which has
 * room for resource.length bytes; returns the length. */
size_t slim_resource_page(struct slim_text resource, char *out);

#endif
