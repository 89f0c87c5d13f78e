/* Rules about stored hits: reading and matching them. */
#include "hit_rule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <apr_fnmatch.h>

#include "address.h"
#include "ascii.h"

#define PATTERN_MAX 4096

static int parse_address(struct slim_hit_rule *rule, const char *value)
{
    char address[SLIM_ADDRESS_SIZE];
    const char *slash = strchr(value, '/');
    size_t length = slash ? (size_t)(slash - value) : strlen(value);
    char *end;

    if (length >= sizeof address) {
        return 0;
    }
    memcpy(address, value, length);
    address[length] = '\0';
    if (!slim_address_parse(address, rule->address, &rule->address_length)) {
        return 0;
    }
    rule->bits = rule->address_length * 8u;
    if (!slash) {
        return 1;
    }
    long bits = strtol(slash + 1, &end, 10);
    int good = slash[1] >= '0' && slash[1] <= '9' && !*end && bits <= (long)rule->bits;
    rule->bits = good ? (unsigned)bits : 0;
    return good;
}

/* Three digits and no sign. */
static int read_status(const char **at, int *status)
{
    *status = 0;
    for (int i = 0; i < 3; i++, (*at)++) {
        if (**at < '0' || **at > '9') {
            return 0;
        }
        *status = *status * 10 + (**at - '0');
    }
    return *status >= 100 && *status <= 599;
}

int slim_hit_rule_status(const char *text, int *low, int *high)
{
    if (!read_status(&text, low)) {
        return 0;
    }
    *high = *low;
    if (*text == '-') {
        text++;
        return read_status(&text, high) && !*text && *low <= *high;
    }
    return !*text;
}

static int parse_status(struct slim_hit_rule *rule, const char *value)
{
    return slim_hit_rule_status(value, &rule->low, &rule->high);
}

static int parse_pattern(struct slim_hit_rule *rule, const char *value)
{
    rule->pattern = value;
    return *value != '\0' && strlen(value) < PATTERN_MAX;
}

int slim_hit_rule_is_path(const char *pattern)
{
    return *pattern == '/' || *pattern == '*' || *pattern == '?';
}

static int parse_path(struct slim_hit_rule *rule, const char *value)
{
    return parse_pattern(rule, value) && slim_hit_rule_is_path(value);
}

static const struct {
    const char *prefix;
    enum slim_hit_rule_kind kind;
    enum slim_excluded reason;
    int (*parse)(struct slim_hit_rule *rule, const char *value);
    const char *allowed;
} kinds[] = {
    {"ip=", SLIM_HITS_OF_ADDRESS, SLIM_EXCLUDED_IP, parse_address,
     "ip=ADDRESS or ip=ADDRESS/BITS, IPv4 or IPv6"},
    {"path=", SLIM_HITS_OF_PATH, SLIM_EXCLUDED_PATH, parse_path,
     "path=PATTERN with * and ?, which begins with / or *"},
    {"status=", SLIM_HITS_OF_STATUS, SLIM_EXCLUDED_STATUS, parse_status,
     "status=404 or status=300-399"},
    {"agent=", SLIM_HITS_OF_AGENT, SLIM_EXCLUDED_AGENT, parse_pattern,
     "agent=PATTERN with * and ?"},
};

apr_status_t slim_hit_rule_parse(struct slim_hit_rule *rule, const char *text, const char **reason)
{
    memset(rule, 0, sizeof *rule);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t length = strlen(kinds[i].prefix);
        if (strncmp(text, kinds[i].prefix, length) == 0) {
            rule->kind = kinds[i].kind;
            rule->reason = kinds[i].reason;
            *reason = kinds[i].allowed;
            return kinds[i].parse(rule, text + length) ? APR_SUCCESS : SLIM_EBADSETTING;
        }
    }
    *reason = strncmp(text, "env=", 4) == 0 || strncmp(text, "type=", 5) == 0
                      || strncmp(text, "expr=", 5) == 0
                  ? "env=, type= and expr= ask what is known only while a request is served; "
                    "afterwards ip=CIDR, path=GLOB, status=N-M, agent=GLOB"
                  : "ip=CIDR, path=GLOB, status=N-M, agent=GLOB";
    return SLIM_EBADSETTING;
}

