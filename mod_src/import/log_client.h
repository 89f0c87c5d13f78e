/* Who asked, as logs and proxies write it: an address, a list of them, or a host's name. Pure. */
#ifndef SLIM_LOG_CLIENT_H
#define SLIM_LOG_CLIENT_H

#include "core/hit.h"

/* Fields that may name the client; where a line has several, the one further down counts. */
enum slim_log_client {
    SLIM_CLIENT_NONE,
    SLIM_CLIENT_HOST,    /* %h */
    SLIM_CLIENT_ADDRESS, /* %a */
    SLIM_CLIENT_FORWARDED,
    SLIM_CLIENT_X_FORWARDED_FOR,
    SLIM_CLIENT_X_REAL_IP,
    SLIM_CLIENT_CF_CONNECTING_IP
};

/* What a request header tells of the client, by its name. */
enum slim_log_client slim_log_client_header(struct slim_text name);

/* The first of a list, without port, brackets and quotes; of Forwarded (RFC 7239) what for= says.
 * Empty where nothing is told: "-", "unknown", "_hidden". */
struct slim_text slim_log_client_first(enum slim_log_client field, struct slim_text value);

/* Whether text may be the name of a host: letters, digits, dots, dashes, underscores, with a letter
 * among them. */
int slim_log_client_is_name(struct slim_text text);

#endif
