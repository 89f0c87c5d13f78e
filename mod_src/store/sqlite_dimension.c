/* The table of dimensions. In SQLite <<, >>, & and | bind alike and from the left. */
#include "sqlite_dimension.h"

#include <string.h>

#define HIT(member) offsetof(struct slim_hit_row, member)
#define VISIT(member) offsetof(struct slim_visit, member)
#define ALL                                                                                        \
    {                                                                                              \
        .counts = 1                                                                                \
    }
#define BY(at)                                                                                     \
    {                                                                                              \
        1,                                                                                         \
        {                                                                                          \
            {                                                                                      \
                at, 0, 0                                                                           \
            }                                                                                      \
        }                                                                                          \
    }

#define HOUR 3600
#define DAY 86400

const struct slim_dimension slim_dimension_table[] = {
    {1, "hour", HOUR, .has_visitors = 1, .hit = ALL, .hit_class = SLIM_CLASS_HIT, .hit_sql = "0",
     .visit = ALL, .visit_sql = "0"},
    {2, "all", DAY, .has_visitors = 1, .hit = ALL, .hit_class = SLIM_CLASS_HIT, .hit_sql = "0",
     .visit = ALL, .visit_sql = "0"},
    {3, "page", DAY, .has_visitors = 1, .is_large = 1, .hit = BY(HIT(page)),
     .hit_class = SLIM_CLASS_PAGEVIEW, .hit_sql = "resource.page"},
    {4, "entry", DAY, .visit = BY(VISIT(entry.page)), .visit_sql = "visit.entry", .sums_visits = 1},
    {5, "exit", DAY, .visit = BY(VISIT(exit)), .visit_sql = "visit.exit", .sums_visits = 1},
    {6, "download", DAY, .hit = BY(HIT(page)), .hit_class = SLIM_CLASS_DOWNLOAD,
     .hit_sql = "resource.page"},
    {7, "notfound", DAY,
     .hit = {1, {{HIT(page), 32, 0}, {HIT(referer), 1, 0}, {HIT(flags), 0, SLIM_ROW_OWN_REFERER}}},
     .hit_class = SLIM_CLASS_NOTFOUND,
     .hit_sql = "(resource.page << 32) | (hit.referer << 1) | (hit.flags >> 17 & 1)"},
    {8, "error", DAY, .hit = {1, {{HIT(page), 10, 0}, {HIT(status), 0, 0}}},
     .hit_class = SLIM_CLASS_ERROR, .hit_sql = "resource.page << 10 | hit.status"},
    {9, "status", DAY, .hit = BY(HIT(status)), .hit_class = SLIM_CLASS_HIT,
     .hit_sql = "hit.status"},
    {10, "kind", DAY, .hit = BY(HIT(kind)), .hit_class = SLIM_CLASS_HIT, .hit_sql = "hit.kind"},
    {11, "country", DAY, .has_visitors = 1, .hit = BY(HIT(country)), .hit_class = SLIM_CLASS_HIT,
     .hit_sql = "hit.country", .visit = BY(VISIT(client.country)), .visit_sql = "visit.country"},
    {12, "language", DAY, .has_visitors = 1, .hit = BY(HIT(language)), .hit_class = SLIM_CLASS_HIT,
     .hit_sql = "hit.language", .visit = BY(VISIT(client.language)), .visit_sql = "visit.language"},
    {13, "browser", DAY, .has_visitors = 1, .hit = BY(HIT(browser)), .hit_class = SLIM_CLASS_HIT,
     .hit_sql = "agent.browser", .visit = BY(VISIT(client.browser)), .visit_sql = "agent.browser"},
    {14, "platform", DAY, .has_visitors = 1, .hit = BY(HIT(platform)), .hit_class = SLIM_CLASS_HIT,
     .hit_sql = "agent.platform", .visit = BY(VISIT(client.platform)),
     .visit_sql = "agent.platform"},
    {15, "robot", DAY, .hit = {1, {{HIT(robot), 40, 0}, {HIT(agent), 0, 0}}},
     .hit_class = SLIM_CLASS_ROBOT, .hit_sql = "hit.robot << 40 | hit.agent"},
    {16, "source", DAY, .visit = BY(VISIT(entry.source)), .visit_sql = "visit.source",
     .sums_visits = 1},
    {17, "campaign", DAY, .visit = BY(VISIT(entry.campaign)), .visit_sql = "visit.campaign",
     .sums_visits = 1},
    {18, "searchterms", DAY, .hit = {1, {{HIT(searchterms), 31, 0}, {HIT(source), 0, 0}}},
     .hit_class = SLIM_CLASS_SEARCHED, .hit_sql = "hit.searchterms << 31 | hit.source"},
    {19, "localsearch", DAY, .hit = {1, {{HIT(searchterms), 31, 0}, {HIT(source), 0, 0}}},
     .hit_class = SLIM_CLASS_LOCAL, .hit_sql = "hit.searchterms << 31 | hit.source"},
    {20, "referer", DAY, .hit = BY(HIT(referer)), .hit_class = SLIM_CLASS_REFERRED,
     .hit_sql = "hit.referer"},
    {21, "place", DAY, .hit = BY(HIT(place)), .hit_class = SLIM_CLASS_HIT, .hit_sql = "hit.place",
     .visit = BY(VISIT(client.place)), .visit_sql = "visit.place"},
    {22, "network", DAY, .hit = BY(HIT(network)), .hit_class = SLIM_CLASS_HIT,
     .hit_sql = "hit.network", .visit = BY(VISIT(client.network)), .visit_sql = "visit.network"},
    {.number = 0},
};

int64_t slim_key_of(const struct slim_key *key, const void *row)
{
    int64_t value = 0;

    for (const struct slim_key_part *part = key->part; part->at; part++) {
        int64_t number = slim_row_number(row, part->at);
        value |= (part->bit ? number >> part->bit & 1 : number) << part->shift;
    }
    return value;
}

const struct slim_dimension *slim_dimension_find(const char *name)
{
    for (const struct slim_dimension *d = slim_dimension_table; d->number; d++) {
        if (strcmp(d->name, name) == 0) {
            return d;
        }
    }
    return NULL;
}

unsigned slim_hit_classes(const struct slim_hit_row *row)
{
    unsigned classes = SLIM_CLASS_HIT;

    classes |= row->pageview ? SLIM_CLASS_PAGEVIEW : 0;
    classes |= row->download ? SLIM_CLASS_DOWNLOAD : 0;
    classes |= row->status == 404 || row->status == 410 ? SLIM_CLASS_NOTFOUND : 0;
    classes |= row->status >= 400 ? SLIM_CLASS_ERROR : 0;
    classes |= row->robot ? SLIM_CLASS_ROBOT : 0;
    if (row->pageview && row->referer && !(row->flags >> SLIM_ROW_OWN_REFERER & 1)) {
        classes |= SLIM_CLASS_REFERRED;
    }
    if (row->pageview && row->searchterms) {
        classes |= row->flags >> SLIM_ROW_LOCAL_TERMS & 1 ? SLIM_CLASS_LOCAL : SLIM_CLASS_SEARCHED;
    }
    return classes;
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
