/* URLs as browsers send them: split, and query values decoded. Pure functions. */
#ifndef SLIM_URL_H
#define SLIM_URL_H

#include "hit.h"

/* The parts of an absolute URL (RFC 3986), as written; none owns memory. User info and port are
 * left out of host. */
struct slim_url {
    struct slim_text scheme, host, path, query, fragment;
    struct slim_text authority; /* with user info and port */
};

/* 1 when text is "scheme://…" with a host, 0 otherwise. path begins with "/" or is empty. */
int slim_url_split(struct slim_text text, struct slim_url *url);

/* Takes the next name=value off a query string; separators are & and ;. 0 at the end. */
int slim_url_next_parameter(struct slim_text *query, struct slim_text *name,
                            struct slim_text *value);

/* Decodes %XX and + into out, cut at size; a % that begins no escape stays. Returns the length. */
size_t slim_url_decode(struct slim_text text, char *out, size_t size);

#endif