apr_status_t slim_hit_rule_visitor(struct slim_hit_rule *rule, const char *text)
{
    int hexadecimal = strncmp(text, "0x", 2) == 0;
    const char *digits = text + (hexadecimal ? 2 : *text == '-');
    char *end;

    memset(rule, 0, sizeof *rule);
    rule->kind = SLIM_HITS_OF_VISITOR;
    rule->reason = SLIM_EXCLUDED_ERASED;
    errno = 0;
    rule->visitor = strtoull(digits, &end, hexadecimal ? 16 : 10);
    if (strspn(digits, "0123456789abcdefABCDEF") != strlen(digits) || *end || errno
        || rule->visitor == 0) {
        return SLIM_EBADSETTING;
    }
    rule->visitor = *text == '-' ? 0 - rule->visitor : rule->visitor;
    return APR_SUCCESS;
}

/* --- matching --- */

static int matches_address(const struct slim_hit_rule *rule, const struct slim_stored_hit *hit)
{
    size_t whole = rule->bits / 8;
    unsigned rest = rule->bits % 8;

    if (hit->address_length != rule->address_length
        || memcmp(hit->address, rule->address, whole) != 0) {
        return 0;
    }
    return rest == 0 || ((hit->address[whole] ^ rule->address[whole]) >> (8 - rest)) == 0;
}

static int matches_pattern(const char *pattern, struct slim_text text, int flags)
{
    char copy[PATTERN_MAX];
    size_t length = text.length < sizeof copy ? text.length : sizeof copy - 1;

    memcpy(copy, text.at, length);
    copy[length] = '\0';
    return apr_fnmatch(pattern, copy, flags) == APR_SUCCESS;
}

/* Writes what stands before a query, %XX decoded; returns where it ends. */
static char *decode_path(struct slim_text resource, char *out, const char *end)
{
    for (size_t i = 0; i < resource.length && resource.at[i] != '?' && out < end; i++) {
        int code = resource.at[i] == '%' && i + 2 < resource.length
                       ? slim_hex_byte(resource.at + i + 1)
                       : -1;
        i += code > 0 ? 2 : 0;
        *out++ = code > 0 ? (char)code : resource.at[i];
    }
    return out;
}

/* Where the segment before at begins: behind its slash. */
static char *segment_before(char *begin, char *at)
{
    at -= at > begin;
    while (at > begin && at[-1] != '/') {
        at--;
    }
    return at;
}

/* Takes out empty segments, "." and "..", as httpd does before it looks at a path. */
static void fold_path(char *path)
{
    char *out = path + 1, *at = path + 1;

    while (*at) {
        size_t length = strcspn(at, "/");
        int is_last = at[length] == '\0';
        if (length == 2 && at[0] == '.' && at[1] == '.') {
            out = segment_before(path + 1, out);
        } else if (length > 0 && !(length == 1 && at[0] == '.')) {
            memmove(out, at, length + !is_last);
            out += length + !is_last;
        }
        at += length + !is_last;
    }
    *out = '\0';
}

void slim_hit_rule_path(struct slim_text resource, char *out, size_t size)
{
    char *end = decode_path(resource, out, out + size - 1);

    *end = '\0';
    if (*out == '/') {
        fold_path(out);
    }
}

static int matches_path(const struct slim_hit_rule *rule, struct slim_text resource)
{
    char path[PATTERN_MAX];

    slim_hit_rule_path(resource, path, sizeof path);
    return *path && apr_fnmatch(rule->pattern, path, 0) == APR_SUCCESS;
}

int slim_hit_rule_matches(const struct slim_hit_rule *rule, const struct slim_stored_hit *hit)
{
    switch (rule->kind) {
    case SLIM_HITS_OF_ADDRESS: return matches_address(rule, hit);
    case SLIM_HITS_OF_PATH: return matches_path(rule, hit->resource);
    case SLIM_HITS_OF_STATUS: return hit->status >= rule->low && hit->status <= rule->high;
    case SLIM_HITS_OF_AGENT:
        return hit->agent.length > 0
               && matches_pattern(rule->pattern, hit->agent, APR_FNM_CASE_BLIND);
    case SLIM_HITS_OF_VISITOR: return hit->visitor != 0 && hit->visitor == rule->visitor;
    }
    return 0;
}
