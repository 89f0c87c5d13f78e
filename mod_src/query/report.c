/* Looking reports and their columns up. The table of them is made of the heads of sql/report. */
#include "report.h"

#include <string.h>

const struct slim_report slim_ledger_report = {
    .name = "ledger",
    .summary = "what became of all hits: stored, waiting, excluded, dropped",
    .column = {{"fate", SLIM_TEXT}, {"reason", SLIM_TEXT}, {"hits", SLIM_COUNT}},
    .sort = "hits",
    .limit = SLIM_LIMIT_MAX,
    .keeps_robots = 1,
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
