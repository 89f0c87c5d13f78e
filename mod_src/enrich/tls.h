/* The version of TLS. */
#ifndef SLIM_ENRICH_TLS_H
#define SLIM_ENRICH_TLS_H

#include "core/facts.h"

/* Writes the version as OpenSSL spells it (SSL_get_version(3ssl)): "TLSv1.3", "TLSv1", "SSLv3";
 * other libraries' "TLS1.3" and "TLS 1.3" become that. "" when it is none: plain HTTP, "-",
 * anything else.
 */
void slim_tls_derive(struct slim_text said, char out[SLIM_TLS_SIZE]);

#endif
