/* LogFormat strings, and the lines they read. */
#include "unit.h"

#include "core/address.h"
#include "core/fetch.h"
#include "core/record.h"
#include "import/log_format.h"
#include "noise.h"

static char scratch_bytes[3 * SLIM_LOG_LINE_MAX];

static struct slim_log_format *compile(const char *text)
{
    struct slim_log_error error;
    struct slim_log_format *format = slim_log_format_compile(text, &error, pool);

    if (!format) {
        fail_msg("%s: %s at column %zu", text, error.reason, error.column);
    }
    return format;
}

static const char *address_of(const struct slim_hit *hit)
{
    char text[SLIM_ADDRESS_SIZE];

    slim_address_format(hit->address, hit->address_length, text);
    return apr_pstrdup(pool, text);
}

static const char *escaped(struct slim_text text)
{
    char *out = apr_palloc(pool, text.length * 4 + 1), *at = out;

    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        at += c < ' ' || c > '~' ? sprintf(at, "{%02x}", c) : sprintf(at, "%c", c);
    }
    *at = '\0';
    return out;
}

/* A hit in one line, what is empty left out. */
static const char *show(const struct slim_hit *hit)
{
    static const char *const names[] = {"site",  "method",   "uri", "referer",
                                        "agent", "language", "type"};
    const char *shown =
        apr_psprintf(pool, "%ld.%06d %d %lu", (long)(hit->time_us / 1000000),
                     (int)(hit->time_us % 1000000), hit->status, (unsigned long)hit->bytes);

    if (hit->address_length) {
        shown = apr_pstrcat(pool, shown, " ", address_of(hit), NULL);
    }
    if (hit->protocol) {
        shown = apr_psprintf(pool, "%s p%d", shown, hit->protocol);
    }
    if (hit->duration_us) {
        shown = apr_psprintf(pool, "%s %luus", shown, (unsigned long)hit->duration_us);
    }
    if (hit->flags) {
        shown = apr_psprintf(pool, "%s f%u", shown, hit->flags);
    }
    for (size_t i = 0; i < LENGTH_OF(names); i++) {
        if (hit->field[i].length) {
            shown = apr_pstrcat(pool, shown, " ", names[i], "=", escaped(hit->field[i]), NULL);
        }
    }
    if (hit->dest || hit->mode || hit->fetch_site || hit->purpose) {
        shown = apr_psprintf(pool, "%s %s/%s/%u/%s", shown, slim_dest_name(hit->dest),
                             slim_mode_name(hit->mode), hit->fetch_site,
                             slim_purpose_name(hit->purpose));
    }
    return shown;
}

static const char *show_all(const struct slim_hit *hit, const struct slim_log_said *said)
{
    return said->client.length
               ? apr_pstrcat(pool, show(hit), " client=", escaped(said->client), NULL)
               : show(hit);
}

static const char *read_bytes(struct slim_log_format *format, const char *line, size_t length)
{
    struct slim_log_error error = {"?", 0};
    struct slim_log_said said;
    struct slim_hit hit;
    /* exactly as long as the line, so that reading on is seen by the sanitizer */
    char *copy = malloc(length + (length == 0)), *scratch_copy = malloc(3 * length + 1);
    memcpy(copy, line, length);
    const char *shown =
        slim_log_format_parse(format, copy, length, scratch_copy, &hit, &said, &error)
            ? show_all(&hit, &said)
            : apr_psprintf(pool, "%s at column %lu", error.reason ? error.reason : "(null)",
                           (unsigned long)error.column);
    free(copy);
    free(scratch_copy);
    return shown;
}

struct line_case {
    const char *line, *expected;
};

static void check_lines(const char *text, const struct line_case *cases, size_t count)
{
    struct slim_log_format *format = compile(text);

    for (size_t i = 0; i < count; i++) {
        const char *got = read_bytes(format, cases[i].line, strlen(cases[i].line));
        if (strcmp(cases[i].expected, got) != 0) {
            fail_msg("%s\nexpected %s\ngot      %s", cases[i].line, cases[i].expected, got);
        }
    }
}

#define CHECK_LINES(format, cases) check_lines(format, cases, LENGTH_OF(cases))

/* Headers that decide the kind of a hit, as codes and bits; 206 has its beginning from 1,001 bytes
 * on. */
