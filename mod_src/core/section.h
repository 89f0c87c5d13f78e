/* Sections of httpd.conf, as far as they can be told by an address. */
#ifndef SLIM_SECTION_H
#define SLIM_SECTION_H

/* Whether a path, as slim_hit_rule_path makes it, is in a section: "" is all of a site, "/path" and
 * "/path*" are of a <Location>: a path and all below it, or a pattern that knows directories. */
int slim_section_holds(const char *section, const char *path);

#endif
