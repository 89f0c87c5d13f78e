/* What a client accepts (RFC 9110, 12.5.1). */
#ifndef SLIM_ACCEPT_H
#define SLIM_ACCEPT_H

#include <stddef.h>

struct slim_accepted {
    int quality; /* thousandths (12.4.2); 0: not acceptable */
    int named;   /* by its own name, not by a range as text or all */
};

/* How acceptable a media type ("text/plain") is by an Accept header: the most specific range that
 * fits says so, of several the one with the highest quality. Parameters but q are not looked at. A
 * q that is no number counts as absent, 1. */
struct slim_accepted slim_accept_look(const char *header, size_t length, const char *type);

#endif