static void facts_of_headers_are_read(void **state)
{
    static const struct line_case cases[] = {
        {"[17/May/2015:10:05:03 +0000] 200 5 document navigate same-origin \"-\" \"text/html,*/*\" "
         "- - - \"-\"",
         "1431857103.000000 200 5 f768 document/navigate/3/"},
        {"[17/May/2015:10:05:03 +0000] 200 5 empty cors - \"prefetch;prerender\" \"*/*\" "
         "XMLHttpRequest - - \"attachment; filename=x\"",
         "1431857103.000000 200 5 f3328 empty/cors/0/prerender"},
        {"[17/May/2015:10:05:03 +0000] 206 1001 - - - \"-\" \"-\" com.example.app true - "
         "\"inline\"",
         "1431857103.000000 206 1001 f4224"},
        {"[17/May/2015:10:05:03 +0000] 206 1000 nonsense - none \"x\" \"-\" - false 7 \"-\"",
         "1431857103.000000 206 1000 f4096 other//2/other"},
    };

    (void)state;
    CHECK_LINES("%t %>s %O %{Sec-Fetch-Dest}i %{sec-fetch-mode}i %{Sec-Fetch-Site}i "
                "\"%{Sec-Purpose}i\" \"%{Accept}i\" %{X-Requested-With}i %{HX-Boosted}i "
                "%{X-Turbo-Request-Id}i \"%{Content-Disposition}o\"",
                cases);
}

static void combined_lines_are_read(void **state)
{
    static const struct line_case cases[] = {
        {"192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET /a?b=c HTTP/1.1\" 200 203023 "
         "\"http://example.org/\" \"Mozilla/5.0 (X11)\"",
         "1431857103.000000 200 203023 192.0.2.7 p1001 method=GET uri=/a?b=c "
         "referer=http://example.org/ agent=Mozilla/5.0 (X11)"},
        {"::1 - alice [17/May/2015:10:05:03 +0200] \"HEAD / HTTP/1.0\" 304 - \"-\" \"-\"",
         "1431849903.000000 304 0 ::1 p1000 method=HEAD uri=/"},
        {"2001:db8::7 - - [17/May/2015:10:05:03 -0130] \"POST / HTTP/2.0\" 200 5 \"-\" \"A\"",
         "1431862503.000000 200 5 2001:db8::7 p2000 method=POST uri=/ agent=A"},
        {"::ffff:192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"",
         "1431857103.000000 200 5 192.0.2.7 p1001 method=GET uri=/ agent=A"},
        {"crawler.example.net - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" "
         "\"A\"",
         "1431857103.000000 200 5 p1001 method=GET uri=/ agent=A client=crawler.example.net"},
        {"1.2.3.4 - a b [c [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"",
         "no time at column 16"},
        {"1.2.3.4 - a b c [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"",
         "1431857103.000000 200 5 1.2.3.4 p1001 method=GET uri=/ agent=A"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"-\" 408 - \"-\" \"-\"",
         "1431857103.000000 408 0 1.2.3.4"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"-\" - - \"-\" \"-\"",
         "1431857103.000000 0 0 1.2.3.4"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"\" 400 0 \"\" \"\"",
         "1431857103.000000 400 0 1.2.3.4"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"\\x16\\x03\\x01\" 400 226 \"-\" \"-\"",
         "1431857103.000000 400 226 1.2.3.4 method={16}{03}{01}"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET /\" 200 5 \"-\" \"-\"",
         "1431857103.000000 200 5 1.2.3.4 p9 method=GET uri=/"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET /a b HTTP/1.1\" 400 5 \"-\" \"-\"",
         "1431857103.000000 400 5 1.2.3.4 p1001 method=GET uri=/a b"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET /\\\"\\\\\\t\\n\\xc3\\xa4\\q\\x "
         "HTTP/1.1\" 200 5 "
         "\"-\" \"a \\\" b\"",
         "1431857103.000000 200 5 1.2.3.4 p1001 method=GET uri=/\"\\{09}{0a}{c3}{a4}\\q\\x agent=a "
         "\" b"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"a \"b\"c\"",
         "1431857103.000000 200 5 1.2.3.4 p1001 method=GET uri=/ agent=a \"b\"c"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\" 1234 \"x\"",
         "1431857103.000000 200 5 1.2.3.4 p1001 method=GET uri=/ agent=A"},
    };

    (void)state;
    CHECK_LINES("combined", cases);
}

