/* The version of TLS that a connection speaks. */
#ifndef SLIM_TLS_H
#define SLIM_TLS_H

#include "module.h"

/* Looks for a module that can tell, once in each child. */
void slim_tls_child_init(void);

/* "TLSv1.3", as the module that speaks TLS calls it; NULL: there is none. It is asked once a
 * connection, or once a stream of HTTP/2, whose streams have connections of their own for httpd. */
const char *slim_tls_version(const request_rec *r);

#endif
