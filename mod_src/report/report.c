/* The registry. */
#include "report.h"

#include "ledger.h"

#include <string.h>

const struct slim_report slim_reports[] = {
    {.name = "overview",
     .summary = "visits, visitors, page views, bounces, hits and errors of a period",
     .dimension = "all",
     .column = {{"visits", SLIM_COUNT},
                {"visitors", SLIM_NUMBER},
                {"new_visitors", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"pages_per_visit", SLIM_DECIMAL},
                {"bounce_rate", SLIM_PERCENT},
                {"duration", SLIM_SPAN},
                {"duration_all", SLIM_SPAN},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"errors", SLIM_COUNT},
                {"robots", SLIM_COUNT}},
     .sort = "hits",
     .keeps_robots = 1},
    {.name = "timeline",
     .summary = "the course of a period, by hour, day, week or month",
     .dimension = "hour",
     .column = {{"time", SLIM_TEXT},
                {"visitors", SLIM_NUMBER},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"errors", SLIM_COUNT},
                {"bounce_rate", SLIM_PERCENT},
                {"duration", SLIM_SPAN},
                {"pages_per_visit", SLIM_DECIMAL}},
     .sort = "time",
     .ascending = 1,
     .limit = SLIM_LIMIT_MAX,
     .by_time = 1},
    {.name = "pages",
     .summary = "pages by page views",
     .dimension = "page",
     .column = {{"page", SLIM_TEXT},
                {"visitors", SLIM_NUMBER},
                {"pageviews", SLIM_COUNT},
                {"bytes", SLIM_BYTES}},
     .sort = "pageviews"},
    {.name = "entries",
     .summary = "pages on which visits began",
     .dimension = "entry",
     .column = {{"page", SLIM_TEXT},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"bounce_rate", SLIM_PERCENT},
                {"duration", SLIM_SPAN}},
     .sort = "visits"},
    {.name = "exits",
     .summary = "pages on which visits ended",
     .dimension = "exit",
     .column = {{"page", SLIM_TEXT}, {"visits", SLIM_COUNT}, {"pageviews", SLIM_COUNT}},
     .sort = "visits"},
    {.name = "notfound",
     .summary = "pages that are not there, and who links to them",
     .dimension = "notfound",
     .column =
         {{"page", SLIM_TEXT}, {"referer", SLIM_TEXT}, {"link", SLIM_TEXT}, {"hits", SLIM_COUNT}},
     .sort = "hits"},
    {.name = "errors",
     .summary = "answers with a status of 400 and above",
     .dimension = "error",
     .column = {{"page", SLIM_TEXT},
                {"status", SLIM_NUMBER},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES}},
     .sort = "hits",
     .keys = 2},
    {.name = "downloads",
     .summary = "files that were taken",
     .dimension = "download",
     .column = {{"page", SLIM_TEXT}, {"hits", SLIM_COUNT}, {"bytes", SLIM_BYTES}},
     .sort = "hits"},
    {.name = "sources",
     .summary = "where visits came from: engines, networks, sites, direct",
     .dimension = "source",
     .column = {{"source", SLIM_TEXT},
                {"channel", SLIM_TEXT},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"bounce_rate", SLIM_PERCENT},
                {"duration", SLIM_SPAN}},
     .sort = "visits"},
    {.name = "channels",
     .summary = "how visits came: search, social networks, websites, direct",
     .dimension = "source",
     .column = {{"channel", SLIM_TEXT},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"bounce_rate", SLIM_PERCENT},
                {"duration", SLIM_SPAN}},
     .sort = "visits"},
    {.name = "referers",
     .summary = "pages of other sites that link here",
     .dimension = "referer",
     .column = {{"referer", SLIM_TEXT},
                {"domain", SLIM_TEXT},
                {"pageviews", SLIM_COUNT},
                {"bytes", SLIM_BYTES}},
     .sort = "pageviews"},
    {.name = "searchterms",
     .summary = "what was searched for, at engines",
     .dimension = "searchterms",
     .column = {{"searchterms", SLIM_TEXT}, {"source", SLIM_TEXT}, {"pageviews", SLIM_COUNT}},
     .sort = "pageviews"},
    {.name = "localsearch",
     .summary = "what was searched for, on the site's own search page",
     .dimension = "localsearch",
     .column = {{"searchterms", SLIM_TEXT}, {"pageviews", SLIM_COUNT}},
     .sort = "pageviews"},
    {.name = "campaigns",
     .summary = "what campaigns brought",
     .dimension = "campaign",
     .column = {{"campaign", SLIM_TEXT},
                {"medium", SLIM_TEXT},
                {"term", SLIM_TEXT},
                {"content", SLIM_TEXT},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"bounce_rate", SLIM_PERCENT},
                {"duration", SLIM_SPAN}},
     .sort = "visits"},
    {.name = "countries",
     .summary = "countries of addresses",
     .dimension = "country",
     .column = {{"country", SLIM_TEXT},
                {"visitors", SLIM_NUMBER},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"bounce_rate", SLIM_PERCENT}},
     .sort = "visits"},
    {.name = "regions",
     .summary = "regions of addresses, when the country file has them",
     .dimension = "place",
     .column = {{"region", SLIM_TEXT},
                {"country", SLIM_TEXT},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"bounce_rate", SLIM_PERCENT}},
     .sort = "visits"},
    {.name = "cities",
     .summary = "cities of addresses, when the country file has them",
     .dimension = "place",
     .column = {{"city", SLIM_TEXT},
                {"region", SLIM_TEXT},
                {"country", SLIM_TEXT},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"bounce_rate", SLIM_PERCENT}},
     .sort = "visits"},
    {.name = "networks",
     .summary = "networks of addresses, when there is a file of them",
     .dimension = "network",
     .column = {{"network", SLIM_TEXT},
                {"number", SLIM_NUMBER},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"bounce_rate", SLIM_PERCENT}},
     .sort = "visits",
     .keys = 2},
    {.name = "languages",
     .summary = "preferred languages",
     .dimension = "language",
     .column = {{"language", SLIM_TEXT},
                {"visitors", SLIM_NUMBER},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"bounce_rate", SLIM_PERCENT}},
     .sort = "visits"},
    {.name = "families",
     .summary = "browsers, all versions together",
     .dimension = "browser",
     .column = {{"browser", SLIM_TEXT},
                {"visitors", SLIM_NUMBER},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"bounce_rate", SLIM_PERCENT}},
     .sort = "visits"},
    {.name = "browsers",
     .summary = "browsers and their major versions",
     .dimension = "browser",
     .column = {{"browser", SLIM_TEXT},
                {"version", SLIM_TEXT},
                {"visitors", SLIM_NUMBER},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"bounce_rate", SLIM_PERCENT}},
     .sort = "visits"},
    {.name = "systems",
     .summary = "operating systems, all versions together",
     .dimension = "platform",
     .column = {{"platform", SLIM_TEXT},
                {"visitors", SLIM_NUMBER},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"bounce_rate", SLIM_PERCENT}},
     .sort = "visits"},
    {.name = "platforms",
     .summary = "operating systems and their versions",
     .dimension = "platform",
     .column = {{"platform", SLIM_TEXT},
                {"version", SLIM_TEXT},
                {"visitors", SLIM_NUMBER},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"bounce_rate", SLIM_PERCENT}},
     .sort = "visits"},
    {.name = "classes",
     .summary = "classes of robots",
     .dimension = "robot",
     .column = {{"class", SLIM_TEXT},
                {"hits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"errors", SLIM_COUNT}},
     .sort = "hits",
     .keeps_robots = 1},
    {.name = "robots",
     .summary = "robots and their classes",
     .dimension = "robot",
     .column = {{"robot", SLIM_TEXT},
                {"class", SLIM_TEXT},
                {"hits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"errors", SLIM_COUNT}},
     .sort = "hits",
     .keeps_robots = 1},
    {.name = "marks",
     .summary = "what clients do beside what they call themselves",
     .column = {{"mark", SLIM_TEXT},
                {"clients", SLIM_NUMBER},
                {"people", SLIM_NUMBER},
                {"hits", SLIM_NUMBER},
                {"pageviews", SLIM_NUMBER}},
     .sort = "clients",
     .robots = 1},
    {.name = "addresses",
     .summary = "addresses of clients",
     .column = {{"ip", SLIM_TEXT},
                {"country", SLIM_TEXT},
                {"hits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"errors", SLIM_COUNT},
                {"last", SLIM_SECONDS}},
     .sort = "hits",
     .keys = 1},
    {.name = "sites",
     .summary = "virtual hosts",
     .dimension = "all",
     .column = {{"site", SLIM_TEXT},
                {"visitors", SLIM_NUMBER},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES},
                {"errors", SLIM_COUNT},
                {"bounce_rate", SLIM_PERCENT}},
     .sort = "visits"},
    {.name = "status",
     .summary = "status codes of answers",
     .dimension = "status",
     .column = {{"status", SLIM_NUMBER}, {"hits", SLIM_COUNT}, {"bytes", SLIM_BYTES}},
     .sort = "hits",
     .keys = 1},
    {.name = "kinds",
     .summary = "kinds of resources: pages, assets, feeds, downloads",
     .dimension = "kind",
     .column = {{"kind", SLIM_TEXT},
                {"hits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"bytes", SLIM_BYTES}},
     .sort = "hits"},
    {.name = "hours",
     .summary = "hours of the week, 0 is Monday",
     .dimension = "hour",
     .column = {{"weekday", SLIM_NUMBER},
                {"hour", SLIM_NUMBER},
                {"visitors", SLIM_NUMBER},
                {"visits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"bytes", SLIM_BYTES}},
     .sort = "weekday",
     .ascending = 1,
     .limit = 168,
     .keys = 2},
    {.name = "online",
     .summary = "visitors of the last five minutes",
     .column = {{"site", SLIM_TEXT}, {"online", SLIM_COUNT}},
     .sort = "online",
     .since = "5m"},
    {.name = "recent",
     .summary = "the last hits, newest first",
     .column = {{"hit", SLIM_ID},
                {"time", SLIM_SECONDS},
                {"site", SLIM_TEXT},
                {"ip", SLIM_TEXT},
                {"country", SLIM_TEXT},
                {"method", SLIM_TEXT},
                {"resource", SLIM_TEXT},
                {"status", SLIM_NUMBER},
                {"bytes", SLIM_BYTES},
                {"referer", SLIM_TEXT},
                {"browser", SLIM_TEXT},
                {"platform", SLIM_TEXT},
                {"robot", SLIM_TEXT}},
     .sort = "hit",
     .limit = 20,
     .robots = 1},
    {.name = "visits",
     .summary = "the last visits, newest first, and the pages they saw",
     .column = {{"visit", SLIM_ID},
                {"time", SLIM_SECONDS},
                {"site", SLIM_TEXT},
                {"ip", SLIM_TEXT},
                {"country", SLIM_TEXT},
                {"source", SLIM_TEXT},
                {"channel", SLIM_TEXT},
                {"pageviews", SLIM_COUNT},
                {"hits", SLIM_COUNT},
                {"duration", SLIM_SPAN},
                {"browser", SLIM_TEXT},
                {"platform", SLIM_TEXT},
                {"robot", SLIM_TEXT},
                {"marks", SLIM_TEXT},
                {"path", SLIM_TEXT}},
     .sort = "visit"},
    {.name = "slow",
     .summary = "how long pages take to be served",
     .column = {{"page", SLIM_TEXT},
                {"pageviews", SLIM_COUNT},
                {"p50_us", SLIM_MICROS},
                {"p90_us", SLIM_MICROS},
                {"p99_us", SLIM_MICROS},
                {"slowest_us", SLIM_MICROS}},
     .sort = "p90_us"},
    {.name = NULL},
};

const struct slim_report *slim_report_find(const char *name)
{
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        if (strcmp(report->name, name) == 0) {
            return report;
        }
    }
    return strcmp(name, slim_ledger_report.name) == 0 ? &slim_ledger_report : NULL;
}

const struct slim_column *slim_report_column(const struct slim_report *report, const char *name)
{
    for (int i = 0; i < SLIM_COLUMNS_MAX && report->column[i].name; i++) {
        if (strcmp(report->column[i].name, name) == 0) {
            return &report->column[i];
        }
    }
    return NULL;
}

int slim_report_columns(const struct slim_report *report)
{
    int count = 0;

    while (count < SLIM_COLUMNS_MAX && report->column[count].name) {
        count++;
    }
    return count;
}

int slim_report_compares(const struct slim_report *report)
{
    for (int i = 0; i < SLIM_COLUMNS_MAX && report->column[i].name; i++) {
        if (report->column[i].type == SLIM_ID) {
            return 0;
        }
    }
    return 1;
}

int slim_report_has_names(const struct slim_report *report)
{
    return (report->column[0].type == SLIM_TEXT || report->keys == 1) && !report->by_time
           && slim_report_compares(report);
}

int slim_report_names(const struct slim_report *report, int column)
{
    return column < report->keys || report->column[column].type == SLIM_TEXT;
}

int slim_column_adds_up(enum slim_column_type type)
{
    return type == SLIM_COUNT || type == SLIM_BYTES;
}

int slim_report_measures(const struct slim_report *report, int column)
{
    enum slim_column_type type = report->column[column].type;

    return column >= report->keys && type != SLIM_TEXT && type != SLIM_SECONDS && type != SLIM_ID;
}

int slim_report_main(const struct slim_report *report)
{
    const struct slim_column *sorted = slim_report_column(report, report->sort);

    if (sorted && slim_report_measures(report, (int)(sorted - report->column))) {
        return (int)(sorted - report->column);
    }
    for (int i = 0; i < SLIM_COLUMNS_MAX && report->column[i].name; i++) {
        if (report->column[i].type == SLIM_COUNT) {
            return i;
        }
    }
    return -1;
}

const char *slim_column_type_name(enum slim_column_type type)
{
    static const char *const names[] = {"text",    "count", "bytes",   "number", "micros",
                                        "seconds", "id",    "percent", "span",   "decimal"};

    return names[type];
}
