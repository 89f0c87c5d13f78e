/* The kind of resource that a hit requested. */
#ifndef SLIM_KIND_H
#define SLIM_KIND_H

#include "core/facts.h"

/* Decided, in this order, by Sec-Purpose (or Purpose, X-Moz), Sec-Fetch-Dest and Sec-Fetch-Mode,
 * the response's content type, the extension. A browser navigates to downloads and feeds as it does
 * to pages, so there the content type has the word. */
enum slim_kind slim_kind_derive(const struct slim_hit *hit, struct slim_text resource);

/* The same, and in *by a few words on what decided. */
enum slim_kind slim_kind_explain(const struct slim_hit *hit, struct slim_text resource,
                                 const char **by);

#endif
