/* Headers that are kept as codes and bits: what httpd's module makes of them, from a log. */
#include "log_fact.h"

#include <string.h>
#include <strings.h>

#include "core/fetch.h"
#include "core/text.h"

#define SMALLEST_PART 1000 /* bytes of a 206 that is more than a player's look at the first two */

static int contains(struct slim_text text, const char *lower_case)
{
    for (; text.length > 0; text.at++, text.length--) {
        if (slim_text_begins(text, lower_case)) {
            return 1;
        }
    }
    return 0;
}

static void take_dest(struct slim_text value, struct slim_hit *hit)
{
    hit->dest = slim_dest_of(value.at, value.length);
}

static void take_mode(struct slim_text value, struct slim_hit *hit)
{
    hit->mode = slim_mode_of(value.at, value.length);
}

static void take_site(struct slim_text value, struct slim_hit *hit)
{
    hit->fetch_site = slim_fetch_site_of(value.at, value.length);
}

static void take_purpose(struct slim_text value, struct slim_hit *hit)
{
    if (hit->purpose <= SLIM_PURPOSE_OTHER) {
        hit->purpose = slim_purpose_of(value.at, value.length);
    }
}

static void take_accept(struct slim_text value, struct slim_hit *hit)
{
    hit->flags |= SLIM_HIT_ACCEPT;
    hit->flags |= contains(value, "text/html") ? SLIM_HIT_ACCEPT_HTML : 0u;
}

static void take_requested_with(struct slim_text value, struct slim_hit *hit)
{
    hit->flags |= slim_text_is(value, "xmlhttprequest") ? SLIM_HIT_BY_SCRIPT : 0u;
}

static void take_boosted(struct slim_text value, struct slim_hit *hit)
{
    hit->flags |= slim_text_is(value, "true") ? SLIM_HIT_DRAWN : 0u;
}

static void take_turbo(struct slim_text value, struct slim_hit *hit)
{
    (void)value;
    hit->flags |= SLIM_HIT_DRAWN;
}

static void take_disposition(struct slim_text value, struct slim_hit *hit)
{
    hit->flags |= slim_text_begins(value, "attachment") ? SLIM_HIT_ATTACHMENT : 0u;
}

static const struct {
    const char *name;
    char where;
    void (*take)(struct slim_text value, struct slim_hit *hit);
} facts[] = {
    {"sec-fetch-dest", 'i', take_dest},
    {"sec-fetch-mode", 'i', take_mode},
    {"sec-fetch-site", 'i', take_site},
    {"sec-purpose", 'i', take_purpose},
    {"purpose", 'i', take_purpose},
    {"x-purpose", 'i', take_purpose},
    {"x-moz", 'i', take_purpose},
    {"accept", 'i', take_accept},
    {"x-requested-with", 'i', take_requested_with},
    {"hx-boosted", 'i', take_boosted},
    {"x-turbo-request-id", 'i', take_turbo},
    {"content-disposition", 'o', take_disposition},
};

int slim_log_fact_of(struct slim_text name, char where)
{
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        if (where == facts[i].where && name.length == strlen(facts[i].name)
            && strncasecmp(name.at, facts[i].name, name.length) == 0) {
            return (int)i;
        }
    }
    return -1;
}

void slim_log_fact_take(int fact, struct slim_text value, struct slim_hit *hit)
{
    if (value.length > 0) {
        facts[fact].take(value, hit);
    }
}

void slim_log_fact_end(struct slim_hit *hit)
{
    if (hit->status == 206 && hit->bytes > SMALLEST_PART) {
        hit->flags |= SLIM_HIT_FROM_START;
    }
}
