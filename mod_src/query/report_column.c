/* What is known of the columns of reports: which name a row, which add up, which measure. */
#include "report.h"

#include <string.h>

int slim_report_by_time(const struct slim_report *report)
{
    return report->key == SLIM_KEY_BUCKET || report->key == SLIM_KEY_PURPOSE;
}

int slim_report_has_names(const struct slim_report *report)
{
    return (report->column[0].type == SLIM_TEXT || report->keys == 1)
           && !slim_report_by_time(report) && slim_report_compares(report);
}

int slim_report_names(const struct slim_report *report, int column)
{
    return column < report->keys || report->column[column].type == SLIM_TEXT;
}

int slim_report_is_key(const struct slim_report *report, int column)
{
    if (slim_report_by_time(report)) {
        return column == 0;
    }
    if (report->sites_apart && strcmp(report->column[column].name, "site") == 0) {
        return 1;
    }
    return report->keys ? column < report->keys : report->column[column].type == SLIM_TEXT;
}

int slim_column_adds_up(enum slim_column_type type)
{
    return type == SLIM_COUNT || type == SLIM_BYTES || type == SLIM_TOOK;
}

int slim_report_measures(const struct slim_report *report, int column)
{
    enum slim_column_type type = report->column[column].type;

    return column >= report->keys && type != SLIM_TEXT && type != SLIM_SECONDS && type != SLIM_ID;
}

int slim_report_has_total(const struct slim_report *report, int column)
{
    if (report->has_no_totals) {
        return 0;
    }
    return slim_column_adds_up(report->column[column].type) || slim_report_rate(report, column)
           || (slim_report_by_time(report) && slim_report_measures(report, column));
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
    static const char *const names[] = {"text",    "count", "bytes",   "took", "number", "micros",
                                        "seconds", "id",    "percent", "span", "decimal"};

    return names[type];
}
