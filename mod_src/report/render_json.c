/* JSON, made by jansson; what may not stand raw in a page is escaped behind it. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render_json.h"
#include "escape.h"
#include "render.h"

json_t *slim_json_text(const char *bytes, size_t length, apr_pool_t *pool)
{
    size_t valid;
    const char *text = slim_escape_utf8(bytes, length, &valid, pool);

    return json_stringn(text, valid);
}

/* Outside of strings JSON has none of these, so they are replaced wherever they stand. */
void slim_json_add(struct slim_buffer *out, const char *json)
{
    static const char begin[] = "<>&\x7f\xc2\xd8\xe2\xef"; /* bytes that one of them begins with */

    for (;;) {
        size_t plain = strcspn(json, begin);
        slim_buffer_add(out, json, plain);
        json += plain;
        if (!*json) {
            return;
        }
        long code;
        size_t size = slim_utf8_next(json, strnlen(json, 4), &code);
        if (code == '<' || code == '>' || code == '&' || slim_escape_misleads(code)) {
            slim_buffer_format(out, "\\u%04lx", (unsigned long)code);
        } else {
            slim_buffer_add(out, json, size);
        }
        json += size;
    }
}

void slim_json_dump(struct slim_buffer *out, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;

    if (text) {
        slim_json_add(out, text);
        slim_buffer_char(out, '\n', 1);
    }
    free(text);
    json_decref(json);
}

static json_t *columns_of(const struct slim_answer *answer)
{
    const struct slim_column *column = answer->query->report->column;
    json_t *columns = json_array();

    for (int i = 0; i < answer->columns; i++) {
        json_array_append_new(columns, json_pack("{s:s, s:s}", "name", column[i].name, "type",
                                                 slim_column_type_name(column[i].type)));
    }
    return columns;
}

/* Ids have 64 bits, and programs read a JSON number as a double, which holds 53 (RFC 8259 §6). */
static json_t *id_of(int64_t id)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRId64, id);
    return json_string(digits);
}

static json_t *number_of(enum slim_column_type type, int64_t number)
{
    static const double scale[] = {1, 10, 100};
    int decimals = slim_column_decimals(type);

    if (type == SLIM_ID) {
        return id_of(number);
    }
    return decimals ? json_real((double)number / scale[decimals]) : json_integer(number);
}

