/* One hit: what httpd knew about a finished request, raw. Everything derived from it
 * (country, browser, visit) is the recorder's work. */
#ifndef SLIM_HIT_H
#define SLIM_HIT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A run of bytes somebody else owns: not NUL-terminated, may hold any byte, at may be NULL
 * when length is 0. */
struct slim_text {
    const char *at;
    size_t length;
};

static inline struct slim_text slim_text_of(const char *string)
{
    return (struct slim_text){string, strlen(string)};
}

/* The texts of a hit. New ones go at the end, before SLIM_FIELDS: records on disk count them. */
enum slim_field {
    SLIM_SITE,                /* the virtual host's name, or what SlimStatsSite says */
    SLIM_METHOD,              /* as sent: GET, POST, … */
    SLIM_URI,                 /* path and query as the client sent them */
    SLIM_REFERER,             /* Referer */
    SLIM_AGENT,               /* User-Agent */
    SLIM_LANGUAGE,            /* Accept-Language */
    SLIM_TYPE,                /* Content-Type of the response */
    SLIM_CH_UA,               /* Sec-CH-UA */
    SLIM_CH_VERSIONS,         /* Sec-CH-UA-Full-Version-List */
    SLIM_CH_PLATFORM,         /* Sec-CH-UA-Platform */
    SLIM_CH_PLATFORM_VERSION, /* Sec-CH-UA-Platform-Version */
    SLIM_CH_MODEL,            /* Sec-CH-UA-Model */
    SLIM_TLS_VERSION,         /* as mod_ssl's SSL_PROTOCOL: TLSv1.3; empty for plain HTTP */
    SLIM_PAGE_NAME,           /* what the application calls the page, or the file that was served */
    SLIM_TITLE,               /* and its title */
    SLIM_DIMENSION_1,         /* four values of the admin's own */
    SLIM_DIMENSION_2,
    SLIM_DIMENSION_3,
    SLIM_DIMENSION_4,
    SLIM_PAGE_SECTIONS, /* those with a SlimStatsPage that no address tells: ids (page_rule.h), u32
                           each */
    SLIM_FIELDS
};

enum slim_hit_flag {
    SLIM_HIT_TLS = 1u << 0,
    SLIM_HIT_ABORTED = 1u << 1,    /* the client went away before the end */
    SLIM_HIT_TRUNCATED = 1u << 2,  /* a text was longer than its ceiling */
    SLIM_HIT_REDIRECTED = 1u << 3, /* httpd redirected internally (DirectoryIndex, ErrorDocument) */
    SLIM_HIT_DNT = 1u << 4,        /* DNT: 1 */
    SLIM_HIT_GPC = 1u << 5,        /* Sec-GPC: 1 */
    SLIM_HIT_MOBILE = 1u << 6,     /* Sec-CH-UA-Mobile: ?1 */
    SLIM_HIT_FROM_START = 1u << 7, /* a 206 whose range begins at byte 0, of more than two bytes:
                                      players ask for two to see whether ranges are served */
    /* Those from here on are kept as evidence (evidence.h). */
    SLIM_HIT_ACCEPT = 1u << 8,      /* Accept was sent */
    SLIM_HIT_ACCEPT_HTML = 1u << 9, /* and names text/html */
    SLIM_HIT_ATTACHMENT = 1u << 10, /* Content-Disposition: attachment */
    SLIM_HIT_BY_SCRIPT = 1u << 11,  /* X-Requested-With: XMLHttpRequest */
    SLIM_HIT_DRAWN = 1u << 12,      /* a script asked for a page to show it (Turbo, boosted htmx) */

    SLIM_HIT_OWN = 1u << 13,  /* SlimStatsOwn: of those who run the site */
    SLIM_HIT_FILE = 1u << 14, /* the page's name is no name, but the address of the file */
};

/* The agent of hits of a log that has none: nobody can tell people and robots apart by it, and they
 * are taken for people. */
#define SLIM_AGENT_NOT_LOGGED "(not logged)"

#define SLIM_HIT_FLAGS_KEPT 0xffu /* as flags */

struct slim_hit {
    int64_t time_us;        /* arrival of the request, µs since 1970 UTC; 0 … SLIM_TIME_MAX */
    uint64_t duration_us;   /* arrival to the last byte handed to the network; 0 not known */
    uint64_t bytes;         /* sent, headers included, as mod_logio's %O */
    uint32_t flags;         /* enum slim_hit_flag */
    uint16_t status;        /* of the last request in the chain of internal redirects */
    uint16_t protocol;      /* httpd's proto_num: 1000 × major + minor */
    uint8_t address[16];    /* network byte order */
    uint8_t address_length; /* 4, 16, or 0: unknown or not kept */
    uint8_t dest, mode, fetch_site, purpose; /* of fetch.h */
    struct slim_text field[SLIM_FIELDS];
};

#define SLIM_TIME_MAX INT64_C(253402300799999999) /* the last µs of the year 9999 */

#endif
