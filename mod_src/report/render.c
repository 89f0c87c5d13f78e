/* The table of formats, and numbers for people. */
#include "render.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const struct slim_format slim_formats[] = {
    {"table", "text/plain; charset=utf-8", slim_render_table},
    {"json", "application/json", slim_render_json},
    {"csv", "text/csv; charset=utf-8", slim_render_csv},
    {"tsv", "text/tab-separated-values; charset=utf-8", slim_render_tsv},
    {NULL, NULL, NULL},
};

const struct slim_format *slim_format_find(const char *name)
{
    for (const struct slim_format *format = slim_formats; format->name; format++) {
        if (strcmp(format->name, name) == 0) {
            return format;
        }
    }
    return NULL;
}

const char *slim_render_time(int64_t seconds, char text[SLIM_TIME_TEXT])
{
    time_t time = (time_t)seconds;
    struct tm tm;

    text[0] = '\0';
    if (gmtime_r(&time, &tm)) {
        strftime(text, SLIM_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
    }
    return text;
}

/* 1234567 as 1,234,567 */
static void add_grouped(struct slim_buffer *out, int64_t number)
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%" PRId64, number);

    for (int i = 0; i < length; i++) {
        int left = length - i;
        if (i > 0 && left % 3 == 0 && digits[i - 1] != '-') {
            slim_buffer_char(out, ',', 1);
        }
        slim_buffer_char(out, digits[i], 1);
    }
}

static void add_scaled(struct slim_buffer *out, int64_t number, int64_t step,
                       const char *const *units)
{
    double value = (double)number;

    while (value >= (double)step && units[1]) {
        value /= (double)step;
        units++;
    }
    slim_buffer_format(out, value < 10 && value != (double)(int64_t)value ? "%.1f %s" : "%.0f %s",
                       value, *units);
}

void slim_render_number(struct slim_buffer *out, enum slim_column_type type, int64_t number)
{
    static const char *const bytes[] = {"B", "KiB", "MiB", "GiB", "TiB", NULL};
    static const char *const micros[] = {"µs", "ms", "s", NULL};
    char text[SLIM_TIME_TEXT];

    switch (type) {
    case SLIM_BYTES: add_scaled(out, number, 1024, bytes); break;
    case SLIM_MICROS: add_scaled(out, number, 1000, micros); break;
    case SLIM_SECONDS: slim_buffer_text(out, slim_render_time(number, text)); break;
    case SLIM_NUMBER: /* status codes and the like */
        slim_buffer_format(out, "%" PRId64, number);
        break;
    default: add_grouped(out, number);
    }
}
