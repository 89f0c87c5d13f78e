/* What the enrichments make of a hit. */
#ifndef SLIM_FACTS_H
#define SLIM_FACTS_H

#include "hit.h"

enum slim_kind {
    SLIM_KIND_OTHER,
    SLIM_KIND_PAGE,
    SLIM_KIND_ASSET,
    SLIM_KIND_FEED,
    SLIM_KIND_DOWNLOAD,
    SLIM_KIND_API,
    SLIM_KIND_PREFETCH,
    SLIM_KINDS
};

enum slim_channel {
    SLIM_CHANNEL_DIRECT,
    SLIM_CHANNEL_INTERNAL,
    SLIM_CHANNEL_WEBSITE,
    SLIM_CHANNEL_SEARCH,
    SLIM_CHANNEL_SOCIAL,
    SLIM_CHANNEL_AI,
    SLIM_CHANNEL_MAIL,
    SLIM_CHANNEL_CAMPAIGN,
    SLIM_CHANNELS
};

enum slim_robot {
    SLIM_ROBOT_NONE,
    SLIM_ROBOT_SEARCH,
    SLIM_ROBOT_AI,
    SLIM_ROBOT_FEED,
    SLIM_ROBOT_MONITOR,
    SLIM_ROBOT_PREVIEW,
    SLIM_ROBOT_TOOL,
    SLIM_ROBOT_OTHER,
    SLIM_ROBOT_OWN, /* no robot, but those who run the site: a class of sessions, not of agents */
    SLIM_ROBOTS
};

/* What a robot is for. Of class ai are train, index and fetch; every other class has its own, or
 * one that is more precise. */
enum slim_robot_purpose {
    SLIM_FOR_OTHER, /* what is not known, too */
    SLIM_FOR_TRAIN, /* collects for models */
    SLIM_FOR_INDEX, /* builds an answer engine's index */
    SLIM_FOR_FETCH, /* asks because a person asks just now */
    SLIM_FOR_SEARCH,
    SLIM_FOR_FEED,
    SLIM_FOR_PREVIEW,
    SLIM_FOR_MONITOR,
    SLIM_FOR_ARCHIVE,
    SLIM_FOR_SEO,
    SLIM_FOR_TOOL,
    SLIM_ROBOT_PURPOSES
};

/* What a client does, beside what it calls itself: bits. They never change its class. */
enum slim_mark {
    SLIM_MARK_ROBOTS_TXT = 1u << 0, /* asked for /robots.txt */
    SLIM_MARK_PROBE = 1u << 1,      /* tried a well-known hole */
    SLIM_MARK_HOSTING = 1u << 2,    /* comes from a network that hosts servers, not people */
    SLIM_MARK_LEAK = 1u << 11,      /* was answered what no stranger should get */
    SLIM_MARK_PROVED = 1u << 12,    /* a robot that comes from its operator's addresses */
    SLIM_MARK_FALSE = 1u << 13,     /* calls itself a robot whose operator's addresses are others */
};

/* Those that hits have, and not their visits. */
#define SLIM_MARKS_OF_HITS_ALONE (SLIM_MARK_LEAK | SLIM_MARK_PROVED | SLIM_MARK_FALSE)

/* Whether a robot comes from where its operator says: a fact beside its class. */
enum slim_proof {
    SLIM_PROOF_OPEN, /* nobody can say */
    SLIM_PROOF_RANGE,
    SLIM_PROOF_FALSE,
    SLIM_PROOFS
};

#define SLIM_LANGUAGE_SIZE 8 /* "fil-ph" and its end */
#define SLIM_TERMS_MAX 256
#define SLIM_PAGE_MAX 2048
#define SLIM_TAG_MAX 256

