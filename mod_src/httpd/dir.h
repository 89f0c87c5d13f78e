/* What httpd.conf says of a section: a server, a virtual host, a directory or a location. */
#ifndef SLIM_DIR_H
#define SLIM_DIR_H

#include <ap_expr.h>
#include <stdint.h>

#include "module.h"

#define SLIM_UNSET (-1)

enum slim_rule_kind {
    SLIM_RULE_ENV,
    SLIM_RULE_IP,
    SLIM_RULE_PATH,
    SLIM_RULE_STATUS,
    SLIM_RULE_TYPE,
    SLIM_RULE_AGENT,
    SLIM_RULE_EXPR
};

/* One rule of SlimStatsExclude or SlimStatsOwn. */
struct slim_rule {
    enum slim_rule_kind kind;
    int is_own;          /* what it fits is recorded, as own */
    int negated;         /* env=!NAME */
    int low, high;       /* status */
    const char *pattern; /* a glob, or the variable's name */
    const char *text;    /* "ip=192.0.2.7" */
    apr_ipsubnet_t *subnet;
    ap_expr_info_t *expression;
};

/* SlimStatsPage and SlimStatsPageHeader of a directory. */
struct slim_dir_pages {
    int header;                /* 1, 0, SLIM_UNSET */
    int file;                  /* the file that was served is asked for: 1, 0, SLIM_UNSET */
    apr_array_header_t *rules; /* const char *, where an address tells; NULL: none */
    apr_array_header_t
        *sections; /* uint32_t, ids of sections with rules where none does; or NULL */
};

/* Of a server, a virtual host and a directory alike. */
struct slim_dir {
    const char *path;          /* of the section; NULL: the server itself */
    int capture;               /* SlimStats: 1, 0, SLIM_UNSET */
    apr_array_header_t *rules; /* struct slim_rule; NULL: none */
    int dashboard;             /* the last SetHandler is ours: 1, 0, SLIM_UNSET */
    const char *handler_path;  /* of the Location that has SetHandler slimstats; NULL: none */
    const ap_regex_t *handler_pattern; /* of a LocationMatch; NULL: it is a path */
    const char *require_path;          /* of the section whose Require is in force; NULL: none */
    int by_address;                    /* that goes by where a request comes from */
    int had_own_require;               /* one of its own was in force before, or is */
    apr_array_header_t *hosts;         /* const char *, SlimStatsHosts; NULL: unset */
    apr_array_header_t *sites;         /* const char *, SlimStatsSites; NULL: unset */
    const struct slim_view *view;      /* SlimStatsView; NULL: unset */
    struct slim_dir_pages *pages;      /* NULL: no directive of pages */
};

static inline struct slim_dir *slim_dir_config(const request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &slimstats_module);
}

#endif
