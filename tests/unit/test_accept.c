/* What an Accept header says of a type, and which metrics are given for it. */
#include "unit.h"

#include "report/accept.h"
#include "report/metrics.h"

static void the_most_specific_range_decides(void **state)
{
    static const struct {
        const char *header;
        int quality, named;
    } cases[] = {
        {"text/plain", 1000, 1},
        {"TEXT/Plain", 1000, 1},
        {" text/plain ; q=0.5 ", 500, 1},
        {"text/plain;Q=0.25", 250, 1},
        {"text/plain;q=0", 0, 1},
        {"text/plain;q=0.000", 0, 1},
        {"text/plain;q=1.000", 1000, 1},
        {"text/plain;q=0.1234", 123, 1},
        {"text/plain;q=1.9", 1000, 1},
        {"text/plain;q=", 1000, 1},
        {"text/plain;q=x", 1000, 1},
        {"text/plain;q=0.x", 1000, 1},
        {"text/plain;q=2", 1000, 1},
        {"text/plain;version=0.0.4;q=0.5;x=1", 500, 1},
        {"text/plain;x=\"a,b;q=0\";q=0.7", 700, 1},
        {"text/plain;x=\"a\\\";q=0\";q=0.7", 700, 1},
        {"text/plain;x=\"a;q=0", 1000, 1},
        {"text/plain;q=0,text/*,*/*", 0, 1},
        {"*/*;q=0.1,text/*;q=0.2", 200, 0},
        {"*/*;q=0.1", 100, 0},
        {"text/*;q=0", 0, 0},
        {"text/plain;q=0.3,text/plain;q=0.6", 600, 1},
        {"text/html", 0, 0},
        {"text/plainer", 0, 0},
        {"text/", 0, 0},
        {"*", 0, 0},
        {"", 0, 0},
        {",;,=,/,\"", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        size_t length = strlen(cases[i].header);
        char *header = apr_pstrmemdup(pool, cases[i].header, length);
        struct slim_accepted got = slim_accept_look(header, length, "text/plain");
        if (got.quality != cases[i].quality || got.named != cases[i].named) {
            fail_msg("%s: %d %d", cases[i].header, got.quality, got.named);
        }
    }
}

static void scrapers_get_what_they_prefer(void **state)
{
    static const struct {
        const char *header;
        enum slim_metrics_format format;
    } cases[] = {
        {NULL, SLIM_METRICS_TEXT},
        {"", SLIM_METRICS_TEXT},
        {"*/*", SLIM_METRICS_TEXT},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", SLIM_METRICS_TEXT},
        {"application/openmetrics-text", SLIM_METRICS_OPENMETRICS},
        {"application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
         SLIM_METRICS_OPENMETRICS},
        {"application/openmetrics-text;version=1.0.0;q=0.5,"
         "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5",
         SLIM_METRICS_OPENMETRICS},
        {"text/plain,application/openmetrics-text", SLIM_METRICS_OPENMETRICS},
        {"application/openmetrics-text;q=0.4,text/plain;q=0.5", SLIM_METRICS_TEXT},
        {"application/openmetrics-text;q=0, text/plain", SLIM_METRICS_TEXT},
        {"application/openmetrics-text;q=0", SLIM_METRICS_TEXT},
        {"application/openmetrics-text;q=0,*/*", SLIM_METRICS_TEXT},
        {"application/openmetrics-textual", SLIM_METRICS_TEXT},
        {"text/plain;q=0,*/*", SLIM_METRICS_OPENMETRICS},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        if (slim_metrics_format_for(cases[i].header) != cases[i].format) {
            fail_msg("%s", cases[i].header ? cases[i].header : "none");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_specific_range_decides),
        cmocka_unit_test(scrapers_get_what_they_prefer),
    };

    return RUN_UNIT(tests);
}
