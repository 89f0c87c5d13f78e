/* The Link header of an answer (RFC 8288). Pure; linear. */
#ifndef SLIM_LINK_HEADER_H
#define SLIM_LINK_HEADER_H

#include "hit.h"

/* Finds the address that a header's value calls canonical, as it is written. 0: there is none
 * before the value's end, or before its first mistake. */
int slim_link_canonical(struct slim_text value, struct slim_text *address);

#endif
