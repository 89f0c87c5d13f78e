/* Names of kinds, channels and robot classes, and the two counting rules. */
#include "facts.h"

#include <string.h>

#include "evidence.h"
#include "text.h"

static const char *const kinds[SLIM_KINDS] = {"other",    "page", "asset",   "feed",
                                              "download", "api",  "prefetch"};
static const char *const channels[SLIM_CHANNELS] = {"direct", "internal", "website", "search",
                                                    "social", "ai",       "mail",    "campaign"};
static const char *const robots[SLIM_ROBOTS] = {"none",    "search",  "ai",   "feed",
                                                "monitor", "preview", "tool", "other"};

const char *slim_kind_name(unsigned kind)
{
    return kind < SLIM_KINDS ? kinds[kind] : "other";
}

const char *slim_channel_name(unsigned channel)
{
    return channel < SLIM_CHANNELS ? channels[channel] : "website";
}

const char *slim_robot_name(unsigned robot)
{
    return robot < SLIM_ROBOTS ? robots[robot] : "other";
}

static int index_of(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

int slim_channel_of(const char *name)
{
    return index_of(channels, SLIM_CHANNELS, name);
}

int slim_robot_of(const char *name)
{
    return index_of(robots, SLIM_ROBOTS, name);
}

/* Of a partial answer only the one that begins, so that what comes in pieces counts once. */
static int is_beginning(const struct slim_hit *hit)
{
    return hit->status != 206 || (hit->flags & SLIM_HIT_FROM_START) != 0;
}

int slim_facts_is_pageview(const struct slim_facts *facts, const struct slim_hit *hit)
{
    struct slim_text method = hit->field[SLIM_METHOD];
    int good = (hit->status >= 200 && hit->status < 300) || hit->status == 304;

    return facts->kind == SLIM_KIND_PAGE && good && is_beginning(hit)
           && (slim_text_is(method, "get") || slim_text_is(method, "post"));
}

int slim_facts_is_download(const struct slim_facts *facts, const struct slim_hit *hit)
{
    struct slim_text method = hit->field[SLIM_METHOD];

    if (facts->kind != SLIM_KIND_DOWNLOAD) {
        return 0;
    }
    if (slim_text_is(method, "post")) {
        return hit->status == 200 && slim_evidence_unpack(facts->evidence).attachment;
    }
    return slim_text_is(method, "get")
           && (hit->status == 200 || (hit->status == 206 && is_beginning(hit)));
}
