/* The registry. */
#include "report.h"

#include <string.h>

#define MEASURES                                                                                   \
    {"hits", SLIM_COUNT}, {"pageviews", SLIM_COUNT},                                               \
    {                                                                                              \
        "bytes", SLIM_BYTES                                                                        \
    }

const struct slim_report slim_reports[] = {
    {.name = "overview",
     .summary = "hits, page views, addresses, bytes, errors and robots of a period",
     .column = {{"hits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"addresses", SLIM_NUMBER},
                {"bytes", SLIM_BYTES},
                {"errors", SLIM_COUNT},
                {"robots", SLIM_COUNT}},
     .sort = "hits",
     .robots = 0,
     .keeps_robots = 1},
    {.name = "timeline",
     .summary = "the course of a period, by hour, day, week or month",
     .column = {{"time", SLIM_TEXT},
                {"hits", SLIM_COUNT},
                {"pageviews", SLIM_COUNT},
                {"addresses", SLIM_NUMBER},
                {"bytes", SLIM_BYTES},
                {"errors", SLIM_COUNT}},
     .sort = "time",
     .ascending = 1,
     .limit = SLIM_LIMIT_MAX,
     .by_time = 1},
    {.name = "pages",
     .summary = "pages by page views",
     .column = {{"page", SLIM_TEXT},
                {"pageviews", SLIM_COUNT},
                {"addresses", SLIM_NUMBER},
                {"bytes", SLIM_BYTES},
                {"average_us", SLIM_MICROS}},
     .sort = "pageviews"},
    {.name = "sources",
     .summary = "where page views came from: engines, networks, sites, direct",
     .column = {{"source", SLIM_TEXT}, {"channel", SLIM_TEXT}, MEASURES},
     .sort = "pageviews"},
    {.name = "referers",
     .summary = "addresses of pages that link here, own pages left out",
     .column = {{"referer", SLIM_TEXT}, {"domain", SLIM_TEXT}, MEASURES},
     .sort = "hits"},
    {.name = "searchterms",
     .summary = "what was searched for",
     .column = {{"searchterms", SLIM_TEXT}, {"source", SLIM_TEXT}, MEASURES},
     .sort = "hits"},
    {.name = "countries",
     .summary = "countries of addresses",
     .column = {{"country", SLIM_TEXT}, MEASURES, {"addresses", SLIM_NUMBER}},
     .sort = "hits"},
    {.name = "languages",
     .summary = "preferred languages",
     .column = {{"language", SLIM_TEXT}, MEASURES, {"addresses", SLIM_NUMBER}},
     .sort = "hits"},
    {.name = "browsers",
     .summary = "browsers and their major versions",
     .column =
         {{"browser", SLIM_TEXT}, {"version", SLIM_TEXT}, MEASURES, {"addresses", SLIM_NUMBER}},
     .sort = "hits"},
    {.name = "platforms",
     .summary = "operating systems",
     .column =
         {{"platform", SLIM_TEXT}, {"version", SLIM_TEXT}, MEASURES, {"addresses", SLIM_NUMBER}},
     .sort = "hits"},
    {.name = "robots",
     .summary = "robots and their classes",
     .column = {{"robot", SLIM_TEXT}, {"class", SLIM_TEXT}, MEASURES},
     .sort = "hits",
     .keeps_robots = 1},
    {.name = "status",
     .summary = "status codes of answers",
     .column = {{"status", SLIM_NUMBER}, MEASURES},
     .sort = "hits",
     .keys = 1},
    {.name = "addresses",
     .summary = "addresses of clients",
     .column = {{"ip", SLIM_TEXT},
                {"country", SLIM_TEXT},
                MEASURES,
                {"errors", SLIM_COUNT},
                {"last", SLIM_SECONDS}},
     .sort = "hits",
     .keys = 1},
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
    {.name = NULL},
};

const struct slim_report *slim_report_find(const char *name)
{
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        if (strcmp(report->name, name) == 0) {
            return report;
        }
    }
    return NULL;
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
