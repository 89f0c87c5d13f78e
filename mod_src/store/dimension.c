/* The table of dimensions, and the classes of hits. */
#include "dimension.h"

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

#define HOUR SLIM_HOUR
#define DAY 86400

const struct slim_dimension slim_dimension_table[] = {
    {1, "hour", HOUR, .has_visitors = 1, .hit = ALL, .hit_class = SLIM_CLASS_HIT, .visit = ALL,
     .unshown = SLIM_UNSHOWN_AMONG},
    {2, "all", DAY, .finer = 1, .has_visitors = 1, .hit = ALL, .hit_class = SLIM_CLASS_HIT,
     .visit = ALL, .unshown = SLIM_UNSHOWN_AMONG},
    {3, "page", DAY, .has_visitors = 1, .is_large = 1, .hit = BY(HIT(page)),
     .hit_class = SLIM_CLASS_PAGE, .unshown = SLIM_UNSHOWN_APART},
    {4, "entry", DAY, .visit = BY(VISIT(entry.page)), .sums_visits = 1},
    {5, "exit", DAY, .visit = BY(VISIT(exit)), .sums_visits = 1},
    {6, "download", DAY, .hit = BY(HIT(page)), .hit_class = SLIM_CLASS_DOWNLOAD},
    {7, "notfound", DAY,
     .hit = {1, {{HIT(page), 32, 0}, {HIT(referer), 1, 0}, {HIT(flags), 0, SLIM_ROW_OWN_REFERER}}},
     .hit_class = SLIM_CLASS_NOTFOUND},
    {8, "error", DAY, .hit = {1, {{HIT(page), 10, 0}, {HIT(status), 0, 0}}},
     .hit_class = SLIM_CLASS_ERROR},
    {9, "status", DAY, .hit = BY(HIT(status)), .hit_class = SLIM_CLASS_HIT},
    {10, "kind", DAY, .hit = BY(HIT(kind)), .hit_class = SLIM_CLASS_HIT},
    {11, "country", DAY, .has_visitors = 1, .hit = BY(HIT(country)), .hit_class = SLIM_CLASS_HIT,
     .visit = BY(VISIT(client.country))},
    {12, "language", DAY, .has_visitors = 1, .hit = BY(HIT(language)), .hit_class = SLIM_CLASS_HIT,
     .visit = BY(VISIT(client.language))},
    {13, "browser", DAY, .has_visitors = 1, .hit = BY(HIT(browser)), .hit_class = SLIM_CLASS_HIT,
     .visit = BY(VISIT(client.browser))},
    {14, "platform", DAY, .has_visitors = 1, .hit = BY(HIT(platform)), .hit_class = SLIM_CLASS_HIT,
     .visit = BY(VISIT(client.platform))},
    {15, "robot", DAY, .hit = {1, {{HIT(robot), 40, 0}, {HIT(agent), 0, 0}}},
     .hit_class = SLIM_CLASS_ROBOT, .sums_time = 1},
    {16, "source", DAY, .visit = BY(VISIT(entry.source)), .sums_visits = 1},
    {17, "campaign", DAY, .visit = BY(VISIT(entry.campaign)), .sums_visits = 1},
    {18, "searchterms", DAY, .hit = {1, {{HIT(searchterms), 31, 0}, {HIT(source), 0, 0}}},
     .hit_class = SLIM_CLASS_SEARCHED},
    {19, "localsearch", DAY, .hit = {1, {{HIT(searchterms), 31, 0}, {HIT(source), 0, 0}}},
     .hit_class = SLIM_CLASS_LOCAL},
    {20, "referer", DAY, .hit = BY(HIT(referer)), .hit_class = SLIM_CLASS_REFERRED},
    {21, "place", DAY, .hit = BY(HIT(place)), .hit_class = SLIM_CLASS_HIT,
     .visit = BY(VISIT(client.place))},
    {22, "network", DAY, .hit = BY(HIT(network)), .hit_class = SLIM_CLASS_HIT,
     .visit = BY(VISIT(client.network))},
    {23, "file", DAY, .hit = {1, {{HIT(kind), 40, 0}, {HIT(page), 0, 0}}},
     .hit_class = SLIM_CLASS_HIT, .sums_time = 1},
    {24, "server", DAY, .hit = BY(HIT(server)), .hit_class = SLIM_CLASS_HIT, .sums_time = 1},
    {25, "robot_hour", HOUR, .hit = {1, {{HIT(robot), 40, 0}, {HIT(agent), 0, 0}}},
     .hit_class = SLIM_CLASS_ROBOT, .sums_time = 1},
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

const struct slim_key *slim_dimension_key(const struct slim_dimension *d)
{
    return d->hit.counts ? &d->hit : &d->visit;
}

enum slim_dictionary_name slim_dimension_dictionary(const struct slim_dimension *d, int part)
{
    const struct slim_key_part *at = &slim_dimension_key(d)->part[part];
    const struct slim_stored_column *column =
        slim_stored_column_at(d->hit.counts ? &slim_stored_hit : &slim_stored_visit, at->at);

    return at->bit || !column ? SLIM_NO_DICTIONARY : column->dictionary;
}

int slim_key_split(const struct slim_key *key, int64_t value, int64_t number[SLIM_KEY_PARTS_MAX])
{
    int count = 0;

    for (const struct slim_key_part *part = key->part; part->at; part++) {
        number[count++] = value >> part->shift;
        value &= (INT64_C(1) << part->shift) - 1;
    }
    return count;
}

int64_t slim_key_join(const struct slim_key *key, const int64_t number[SLIM_KEY_PARTS_MAX])
{
    int64_t value = 0;

    for (int i = 0; key->part[i].at; i++) {
        value |= number[i] << key->part[i].shift;
    }
    return value;
}

/* --- classes --- */

static int is_hit(const struct slim_hit_row *row)
{
    (void)row;
    return 1;
}

static int is_pageview(const struct slim_hit_row *row)
{
    return row->pageview != 0;
}

static int is_download(const struct slim_hit_row *row)
{
    return row->download != 0;
}

static int is_notfound(const struct slim_hit_row *row)
{
    return row->status == 404 || row->status == 410;
}

static int is_error(const struct slim_hit_row *row)
{
    return row->status >= 400;
}

static int is_robot(const struct slim_hit_row *row)
{
    return row->robot != 0;
}

static int is_referred(const struct slim_hit_row *row)
{
    return row->pageview && row->referer && !(row->flags >> SLIM_ROW_OWN_REFERER & 1);
}

static int is_searched(const struct slim_hit_row *row)
{
    return row->pageview && row->searchterms && !(row->flags >> SLIM_ROW_LOCAL_TERMS & 1);
}

static int is_local(const struct slim_hit_row *row)
{
    return (row->flags >> SLIM_ROW_SEARCHED & 1) != 0;
}

static int is_page(const struct slim_hit_row *row)
{
    return row->pageview || slim_hit_row_is_unshown(row);
}

/* An engine has its condition for each by the same name. */
static const struct {
    unsigned hit_class;
    const char *name;
    int (*has)(const struct slim_hit_row *row);
} classes[] = {
    {SLIM_CLASS_HIT, "hit", is_hit},
    {SLIM_CLASS_PAGEVIEW, "pageview", is_pageview},
    {SLIM_CLASS_DOWNLOAD, "download", is_download},
    {SLIM_CLASS_NOTFOUND, "notfound", is_notfound},
    {SLIM_CLASS_ERROR, "error", is_error},
    {SLIM_CLASS_ROBOT, "robot", is_robot},
    {SLIM_CLASS_REFERRED, "referred", is_referred},
    {SLIM_CLASS_SEARCHED, "searched", is_searched},
    {SLIM_CLASS_LOCAL, "local", is_local},
    {SLIM_CLASS_PAGE, "page", is_page},
};

#define CLASSES (sizeof classes / sizeof classes[0])

unsigned slim_hit_classes(const struct slim_hit_row *row)
{
    unsigned found = 0;

    for (size_t i = 0; i < CLASSES; i++) {
        found |= classes[i].has(row) ? classes[i].hit_class : 0;
    }
    return found;
}

const char *slim_class_name(unsigned hit_class)
{
    for (size_t i = 0; i < CLASSES; i++) {
        if (classes[i].hit_class == hit_class) {
            return classes[i].name;
        }
    }
    return "";
}
