/* What a stored hit is called by the lists, and what of it is still known: enough to name it anew
 * after the lists have changed. */
#ifndef SLIM_NAMING_H
#define SLIM_NAMING_H

#include "facts.h"

struct slim_naming {
    /* as it was stored */
    int64_t second; /* since 1970 */
    uint16_t status;
    uint8_t address[16];
    uint8_t address_length; /* 0: not kept */
    struct slim_text method, site, resource, referer, agent;
    struct slim_text hints; /* of the agent, as struct slim_client has them */
    int hints_are_unknown;  /* the agent is from before they were kept */
    int is_other_agent;     /* agent is none, it stands for what came after a day's ceiling; */
    int is_other_request;   /* so does method, site or resource */
    uint32_t evidence;      /* core/evidence.h; 0: what decided its kind is not known */

    /* what it is called */
    struct slim_text browser, version, version_full, platform, platform_version;
    enum slim_robot robot;
    struct slim_text operator; /* set when it is named */
    enum slim_robot_purpose purpose;
    int keeps_client; /* set when it is named: it was called by hints that were not kept, and still
                         is */
    enum slim_kind kind;
    struct slim_text source, terms;
    int terms_are_local; /* of the site's own search: no list of sources names them */
    enum slim_channel channel;
    struct slim_text country, region, city;
    uint32_t network;
    struct slim_text network_name;
};

/* Names a hit anew; whether anything is called differently now. Texts live until the next call. */
typedef int slim_name_hit(void *baton, struct slim_naming *naming);

/* Whose a robot is, and what for: of an agent that is stored. */
struct slim_robot_naming {
    struct slim_text agent, hints; /* as it was stored */
    int hints_are_unknown;         /* it is from before they were kept */
    enum slim_robot robot;         /* the class that it was given, and keeps here */

    struct slim_text operator; /* what it is called */
    enum slim_robot_purpose purpose;
};

/* Names a robot anew; whether operator or purpose is another one now. Texts live until the next
 * call. */
typedef int slim_name_robot(void *baton, struct slim_robot_naming *naming);

#endif
