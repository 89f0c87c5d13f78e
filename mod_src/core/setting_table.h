/* The one table of everything that can be set: directives of httpd.conf, lines of the recorder's
 * settings and options of `slimstats record` are all read by it. A test compares
 * conf/slimstats.conf and mod_slimstats(8) with it. */
#ifndef SLIM_SETTING_TABLE_H
#define SLIM_SETTING_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "status_code.h"

/* Where a directive may stand. */
enum slim_setting_place {
    SLIM_IN_DIRECTORY, /* in the server, in virtual hosts and in directories */
    SLIM_IN_SECTION,   /* the same, but not in .htaccess files */
    SLIM_IN_HOST,      /* in the server and in virtual hosts */
    SLIM_IN_SERVER,    /* in the main server alone */
    SLIM_IN_LOCATION   /* in sections alone */
};

enum slim_setting_type {
    /* a member of struct slim_settings */
    SLIM_SET_PATH,   /* const char * */
    SLIM_SET_STORE,  /* const char *, a URL */
    SLIM_SET_NAME,   /* const char *, see slim_setting_is_name */
    SLIM_SET_SIZE,   /* uint64_t: digits, then nothing, K, M or G */
    SLIM_SET_NUMBER, /* uint32_t: digits */
    SLIM_SET_WORD,   /* uint32_t: which one of words */
    /* by site, see site_rules.h, site_names.h and own_hosts */
    SLIM_SET_QUERY,
    SLIM_SET_SEARCH,
    SLIM_SET_SECRET,
    SLIM_SET_ROBOTS,
    SLIM_SET_OWN_HOST,
    SLIM_SET_SITE,
    SLIM_SET_EXCLUDE,
    SLIM_SET_OWN,
    SLIM_SET_PAGE,
    SLIM_SET_PAGE_PARAM,
    SLIM_SET_KIND,
    SLIM_SET_ADDRESS,
    SLIM_SET_RESPECT,
    /* of a server or a directory: the module alone knows them */
    SLIM_SET_CAPTURE,
    SLIM_SET_HOSTS,
    SLIM_SET_SITES,
    SLIM_SET_VIEW,
    SLIM_SET_PAGE_HEADER,
    SLIM_SETTING_TYPES
};

struct slim_setting {
    const char *directive; /* NULL: the module finds it out by itself */
    const char *name;      /* of the recorder's line, "sync 1"; NULL: the recorder needs it not */
    enum slim_setting_place place;
    enum slim_setting_type type;
    size_t offset;           /* in struct slim_settings */
    uint64_t min, max;       /* of a size or a number, as it is stored */
    uint32_t unit;           /* so much is stored for one of a directive's number */
    const char *const *word; /* ends with NULL */
    const char *fallback; /* the default as httpd.conf writes it; NULL: none that can be written */
    const char *placeholder; /* for the value, in manual and help; NULL: by words */
    const char *allowed;     /* in words; NULL: by range or words, see slim_setting_allowed */
    const char *summary;
};

/* Ends with an entry that has no type: SLIM_SETTING_TYPES. */
extern const struct slim_setting slim_settings_table[];

/* Whether it is a member of struct slim_settings, and not one of many by site or section. */
int slim_setting_is_single(const struct slim_setting *setting);

/* Whether a text may be a server's name: 1 to 64 letters, digits, dots, hyphens and underscores. */
int slim_setting_is_name(const char *text);

/* By the name of the recorder's line; NULL: there is none. */
const struct slim_setting *slim_setting_find(const char *name);

#define SLIM_ALLOWED_SIZE 128

/* Which values are allowed, in words: "seconds from 0 to 3600"; of a directive, or of the
 * recorder's option, which counts seconds where the directive counts minutes. The text is the
 * table's, or in room, which has size bytes (SLIM_ALLOWED_SIZE are enough). */
const char *slim_setting_allowed(const struct slim_setting *setting, int as_directive, char *room,
                                 size_t size);

/* What stands for the value in manual and help; as above. */
const char *slim_setting_placeholder(const struct slim_setting *setting, int as_directive,
                                     char *room, size_t size);

/* A size, number or word, each for the smallest and the largest of which the table says so. With
 * as_directive a number is counted in the directive's unit. *value is what is stored.
 * SLIM_EBADSETTING: not allowed. */
apr_status_t slim_setting_parse(const struct slim_setting *setting, const char *text,
                                int as_directive, uint64_t *value) SLIM_MUST_CHECK;

/* A size as httpd.conf writes it: digits, then nothing, K, M or G. */
apr_status_t slim_settings_parse_size(const char *text, uint64_t *bytes) SLIM_MUST_CHECK;

#endif
