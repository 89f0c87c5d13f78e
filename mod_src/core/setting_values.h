/* The settings: a member for each. Their names, ranges and defaults are in setting_table.h. */
#ifndef SLIM_SETTING_VALUES_H
#define SLIM_SETTING_VALUES_H

#include <stdint.h>

#include <apr_hash.h>

#define SLIM_STATE_DEFAULT "/var/lib/slimstats"

/* static: kept, so that visitors can be counted over weeks; daily: a new one each day (UTC), the
 * old one forgotten. */
enum slim_visitor_key { SLIM_VISITOR_KEY_STATIC, SLIM_VISITOR_KEY_DAILY };

/* What is kept of a client's address. */
enum slim_address_kept { SLIM_ADDRESS_FULL, SLIM_ADDRESS_MASKED, SLIM_ADDRESS_NONE };

struct slim_settings {
    const char *store;          /* URL: sqlite:PATH */
    const char *state;          /* directory of journal and lock */
    const char *country;        /* a file of countries or places; NULL: look in the usual places */
    const char *network;        /* the same of networks */
    const char *agents;         /* uap-core's regexes.yaml */
    const char *data;           /* directory of sources.tsv, robots.tsv, … */
    const char *server;         /* this front end's name; NULL: not known */
    uint64_t journal_limit;     /* bytes */
    uint32_t sync_s;            /* seconds between fsyncs of the journal; 0: after each write */
    uint32_t visit_timeout_s;   /* a longer gap ends a visit */
    uint32_t visitor_key;       /* enum slim_visitor_key */
    const char *visitor_secret; /* the key's file that front ends share; NULL: the state's own */
    uint32_t retain_days;       /* rows are kept so long; at least 1 */
    apr_hash_t *own_hosts;      /* "site\thost", both lower case, to "" */
    apr_hash_t *sites;          /* see site_rules.h */
    apr_hash_t *hosts;          /* see site_names.h */
    /* the module's own; the recorder does not get them */
    uint64_t buffer_bytes; /* of the ring */
    const char *recorder;  /* path of the command */
};

#endif
