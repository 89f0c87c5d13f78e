/* The page that an address is, by the lists and by its site's rules. */
#ifndef SLIM_PAGE_H
#define SLIM_PAGE_H

#include "core/page_list.h"
#include "core/site_rules.h"

/* What the page of an address is made by. */
struct slim_page_maker {
    const struct slim_page_list *list;
    const struct slim_site_rules *rules;
    struct slim_text sections; /* of the hit, SLIM_PAGE_SECTIONS; empty for a referer */
    struct slim_text file;     /* that was served, by its address; empty: not known */
};

/* Writes the page of a resource, cut at size; returns its length. *rule: the text of the last rule
 * of SlimStatsPage that made it another one; NULL: none did. */
size_t slim_page_derive(const struct slim_page_maker *maker, struct slim_text resource, char *out,
                        size_t size, const char **rule);

/* The same of what an application calls a page: an address is made equal as any other, but follows
 * no rules; all else is a text. 0: there is nothing to be seen in it. */
size_t slim_page_named(const struct slim_page_maker *maker, struct slim_text name, char *out,
                       size_t size);

#endif
