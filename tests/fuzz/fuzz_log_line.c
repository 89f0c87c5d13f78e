/* Lines of access logs, by several formats; and a format that the first line is. */
#include "fuzz.h"

#include "core/record.h"
#include "import/log_format.h"

static const char *const names[] = {
    "combined",
    "vhost_combined",
    "common",
    "W3C",
    "JSON",
    "SQUID",
    "AWSALB",
    "%{%Y-%m-%d}t %{%H:%M:%S}t %a %{ms}T \"%m %U%q %H\" %>s %O %{Referer}i",
    "%t %a \"%r\" %>s %O %{Sec-Fetch-Dest}i %{Sec-Fetch-Mode}i %{Sec-Purpose}i \"%{Accept}i\" "
    "\"%{Content-Disposition}o\" \"%{User-Agent}i\""};

#define FORMATS (sizeof names / sizeof names[0])

static void check_hit(const struct slim_hit *hit, struct slim_text line, struct slim_text scratch)
{
    CHECK(hit->time_us >= 0 && hit->time_us <= SLIM_TIME_MAX);
    CHECK(hit->address_length == 0 || hit->address_length == 4 || hit->address_length == 16);
    for (unsigned i = 0; i < SLIM_FIELDS; i++) {
        CHECK(hit->field[i].length <= slim_field_ceiling[i]);
        CHECK(fuzz_is_within(hit->field[i], line) || fuzz_is_within(hit->field[i], scratch));
    }
}

static void parse(struct slim_log_format *format, struct slim_text line)
{
    char *scratch = malloc(3 * line.length + 1);
    struct slim_log_error error;
    struct slim_log_said said;
    struct slim_hit hit;

    CHECK(scratch);
    if (slim_log_format_parse(format, line.at, line.length, scratch, &hit, &said, &error)) {
        check_hit(&hit, line, (struct slim_text){scratch, 3 * line.length});
        CHECK(fuzz_is_within(said.client, line)
              || fuzz_is_within(said.client, (struct slim_text){scratch, 3 * line.length}));
    } else {
        CHECK(error.column >= 1 && error.column <= line.length + 1);
    }
    free(scratch);
}

/* The bytes up to the first newline as a format for the rest. */
static void try_as_format(struct slim_text text)
{
    const char *end = text.length ? memchr(text.at, '\n', text.length) : NULL;
    struct slim_log_error error;
    apr_pool_t *pool;

    if (!end || end - text.at > 512 || apr_pool_create(&pool, fuzz_pool()) != APR_SUCCESS) {
        return;
    }
    const char *format_text = apr_pstrmemdup(pool, text.at, (apr_size_t)(end - text.at));
    struct slim_log_format *format = slim_log_format_compile(format_text, &error, pool);
    if (format) {
        parse(format, (struct slim_text){end + 1, text.length - (size_t)(end + 1 - text.at)});
    }
    apr_pool_destroy(pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct slim_log_format *format[FORMATS];
    struct slim_log_error error;

    if (size > SLIM_LOG_LINE_MAX) {
        return 0;
    }
    for (size_t i = 0; i < FORMATS; i++) {
        if (!format[i]) {
            format[i] = slim_log_format_compile(names[i], &error, fuzz_pool());
            CHECK(format[i]);
        }
        parse(format[i], fuzz_text(data, size));
    }
    try_as_format(fuzz_text(data, size));
    return 0;
}
