/* Names of kinds, channels, robot classes and purposes. */
#include "facts.h"

#include <string.h>

static const char *const kinds[SLIM_KINDS] = {"other",    "page", "asset",   "feed",
                                              "download", "api",  "prefetch"};
static const char *const channels[SLIM_CHANNELS] = {"direct", "internal", "website", "search",
                                                    "social", "ai",       "mail",    "campaign"};
static const char *const robots[SLIM_ROBOTS] = {"none",    "search", "ai",    "feed", "monitor",
                                                "preview", "tool",   "other", "own"};
static const char *const purposes[SLIM_ROBOT_PURPOSES] = {"other",   "train", "index",   "fetch",
                                                          "search",  "feed",  "preview", "monitor",
                                                          "archive", "seo",   "tool"};

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

const char *slim_robot_purpose_name(unsigned purpose)
{
    return purpose < SLIM_ROBOT_PURPOSES ? purposes[purpose] : "other";
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

int slim_robot_purpose_of(const char *name)
{
    return index_of(purposes, SLIM_ROBOT_PURPOSES, name);
}

enum slim_robot_purpose slim_robot_purpose_of_class(enum slim_robot robot)
{
    static const enum slim_robot_purpose of[SLIM_ROBOTS] = {
        [SLIM_ROBOT_SEARCH] = SLIM_FOR_SEARCH,   [SLIM_ROBOT_AI] = SLIM_FOR_TRAIN,
        [SLIM_ROBOT_FEED] = SLIM_FOR_FEED,       [SLIM_ROBOT_MONITOR] = SLIM_FOR_MONITOR,
        [SLIM_ROBOT_PREVIEW] = SLIM_FOR_PREVIEW, [SLIM_ROBOT_TOOL] = SLIM_FOR_TOOL,
    };

    return robot < SLIM_ROBOTS ? of[robot] : SLIM_FOR_OTHER;
}

int slim_robot_purpose_fits(enum slim_robot robot, enum slim_robot_purpose purpose)
{
    int of_ai = purpose >= SLIM_FOR_TRAIN && purpose <= SLIM_FOR_FETCH;

    return robot != SLIM_ROBOT_NONE && of_ai == (robot == SLIM_ROBOT_AI);
}
