/* The table of dimensions. In SQLite <<, >>, & and | bind alike and from the left. */
#include "sqlite_dimension.h"

#include <string.h>

#define HIT_KEY(name, expression)                                                                  \
    static int64_t hit_##name(const struct slim_hit_numbers *hit)                                  \
    {                                                                                              \
        return expression;                                                                         \
    }
#define VISIT_KEY(name, expression)                                                                \
    static int64_t visit_##name(const struct slim_visit *visit)                                    \
    {                                                                                              \
        return expression;                                                                         \
    }

HIT_KEY(all, ((void)hit, 0))
HIT_KEY(page, hit->page)
HIT_KEY(status, hit->status)
HIT_KEY(kind, hit->kind)
HIT_KEY(country, hit->country)
HIT_KEY(language, hit->language)
HIT_KEY(browser, hit->browser)
HIT_KEY(platform, hit->platform)
HIT_KEY(referer, hit->referer)
HIT_KEY(place, hit->place)
HIT_KEY(network, hit->network)
HIT_KEY(robot, hit->robot << 40 | hit->agent)
/* Two numbers in one: dictionaries' numbers stay far below 2^31. */
HIT_KEY(searchterms, hit->searchterms << 31 | hit->source)
HIT_KEY(notfound, hit->page << 32 | hit->referer << 1 | hit->internal)
HIT_KEY(error, hit->page << 10 | hit->status)

VISIT_KEY(all, ((void)visit, 0))
VISIT_KEY(country, visit->client.country)
VISIT_KEY(language, visit->client.language)
VISIT_KEY(browser, visit->client.browser)
VISIT_KEY(platform, visit->client.platform)
VISIT_KEY(place, visit->client.place)
VISIT_KEY(network, visit->client.network)
VISIT_KEY(entry, visit->entry.page)
VISIT_KEY(exit, visit->exit)
VISIT_KEY(source, visit->entry.source)
VISIT_KEY(campaign, visit->entry.campaign)

#define HOUR 3600
#define DAY 86400

const struct slim_dimension slim_dimension_table[] = {
    {1, "hour", HOUR, 1, 0, hit_all, SLIM_CLASS_HIT, "0", visit_all, "0", 0},
    {2, "all", DAY, 1, 0, hit_all, SLIM_CLASS_HIT, "0", visit_all, "0", 0},
    {3, "page", DAY, 1, 1, hit_page, SLIM_CLASS_PAGEVIEW, "resource.page", NULL, NULL, 0},
    {4, "entry", DAY, 0, 0, NULL, 0, NULL, visit_entry, "visit.entry", 1},
    {5, "exit", DAY, 0, 0, NULL, 0, NULL, visit_exit, "visit.exit", 1},
    {6, "download", DAY, 0, 0, hit_page, SLIM_CLASS_DOWNLOAD, "resource.page", NULL, NULL, 0},
    {7, "notfound", DAY, 0, 0, hit_notfound, SLIM_CLASS_NOTFOUND,
     "(resource.page << 32) | (hit.referer << 1) | (hit.flags >> 17 & 1)", NULL, NULL, 0},
    {8, "error", DAY, 0, 0, hit_error, SLIM_CLASS_ERROR, "resource.page << 10 | hit.status", NULL,
     NULL, 0},
    {9, "status", DAY, 0, 0, hit_status, SLIM_CLASS_HIT, "hit.status", NULL, NULL, 0},
    {10, "kind", DAY, 0, 0, hit_kind, SLIM_CLASS_HIT, "hit.kind", NULL, NULL, 0},
    {11, "country", DAY, 1, 0, hit_country, SLIM_CLASS_HIT, "hit.country", visit_country,
     "visit.country", 0},
    {12, "language", DAY, 1, 0, hit_language, SLIM_CLASS_HIT, "hit.language", visit_language,
     "visit.language", 0},
    {13, "browser", DAY, 1, 0, hit_browser, SLIM_CLASS_HIT, "agent.browser", visit_browser,
     "agent.browser", 0},
    {14, "platform", DAY, 1, 0, hit_platform, SLIM_CLASS_HIT, "agent.platform", visit_platform,
     "agent.platform", 0},
    {15, "robot", DAY, 0, 0, hit_robot, SLIM_CLASS_ROBOT, "hit.robot << 40 | hit.agent", NULL, NULL,
     0},
    {16, "source", DAY, 0, 0, NULL, 0, NULL, visit_source, "visit.source", 1},
    {17, "campaign", DAY, 0, 0, NULL, 0, NULL, visit_campaign, "visit.campaign", 1},
    {18, "searchterms", DAY, 0, 0, hit_searchterms, SLIM_CLASS_SEARCHED,
     "hit.searchterms << 31 | hit.source", NULL, NULL, 0},
    {19, "localsearch", DAY, 0, 0, hit_searchterms, SLIM_CLASS_LOCAL,
     "hit.searchterms << 31 | hit.source", NULL, NULL, 0},
    {20, "referer", DAY, 0, 0, hit_referer, SLIM_CLASS_REFERRED, "hit.referer", NULL, NULL, 0},
    {21, "place", DAY, 0, 0, hit_place, SLIM_CLASS_HIT, "hit.place", visit_place, "visit.place", 0},
    {22, "network", DAY, 0, 0, hit_network, SLIM_CLASS_HIT, "hit.network", visit_network,
     "visit.network", 0},
    {.number = 0},
};

const struct slim_dimension *slim_dimension_find(const char *name)
{
    for (const struct slim_dimension *d = slim_dimension_table; d->number; d++) {
        if (strcmp(d->name, name) == 0) {
            return d;
        }
    }
    return NULL;
}

const char *slim_class_sql(unsigned hit_class)
{
    switch (hit_class) {
    case SLIM_CLASS_PAGEVIEW: return "hit.pageview = 1";
    case SLIM_CLASS_DOWNLOAD: return "hit.download = 1";
    case SLIM_CLASS_NOTFOUND: return "hit.status in (404, 410)";
    case SLIM_CLASS_ERROR: return "hit.status >= 400";
    case SLIM_CLASS_ROBOT: return "hit.robot <> 0";
    case SLIM_CLASS_REFERRED:
        return "hit.pageview = 1 and hit.referer <> 0 and (hit.flags >> 17 & 1) = 0";
    case SLIM_CLASS_SEARCHED:
        return "hit.pageview = 1 and hit.searchterms <> 0 and (hit.flags >> 16 & 1) = 0";
    case SLIM_CLASS_LOCAL:
        return "hit.pageview = 1 and hit.searchterms <> 0 and (hit.flags >> 16 & 1) = 1";
    default: return "true";
    }
}