static void a_line_that_does_not_fit_is_told_by_column_and_reason(void **state)
{
    static const struct line_case cases[] = {
        {"", "a line that is cut at column 1"},
        {"1.2.3.4", "a line that is cut at column 1"},
        {"1.2.3.4 - - 17/May/2015", "a line that is cut at column 11"},
        {"1.2.3.4 - - [17/May/2015:10:05:03] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"",
         "no time at column 14"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000 \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"",
         "no end of the time at column 40"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] GET / HTTP/1.1 200 5 \"-\" \"A\"",
         "no end of the time at column 40"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1 200 5",
         "a request that does not end at column 43"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" abc 5 \"-\" \"A\"",
         "no status at column 59"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 1000 5 \"-\" \"A\"",
         "no status at column 59"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 -5 \"-\" \"A\"",
         "no number of bytes at column 63"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 99999999999999999999 "
         "\"-\" \"A\"",
         "no number of bytes at column 63"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A",
         "a header that does not end at column 70"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\\\"",
         "a header that does not end at column 70"},
        {"1.2.3.4 - - [29/Feb/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"",
         "no time at column 14"},
        {"1.2.3.4 - - [01/Jan/1969:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"",
         "a time before 1970 or after 9999 at column 72"},
    };

    (void)state;
    CHECK_LINES("combined", cases);
}

static void other_formats_are_read(void **state)
{
    static const struct line_case vhost[] = {
        {"www.example.org:443 1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 "
         "\"-\" \"A\"",
         "1431857103.000000 200 5 1.2.3.4 p1001 f1 site=www.example.org method=GET uri=/ agent=A"},
        {"www.example.org:80 2001:db8::1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 "
         "\"-\" \"A\"",
         "1431857103.000000 200 5 2001:db8::1 p1001 site=www.example.org method=GET uri=/ agent=A"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"",
         "no site at column 1"},
    };
    static const struct line_case common[] = {
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5",
         "1431857103.000000 200 5 1.2.3.4 p1001 method=GET uri=/"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"",
         "no number of bytes at column 63"},
    };
    static const struct line_case parts[] = {
        {"a.example\t1.2.3.4\tGET\t/a b?c=d\tHTTP/1.1\t200\t5\t77\t1500\ttext/html; x\tde-AT",
         "1431857103.250000 200 77 1.2.3.4 p1001 1500us site=a.example method=GET uri=/a b?c=d"
         " language=de-AT type=text/html; x"},
    };

    (void)state;
    CHECK_LINES("vhost_combined", vhost);
    CHECK_LINES("common", common);
    check_lines("%V\\t%a\\t%m\\t%U%q\\t%H\\t%>s\\t%b\\t%O\\t%D\\t%{Content-Type}o\\t"
                "%{Accept-Language}i\\t%{sec}t.%{usec_frac}t",
                (struct line_case[]){{apr_pstrcat(pool, parts[0].line, "\t1431857103.250000", NULL),
                                      parts[0].expected}},
                1);
}