/* Who asked, derived once for each distinct agent. Texts belong to the agent cache. */
struct slim_client {
    struct slim_text browser; /* family, "" unknown */
    struct slim_text version; /* major */
    struct slim_text version_full;
    struct slim_text platform; /* family, "" unknown */
    struct slim_text platform_version;
    struct slim_text hints; /* that it was named by, as enrich/hint_text.h has them; "" none */
    enum slim_robot robot;
    struct slim_text operator;       /* who runs a robot; "" not known, or none */
    enum slim_robot_purpose purpose; /* of a robot */
};

/* What a link was tagged with (utm_*), or the network that a click id belongs to. All empty: no
 * campaign. utm_source is the hit's source. */
struct slim_campaign {
    struct slim_text name; /* utm_campaign, else the click id's network */
    struct slim_text medium;
    struct slim_text term;
    struct slim_text content;
};

#define SLIM_TLS_SIZE 8

/* Texts point into the hit, into buffers below or into tables of the enrichments; they are valid
 * until the next hit is enriched. */
struct slim_facts {
    enum slim_kind kind;
    uint32_t evidence;         /* what decided it, as slim_evidence_pack makes it */
    struct slim_text resource; /* as sent, without scheme, host, fragment, and what SlimStatsQuery
                                  drops */
    struct slim_text page;     /* the same without tracking parameters: what reports group by */
    struct slim_text address_page; /* that referers know it by, if it is another: of its address
                                      alone, whatever it is named; empty: it is not */
    const char *page_rule;         /* what made it another one, of SlimStatsPage; NULL: nothing */
    struct slim_text title;        /* that an application gave the page; empty: none */
    char language[SLIM_LANGUAGE_SIZE];
    char country[3];
    struct slim_text region; /* as the City file names them in English; "" unknown */
    struct slim_text city;
    uint32_t network; /* number of the autonomous system; 0 unknown */
    struct slim_text network_name;
    struct slim_text referer;
    struct slim_text domain;
    struct slim_text source;
    enum slim_channel channel;
    int referer_is_own;            /* a page of the hit's own site, */
    struct slim_text referer_page; /* and which; empty: none */
    struct slim_text terms;        /* searched for in an engine, or */
    int terms_are_local;           /* 1: on the site itself */
    struct slim_campaign campaign;
    char tls[SLIM_TLS_SIZE]; /* "TLSv1.3"; "" for plain HTTP */
    struct slim_text server; /* the front end that answered; empty: not known */
    const struct slim_client *client;
    unsigned marks;   /* SLIM_MARK_* */
    int is_imported;  /* the hit is of a log, not of the recorder */
    uint32_t archive; /* the number of the archive that it came by; 0: of none */
    uint64_t visitor; /* keyed hash of site, address and agent; 0: not kept */

    char resource_buffer[2048];
    char page_buffer[SLIM_PAGE_MAX];
    char address_page_buffer[SLIM_PAGE_MAX];
    char referer_page_buffer[SLIM_PAGE_MAX];
    char referer_buffer[2048];
    char domain_buffer[256];
    char source_buffer[256];
    char title_buffer[SLIM_TERMS_MAX];
    char terms_buffer[SLIM_TERMS_MAX];
    char campaign_buffer[4][SLIM_TAG_MAX];
};

/* "page", "search", "none"; never NULL. */
const char *slim_kind_name(unsigned kind);
const char *slim_channel_name(unsigned channel);
const char *slim_robot_name(unsigned robot);
const char *slim_robot_purpose_name(unsigned purpose);

/* The channel of a name, an agent's class, or a purpose; -1 when there is none. */
int slim_channel_of(const char *name);
int slim_robot_of(const char *name);
int slim_robot_purpose_of(const char *name);

/* What robots of a class are for when nothing more is known of them. */
enum slim_robot_purpose slim_robot_purpose_of_class(enum slim_robot robot);
/* Whether robots of a class can be for that: class ai is train, index and fetch, and no other is.
 */
int slim_robot_purpose_fits(enum slim_robot robot, enum slim_robot_purpose purpose);

#endif
