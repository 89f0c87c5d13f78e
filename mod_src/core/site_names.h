/* Which site a host name belongs to, as the virtual hosts of the server say: what a log's lines
 * name is a host, and what is recorded is its site. */
#ifndef SLIM_SITE_NAMES_H
#define SLIM_SITE_NAMES_H

#include <apr_hash.h>

#include "hit.h"

/* A site of this name stands for sites named as their hosts are: SlimStatsSite %{HTTP_HOST}. */
#define SLIM_SITE_IS_HOST "*"

/* Notes that requests to a host are hits of a site; "*.example.org" stands for all hosts below. The
 * first site of a host counts, as in httpd. In the hash's pool, in lower case. */
void slim_site_names_add(apr_hash_t *hosts, const char *site, const char *host);

/* The site of a host; NULL: its site is named as the host is, or nothing is known of it. */
const char *slim_site_names_find(apr_hash_t *hosts, struct slim_text host);

/* The one site that there is; NULL when there is none, or more than one. */
const char *slim_site_names_only(apr_hash_t *hosts);

/* All as lines of settings, in pool. */
const char *slim_site_names_write(apr_hash_t *hosts, apr_pool_t *pool);

#endif