static void times_are_read_in_every_way_they_are_written(void **state)
{
    static const struct {
        const char *format, *line, *expected;
    } cases[] = {
        {"%t", "[29/Feb/2016:23:59:60 +0000]", "1456790400.000000 0 0"},
        {"%t", "[29/Feb/2100:00:00:00 +0000]", "no time at column 2"},
        {"%t", "[29/Feb/2000:00:00:00 +0000]", "951782400.000000 0 0"},
        {"%t", "[31/Dec/9999:23:59:59 +0000]", "253402300799.000000 0 0"},
        {"%t", "[31/Dec/9999:23:59:59 -0100]", "a time before 1970 or after 9999 at column 29"},
        {"%t", "[01/Jan/1970:00:00:00 +0000]", "0.000000 0 0"},
        {"%t", "[01/Jan/10000:00:00:00 +0000]", "no time at column 2"},
        {"%t", "[00/Jan/2016:00:00:00 +0000]", "no time at column 2"},
        {"%t", "[31/Apr/2016:00:00:00 +0000]", "no time at column 2"},
        {"%t", "[31/Foo/2016:00:00:00 +0000]", "no time at column 2"},
        {"%t", "[30/Apr/2016:24:00:00 +0000]", "no time at column 2"},
        {"%t", "[30/Apr/2016:00:60:00 +0000]", "no time at column 2"},
        {"%t", "[30/Apr/2016:00:00:61 +0000]", "no time at column 2"},
        {"%t", "[30/Apr/2016:00:00:00 +9900]", "no time at column 2"},
        {"%t", "[-1/Apr/2016:00:00:00 +0000]", "no time at column 2"},
        {"%{%Y-%m-%dT%H:%M:%S%z}t", "2016-02-29T23:59:59+0100", "1456786799.000000 0 0"},
        {"%{%F %T}t", "2016-02-29 23:59:59", "1456790399.000000 0 0"},
        {"[%{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t]", "[17/May/2015:10:05:03.123 +0000]",
         "1431857103.123000 0 0"},
        {"%{%b %e %Y %I:%M %p}t", "May  7 2015 12:05 AM", "1430957100.000000 0 0"},
        {"%{%b %e %Y %I:%M %p}t", "May 17 2015 01:05 PM", "1431867900.000000 0 0"},
        {"%{%d.%m.%y}t", "29.02.15", "no such day at column 9"},
        {"%{begin:usec}t", "1431857103123456", "1431857103.123456 0 0"},
        {"%{msec}t", "1431857103123", "1431857103.123000 0 0"},
        {"%{%s}t", "1431857103", "1431857103.000000 0 0"},
        {"%{%s}t", "999999999999999999", "no time at column 1"},
        {"%{%H:%M}t", "10:05", "no such day at column 6"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *got =
            read_bytes(compile(cases[i].format), cases[i].line, strlen(cases[i].line));
        if (strcmp(cases[i].expected, got) != 0) {
            fail_msg("%s: %s\nexpected %s\ngot      %s", cases[i].format, cases[i].line,
                     cases[i].expected, got);
        }
    }
}

static void the_kept_minute_does_not_colour_the_next_line(void **state)
{
    static const struct line_case cases[] = {
        {"[17/May/2015:10:05:03 +0000]", "1431857103.000000 0 0"},
        {"[17/May/2015:10:05:59 +0000]", "1431857159.000000 0 0"},
        {"[17/May/2015:10:05:59 +0100]", "1431853559.000000 0 0"},
        {"[17/May/2015:10:06:00 +0100]", "1431853560.000000 0 0"},
        {"[99/May/2015:10:06:00 +0100]", "no time at column 2"},
        {"[17/May/2015:10:06:01 +0100]", "1431853561.000000 0 0"},
    };

    (void)state;
    CHECK_LINES("%t", cases);
}

static void sites_come_from_a_column(void **state)
{
    static const struct line_case host[] = {
        {"WWW.Example.ORG:8080 [17/May/2015:10:05:03 +0000]",
         "1431857103.000000 0 0 site=www.example.org"},
        {"[::1]:80 [17/May/2015:10:05:03 +0000]", "1431857103.000000 0 0 site=[::1]"},
        {"- [17/May/2015:10:05:03 +0000]", "1431857103.000000 0 0"},
    };
    static const struct line_case both[] = {
        {"real.example other.example [17/May/2015:10:05:03 +0000]",
         "1431857103.000000 0 0 site=real.example"},
    };

    (void)state;
    CHECK_LINES("%{Host}i %t", host);
    CHECK_LINES("%v %{Host}i %t", both);
}

static void the_client_is_taken_from_the_field_that_has_it(void **state)
{
#define TIME " [17/May/2015:10:05:03 +0000]"
#define HIT "1431857103.000000 0 0"
    static const struct {
        const char *format, *line, *expected;
    } cases[] = {
        {"%h %t", "Client1.ISP.example" TIME, HIT " client=client1.isp.example"},
        {"%h %t", "192.0.2.1, 10.0.0.1" TIME, HIT " 192.0.2.1"},
        {"%h %t", "192.0.2.1, 10.0.0.1, 10.0.0.2" TIME, HIT " 192.0.2.1"},
        {"%h %t", "a.example b.example" TIME, "no address at column 1"},
        {"%h %t", "-" TIME, HIT},
        {"%h %t", "a,b!" TIME, HIT " client=a"},
        {"%a %t", "a.example" TIME, "no address at column 1"},
        {"%{X-Forwarded-For}i %t", "192.0.2.1" TIME, HIT " 192.0.2.1"},
        {"%{X-Forwarded-For}i %t", "192.0.2.1, 10.0.0.1" TIME, HIT " 192.0.2.1"},
        {"\"%{x-forwarded-for}i\" %t", "\"2001:db8::1,10.0.0.1\"" TIME, HIT " 2001:db8::1"},
        {"\"%{X-Forwarded-For}i\" %t", "\"unknown, 10.0.0.1\"" TIME, HIT},
        {"\"%{X-Forwarded-For}i\" %t", "\"192.0.2.1:4711\"" TIME, HIT " 192.0.2.1"},
        {"\"%{X-Forwarded-For}i\" %t", "\"[2001:db8::1]:4711\"" TIME, HIT " 2001:db8::1"},
        {"\"%{X-Forwarded-For}i\" %t", "\"a.example\"" TIME, HIT},
        {"%{X-Real-IP}i %t", "192.0.2.1" TIME, HIT " 192.0.2.1"},
        {"%{CF-Connecting-IP}i %t", "2001:db8::1" TIME, HIT " 2001:db8::1"},
        {"\"%{Forwarded}i\" %t", "\"for=192.0.2.1;proto=https, for=10.0.0.1\"" TIME,
         HIT " 192.0.2.1"},
        {"\"%{Forwarded}i\" %t", "\"proto=https; For=\\\"[2001:db8::1]:4711\\\"\"" TIME,
         HIT " 2001:db8::1"},
        {"\"%{Forwarded}i\" %t", "\"for=_hidden\"" TIME, HIT},
        {"\"%{Forwarded}i\" %t", "\"by=10.0.0.1\"" TIME, HIT},
        {"%h %{X-Forwarded-For}i %t", "10.0.0.1 192.0.2.1" TIME, HIT " 192.0.2.1"},
        {"%{X-Forwarded-For}i %h %t", "192.0.2.1 10.0.0.1" TIME, HIT " 192.0.2.1"},
        {"%{X-Forwarded-For}i %h %t", "- 10.0.0.1" TIME, HIT " 10.0.0.1"},
        {"%a %h %t", "192.0.2.1 a.example" TIME, HIT " 192.0.2.1"},
        {"%h %a %t", "a.example 192.0.2.1" TIME, HIT " 192.0.2.1"},
        {"%{DNT}i %{Sec-GPC}i %t", "1 -" TIME, HIT " f16"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *got =
            read_bytes(compile(cases[i].format), cases[i].line, strlen(cases[i].line));
        if (strcmp(cases[i].expected, got) != 0) {
            fail_msg("%s: %s\nexpected %s\ngot      %s", cases[i].format, cases[i].line,
                     cases[i].expected, got);
        }
    }
#undef TIME
#undef HIT
}

static void formats_that_cannot_be_read_are_refused(void **state)
{
    static const struct {
        const char *format, *reason;
        size_t column;
    } cases[] = {
        {"", "neither the name of a format nor one", 1},
        {"combine", "neither the name of a format nor one", 1},
        {"%h %l", "no time (%t) in it", 1},
        {"%t %h%a", "nothing separates this field from the one before", 7},
        {"%t %", "a % without a letter", 5},
        {"%t %{Referer", "a brace that is not closed", 5},
        {"%{%G}t", "a time with a field that is not known", 6},
        {"%{%f}t", "a time with a field that is not known", 6},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_log_error error;
        assert_null(slim_log_format_compile(cases[i].format, &error, pool));
        assert_string_equal(cases[i].reason, error.reason);
        assert_int_equal(cases[i].column, error.column);
    }
    char *many = apr_pcalloc(pool, 1000);
    for (int i = 0; i < 100; i++) {
        strcat(many, "%h ");
    }
    struct slim_log_error error;
    assert_null(slim_log_format_compile(many, &error, pool));
    assert_string_equal("too many fields", error.reason);
}

#define CLF_LINE "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" "
#define TRAEFIK_LINE CLF_LINE "200 5 \"-\" \"A\" 1 \"r@docker\" \"http://10.0.0.1:80\" 2ms\n"

static void the_format_is_told_from_the_first_lines(void **state)
{
    static const struct {
        const char *lines, *format;
    } cases[] = {
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"\n",
         "combined"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"",
         "combined"},
        {"2001:db8::1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"\r\n",
         "combined"},
        {"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5\n", "common"},
        {"a:80 1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"\n",
         "vhost_combined"},
        {"a:80 1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"\n"
         "[::1]:80 1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"\n"
         "a:81 1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"\n",
         "vhost_combined"},
        {"garbage\n\n1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" "
         "\"A\"\nx",
         "combined"},
        {"\xef\xbb\xbf"
         "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5\n",
         "common"},
        {"a.example - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"A\"\n",
         "combined"},
        {"1.2.3.4, 10.0.0.1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" "
         "\"A\"\n",
         "combined"},
        {"a.example 1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" "
         "\"A\"\n",
         "site_combined"},
        {"a.example b.example - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5\n",
         "site_common"},
        {TRAEFIK_LINE, "TRAEFIKCLF"},
        {CLF_LINE "404 5 \"-\" \"-\" 1 \"-\" \"-\" 0ms\n", "TRAEFIKCLF"},
        {CLF_LINE "200 5 \"-\" \"A\" 1 r - 2ms\n", "TRAEFIKCLF"},
        /* where the first bytes end, a line is cut; most lines decide */
        {TRAEFIK_LINE TRAEFIK_LINE TRAEFIK_LINE TRAEFIK_LINE CLF_LINE "200 5 \"-\" \"A\" 5 \"r",
         "TRAEFIKCLF"},
        {TRAEFIK_LINE CLF_LINE "200 5 \"-\" \"A\"\n" CLF_LINE "200 5 \"-\" \"A\"\n", "combined"},
        {CLF_LINE "200 5 \"-\" \"A\" \"-\" \"r\" 2ms\n", "combined"},
        {CLF_LINE "200 5 \"-\" \"A\" 1 \"r\" \"s\" 2\n", "combined"},
        {"garbage\n", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *got = slim_log_format_detect(cases[i].lines, strlen(cases[i].lines), pool);
        if (cases[i].format ? !got || strcmp(cases[i].format, got) != 0 : got != NULL) {
            fail_msg("%s: got %s", cases[i].lines, got ? got : "none");
        }
    }
}

static void logs_that_name_their_fields_are_read(void **state)
{
    static const struct line_case w3c[] = {
        {"192.0.2.1 10:05", "no #Fields line before it at column 1"},
        {"#Software: x", "(null) at column 1"},
        {"#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status cs(User-Agent) x",
         "(null) at column 1"},
        {"2015-05-17 10:05:03 192.0.2.1 GET /a b=c 200 A+B+(X) -",
         "1431857103.000000 200 0 192.0.2.1 method=GET uri=/a?b=c agent=A B (X)"},
        {"2015-05-17 10:05:03 192.0.2.1 GET /a - 200 - -",
         "1431857103.000000 200 0 192.0.2.1 method=GET uri=/a"},
        {"2015-05-17 10:05 192.0.2.1 GET /a - 200 - -", "no time at column 12"},
        {"2015-05-17 10:05:03", "a line that is cut at column 12"},
    };
    static const struct line_case json[] = {
        {"{\"time\":\"2015-05-17T12:05:03.5+02:00\",\"Remote_Addr\":\"192.0.2.1\",\"request\":"
         "\"GET /a HTTP/1.1\",\"status\":200,\"http_host\":\"A.example:80\"}",
         "1431857103.500000 200 0 192.0.2.1 p1001 site=a.example method=GET uri=/a"},
        {"{\"ts\":1431857103.25,\"request\":{\"client_ip\":\"::1\",\"uri\":\"/\",\"headers\":{"
         "\"User-Agent\":[\"A\",\"B\"]}},\"duration\":0.5,\"size\":7}",
         "1431857103.250000 0 7 ::1 500000us uri=/ agent=A"},
        {"{\"msec\":\"1431857103250\",\"uri\":\"/a\",\"args\":\"b=c\",\"Duration\":1500000}",
         "1431857103.250000 0 0 1500us uri=/a?b=c"},
        {"{\"time\":\"yesterday\",\"uri\":\"/\"}", "no time in the object at column 1"},
        {"{\"ts\":1431857103}", "no request in the object at column 1"},
        {"{\"ts\":1e300,\"uri\":\"/\"}", "no time in the object at column 1"},
        {"[]", "no time in the object at column 1"},
        {"{", "no JSON object at column 1"},
    };

    (void)state;
    CHECK_LINES("W3C", w3c);
    CHECK_LINES("json", json);
}

static void texts_are_cut_at_their_ceilings(void **state)
{
    struct slim_log_format *format = compile("combined");
    char *long_text = apr_pcalloc(pool, 60001);
    struct slim_log_error error;
    struct slim_log_said said;
    struct slim_hit hit;

    (void)state;
    memset(long_text, 'a', 60000);
    const char *line = apr_pstrcat(pool, "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET /",
                                   long_text, " HTTP/1.1\" 200 5 \"-\" \"A\"", NULL);
    assert_true(
        slim_log_format_parse(format, line, strlen(line), scratch_bytes, &hit, &said, &error));
    assert_int_equal(slim_field_ceiling[SLIM_URI], hit.field[SLIM_URI].length);
    assert_int_equal(SLIM_HIT_TRUNCATED, hit.flags);
}

static void bytes_of_any_kind_do_no_harm(void **state)
{
    static const char line[] =
        "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET /\0\xff\xfe HTTP/1.1\" "
        "200 5 \"\xc3\" \"A\0B\"";
    static const char *const formats[] = {"combined", "vhost_combined", "common",
                                          "%U %q %t %{Host}i %{%c}t %T", "%{%e %p}t\"%r\"%{ms}T"};

    (void)state;
    noise_seed(1);
    assert_string_equal("1431857103.000000 200 5 1.2.3.4 p1001 method=GET uri=/{00}{ff}{fe} "
                        "referer={c3} agent=A{00}B",
                        read_bytes(compile("combined"), line, sizeof line - 1));
    for (size_t f = 0; f < LENGTH_OF(formats); f++) {
        struct slim_log_format *format = compile(formats[f]);
        for (int i = 0; i < 3000; i++) {
            char bytes[sizeof line];
            memcpy(bytes, line, sizeof line);
            size_t length = noise_below(sizeof line);
            for (int changes = 0; changes < 4; changes++) {
                bytes[noise_below(sizeof line)] = "\"\\ []-:x0\n"[noise_below(10)];
            }
            assert_non_null(read_bytes(format, bytes, length));
        }
        apr_pool_clear(pool);
    }
}

static void many_quotes_and_backslashes_take_no_longer(void **state)
{
    struct slim_log_format *format = compile("combined");
    size_t length = SLIM_LOG_LINE_MAX;
    char *line = malloc(length);
    static const char begin[] = "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"";

    (void)state;
    for (size_t i = 0; i < length; i++) {
        line[i] = i % 2 ? '"' : '\\';
    }
    memcpy(line, begin, sizeof begin - 1);
    for (int i = 0; i < 200; i++) { /* minutes, if a quote were looked at again and again */
        struct slim_log_error error;
        struct slim_log_said said;
        struct slim_hit hit;
        assert_false(
            slim_log_format_parse(format, line, length, scratch_bytes, &hit, &said, &error));
    }
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(combined_lines_are_read),
        cmocka_unit_test(facts_of_headers_are_read),
        cmocka_unit_test(a_line_that_does_not_fit_is_told_by_column_and_reason),
        cmocka_unit_test(other_formats_are_read),
        cmocka_unit_test(times_are_read_in_every_way_they_are_written),
        cmocka_unit_test(the_kept_minute_does_not_colour_the_next_line),
        cmocka_unit_test(sites_come_from_a_column),
        cmocka_unit_test(the_client_is_taken_from_the_field_that_has_it),
        cmocka_unit_test(formats_that_cannot_be_read_are_refused),
        cmocka_unit_test(the_format_is_told_from_the_first_lines),
        cmocka_unit_test(logs_that_name_their_fields_are_read),
        cmocka_unit_test(texts_are_cut_at_their_ceilings),
        cmocka_unit_test(bytes_of_any_kind_do_no_harm),
        cmocka_unit_test(many_quotes_and_backslashes_take_no_longer),
    };

    return RUN_UNIT(tests);
}
