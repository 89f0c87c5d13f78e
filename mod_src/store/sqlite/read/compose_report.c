/* What a report adds to the statements that answer it: its body, and names of its columns. */
#include <stdio.h>
#include <string.h>

#include "compose.h"

static void add_report(struct slim_composition *c)
{
    char file[64];

    snprintf(file, sizeof file, "report/%s", c->query->report->name);
    slim_compose_add(c, file);
}

/* One name after the other. */
static void add_name(struct slim_composition *c, int is_first, const char *before, const char *name,
                     const char *behind)
{
    slim_sql_text_add(c->text, is_first ? "" : ", ");
    slim_sql_text_add(c->text, before);
    slim_sql_text_add(c->text, name);
    slim_sql_text_add(c->text, behind);
}

static void add_columns(struct slim_composition *c)
{
    const struct slim_report *report = c->query->report;
    int place[SLIM_NUMBERS_MAX], count = slim_report_stored(report, place);

    for (int i = 0; i < count; i++) {
        add_name(c, i == 0, "", slim_report_number_name(report, place[i]), "");
    }
}

static void add_totals(struct slim_composition *c)
{
    const struct slim_report *report = c->query->report;
    int place[SLIM_NUMBERS_MAX], count = slim_report_stored(report, place);
    int columns = slim_report_columns(report);

    for (int i = 0; i < count; i++) {
        if (place[i] >= columns || slim_column_adds_up(report->column[place[i]].type)) {
            add_name(c, i == 0, "sum(", slim_report_number_name(report, place[i]), ")");
        } else {
            add_name(c, i == 0, "", "0", "");
        }
    }
}

static void add_sites(struct slim_composition *c)
{
    if (c->query->report->sites_apart) {
        slim_compose_add(c, "piece/count_sites");
    } else {
        slim_sql_text_add(c->text, "0");
    }
}

static void add_names(struct slim_composition *c)
{
    const struct slim_report *report = c->query->report;
    int first = 1;

    for (int i = 0; i < slim_report_columns(report); i++) {
        if (slim_report_names(report, i)) {
            add_name(c, first, "(", report->column[i].name, ")");
            first = 0;
        }
    }
}

/* A column, or what a rate is made of: it is divided in the same place as when it is shown. */
static void add_sorted(struct slim_composition *c, const char *name)
{
    const struct slim_report *report = c->query->report;
    const struct slim_column *column = slim_report_column(report, name);
    const struct slim_rate *rate = slim_report_rate(report, (int)(column - report->column));
    char text[128];

    if (!rate) {
        slim_sql_text_add(c->text, name);
        return;
    }
    snprintf(text, sizeof text, "slim_rate(%s, %s - %s, %d)", rate->over, rate->under,
             rate->less ? rate->less : "0", (int)slim_rate_scale(column->type));
    slim_sql_text_add(c->text, text);
}

static void add_order(struct slim_composition *c)
{
    const struct slim_query *query = c->query;
    const struct slim_report *report = query->report;
    int ascending = query->sort ? query->ascending : report->ascending;

    add_sorted(c, query->sort ? query->sort : report->sort);
    slim_sql_text_add(c->text, ascending ? " asc" : " desc");
    for (int i = 0; i < slim_report_columns(report); i++) {
        if (strcmp(report->column[i].name, "visitors") != 0) {
            slim_sql_text_add(c->text, ", ");
            add_sorted(c, report->column[i].name);
        }
    }
}

const struct slim_composed_piece slim_compose_report_pieces[] = {
    {"report", add_report}, {"columns", add_columns}, {"totals", add_totals}, {"sites", add_sites},
    {"names", add_names},   {"order", add_order},     {NULL, NULL},
};
