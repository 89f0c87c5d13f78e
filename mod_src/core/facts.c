/* Names of kinds, channels and robot classes. */
#include "facts.h"

#include <string.h>

static const char *const kinds[SLIM_KINDS] = {"other",    "page", "asset",   "feed",
                                              "download", "api",  "prefetch"};
static const char *const channels[SLIM_CHANNELS] = {"direct", "internal", "website", "search",
                                                    "social", "ai",       "mail",    "campaign"};
static const char *const robots[SLIM_ROBOTS] = {"none",    "search", "ai",    "feed", "monitor",
                                                "preview", "tool",   "other", "own"};

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
    return index_of(robots, SLIM_ROBOT_OWN, name);
}
