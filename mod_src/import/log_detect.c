/* The formats that have a name, and which of them a log is in, told from its first lines. */
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "log_format.h"
#include "log_source.h"

#define CLF "%t \"%r\" %>s %b"
#define HEADERS " \"%{Referer}i\" \"%{User-Agent}i\""
#define ISO "%{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}tZ"

static const struct slim_log_name names[] = {
    {"TRAEFIKCLF", "%h - %u " CLF HEADERS " %{number}e %{router}e %{server}e %{ms}Tms",
     .may_go_on = 0},
    {"vhost_combined", "%v:%p %h %l %u %t \"%r\" %>s %O" HEADERS, .may_go_on = 1},
    {"combined", "%h %l %u " CLF HEADERS, .may_go_on = 1},
    {"common", "%h %l %u " CLF, .may_go_on = 0},
    {"vhost_common", "%v:%p %h %l %u " CLF, .may_go_on = 0},
    {"site_combined", "%v %h %l %u " CLF HEADERS, .may_go_on = 1},
    {"site_common", "%v %h %l %u " CLF, .may_go_on = 0},
    {"VCOMBINED", "%v:%p %h %l %u " CLF HEADERS, .may_go_on = 1, .is_alias = 1},
    {"VCOMMON", "%v:%p %h %l %u " CLF, .is_alias = 1},
    {"AWSALB",
     "%{type}e " ISO " %{elb}e %{X-Real-IP}i %{target}e %{request_time}e %T %{response_time}e %>s "
     "%{target_status}e %I %b \"%r\" \"%{User-Agent}i\" %{cipher}e %{SSL_PROTOCOL}x %{group}e "
     "\"%{trace}e\" \"%{Host}i\"",
     .may_go_on = 1, .site_of_target = 1},
    {"AWSELB",
     ISO " %{elb}e %{X-Real-IP}i %{backend}e %{request_time}e %T %{response_time}e %>s "
         "%{backend_status}e %I %b \"%r\" \"%{User-Agent}i\" %{cipher}e %{SSL_PROTOCOL}x",
     .may_go_on = 1, .site_of_target = 1},
    {"AWSS3",
     "%{owner}e %v %t %h %{requester}e %{id}e %{operation}e %{key}e \"%r\" %>s %{error}e %b "
     "%{size}e %{ms}T %{turn}e" HEADERS,
     .may_go_on = 1},
    {"SQUID",
     "%{sec}t.%{msec_frac}t %{ms}T %h %{result}e/%>s %b %m %U %{user}e %{hierarchy}e "
     "%{Content-Type}o",
     .may_go_on = 1, .site_of_target = 1},
    {"W3C", NULL, .is_json = 0},
    {"IIS", NULL, .is_alias = 1},
    {"CLOUDFRONT", NULL, .is_alias = 1},
    {"JSON", NULL, .is_json = 1},
    {"CADDY", NULL, .is_json = 1, .is_alias = 1},
};

#define NAMES (sizeof names / sizeof names[0])

const struct slim_log_name *slim_log_format_named(const char *name)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (strcasecmp(name, names[i].name) == 0) {
            return &names[i];
        }
    }
    return NULL;
}

const char *slim_log_format_names(apr_pool_t *pool)
{
    const char *all = "";

    for (size_t i = 0; i < NAMES; i++) {
        all = apr_pstrcat(pool, all, i ? ", " : "", names[i].name, NULL);
    }
    return all;
}

/* What a line of a log's first bytes says for the format; 0: it cannot be read. An address where
 * the client should stand is more likely than what is taken for its name, and fields that are told
 * than such as the line goes on with. */
static unsigned read_one(struct slim_log_format *format, struct slim_text line, char *scratch,
                         struct slim_log_sample *sample)
{
    struct slim_log_error error;
    struct slim_log_said said;
    struct slim_hit hit;

    line.length -= line.length > 0 && line.at[line.length - 1] == '\r';
    if (line.length > SLIM_LOG_LINE_MAX
        || !slim_log_format_parse(format, line.at, line.length, scratch, &hit, &said, &error)) {
        return 0;
    }
    sample->read++;
    sample->clientless += hit.address_length == 0 && said.client.length == 0;
    return 2u + (hit.address_length > 0) + !said.goes_on;
}

/* Counts lines, and what they say for the format. */
static unsigned read_lines(struct slim_log_format *format, const char *bytes, size_t length,
                           struct slim_log_sample *sample, apr_pool_t *pool)
{
    char *scratch = apr_palloc(pool, 3 * length + 1);
    const char *at = bytes + slim_log_mark_length(bytes, length), *end = bytes + length;
    unsigned points = 0;

    *sample = (struct slim_log_sample){0};
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        newline = newline ? newline : end;
        points += read_one(format, (struct slim_text){at, (size_t)(newline - at)}, scratch, sample);
        at = newline + 1;
    }
    return points;
}

struct slim_log_sample slim_log_format_sample(struct slim_log_format *format, const char *bytes,
                                              size_t length, apr_pool_t *pool)
{
    struct slim_log_sample sample;

    (void)read_lines(format, bytes, length, &sample, pool);
    return sample;
}

const char *slim_log_format_detect(const char *bytes, size_t length, apr_pool_t *pool)
{
    const char *best = NULL;
    unsigned most = 0;

    for (size_t i = 0; i < NAMES; i++) {
        struct slim_log_error error;
        struct slim_log_sample sample;
        if (names[i].is_alias) {
            continue;
        }
        struct slim_log_format *format = slim_log_format_compile(names[i].name, &error, pool);
        unsigned points = read_lines(format, bytes, length, &sample, pool);
        if (points > most) {
            most = points;
            best = names[i].name;
        }
    }
    return best;
}