static json_t *rows_of(const struct slim_answer *answer, apr_pool_t *pool)
{
    const struct slim_column *column = answer->query->report->column;
    json_t *rows = json_array();

    for (int r = 0; r < answer->rows->nelts; r++) {
        const struct slim_cell *cells = APR_ARRAY_IDX(answer->rows, r, struct slim_cell *);
        json_t *row = json_array();
        for (int i = 0; i < answer->columns; i++) {
            json_array_append_new(row, cells[i].is_text
                                           ? slim_json_text(cells[i].text, cells[i].length, pool)
                                           : number_of(column[i].type, cells[i].number));
        }
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *sums_of(const struct slim_answer *answer, uint64_t rows, const int64_t *total)
{
    const struct slim_report *report = answer->query->report;
    const struct slim_column *column = report->column;
    json_t *totals = json_object();

    json_object_set_new(totals, "rows", json_integer((json_int_t)rows));
    for (int i = 0; i < answer->columns; i++) {
        if (slim_report_has_total(report, i)) {
            json_object_set_new(totals, column[i].name, number_of(column[i].type, total[i]));
        }
    }
    return totals;
}

static json_t *totals_of(const struct slim_answer *answer)
{
    const struct slim_previous *previous = answer->previous;
    json_t *totals = sums_of(answer, answer->rows_total, answer->total);

    if (previous) {
        json_object_set_new(totals, "previous",
                            sums_of(answer, previous->rows_total, previous->total));
    }
    return totals;
}

/* The period before: an object of its numbers for each row, null where nothing is known. */
static json_t *previous_of(const struct slim_answer *answer)
{
    const struct slim_column *column = answer->query->report->column;
    const struct slim_query *query = &answer->previous->query;
    char since[SLIM_TIME_TEXT], until[SLIM_TIME_TEXT];
    json_t *rows = json_array();

    for (int r = 0; r < answer->rows->nelts; r++) {
        const int64_t *numbers = answer->previous->row[r];
        json_t *row = numbers ? json_object() : json_null();
        for (int i = 0; numbers && i < answer->columns; i++) {
            if (slim_report_measures(answer->query->report, i)) {
                json_object_set_new(row, column[i].name, number_of(column[i].type, numbers[i]));
            }
        }
        json_array_append_new(rows, row);
    }
    return json_pack("{s:s, s:s, s:o}", "from", slim_zone_time(query->zone, query->since, since),
                     "until", slim_zone_time(query->zone, query->until, until), "rows", rows);
}

static json_t *courses_of(const struct slim_answer *answer)
{
    const struct slim_courses *courses = answer->courses;
    char since[SLIM_TIME_TEXT];
    json_t *rows = json_array();

    for (int r = 0; r < answer->rows->nelts; r++) {
        json_t *row = json_array();
        for (int i = 0; i < courses->spans; i++) {
            json_array_append_new(row, json_integer(courses->row[r][i]));
        }
        json_array_append_new(rows, row);
    }
    return json_pack("{s:s, s:i, s:o}", "from",
                     slim_zone_time(&slim_zone_utc, courses->since, since), "days", courses->days,
                     "rows", rows);
}

static json_t *filters_of(const struct slim_query *query, apr_pool_t *pool)
{
    static const char *const operators[] = {"=", "!=", "~"};
    json_t *filters = json_array();

    for (int i = query->confined; i < query->filters; i++) {
        const struct slim_filter *filter = &query->filter[i];
        json_t *one = json_object();
        json_object_set_new(one, "dimension", json_string(filter->dimension));
        json_object_set_new(one, "operator", json_string(operators[filter->kind]));
        json_object_set_new(one, "value",
                            slim_json_text(filter->value, strlen(filter->value), pool));
        json_array_append_new(filters, one);
    }
    return filters;
}

static json_t *notes_of(const struct slim_answer *answer, apr_pool_t *pool)
{
    const struct slim_zone *zone = answer->query->zone;
    json_t *notes = json_array();

    for (int i = 0; i < answer->notes->nelts; i++) {
        const struct slim_note *note = &APR_ARRAY_IDX(answer->notes, i, struct slim_note);
        char at[SLIM_TIME_TEXT], until[SLIM_TIME_TEXT];
        json_array_append_new(
            notes, json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:I, s:I}", "note",
                             (json_int_t)note->number, "time", slim_zone_time(zone, note->at_s, at),
                             "until", slim_zone_time(zone, note->until_s, until), "kind",
                             slim_note_kind_name(note->kind), "site",
                             slim_json_text(note->site.at, note->site.length, pool), "text",
                             slim_json_text(note->text.at, note->text.length, pool), "times",
                             (json_int_t)note->times, "hits", (json_int_t)note->hits));
    }
    return notes;
}

void slim_render_json(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_query *query = answer->query;
    char since[SLIM_TIME_TEXT], until[SLIM_TIME_TEXT];
    json_t *json = json_object();

    json_object_set_new(json, "report", json_string(query->report->name));
    json_object_set_new(json, "from",
                        json_string(slim_zone_time(query->zone, answer->since, since)));
    json_object_set_new(json, "until",
                        json_string(slim_zone_time(query->zone, query->until, until)));
    json_object_set_new(json, "tz", json_string(query->zone->name));
    json_object_set_new(json, "robots", json_boolean(query->robots));
    json_object_set_new(json, "filters", filters_of(query, out->pool));
    json_object_set_new(json, "columns", columns_of(answer));
    json_object_set_new(json, "rows", rows_of(answer, out->pool));
    json_object_set_new(json, "totals", totals_of(answer));
    if (answer->notes) {
        json_object_set_new(json, "notes", notes_of(answer, out->pool));
    }
    json_object_set_new(json, "more", json_boolean(answer->more));
    json_object_set_new(json, "approximate", json_boolean(answer->approximate));
    if (answer->approximate) {
        json_object_set_new(json, "error_percent", json_real(answer->error_percent));
    }
    if (answer->rows_from > 0) {
        json_object_set_new(json, "rows_from",
                            json_string(slim_zone_time(query->zone, answer->rows_from, since)));
    }
    if (answer->older_until > 0) {
        json_object_set_new(json, "older_rules_until",
                            json_string(slim_zone_time(query->zone, answer->older_until, since)));
    }
    if (answer->rounded) {
        json_object_set_new(json, "rounded", json_true());
    }
    if (answer->previous) {
        json_object_set_new(json, "previous", previous_of(answer));
    }
    if (answer->courses) {
        json_object_set_new(json, "course", courses_of(answer));
    }
    slim_json_dump(out, json);
}
