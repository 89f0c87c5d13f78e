/* Patterns of pages: compiled once, and to machine code when one is first used. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "page_pattern.h"

#include <pcre2.h>
#include <string.h>

#include <apr_strings.h>

#include "text.h"

#define GROUPS 10

/* A hostile address must not take longer than this many backtracking steps a pattern. */
#define MATCH_LIMIT 20000

struct slim_page_pattern {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    const char *page;
    int has_query;
    int is_ready; /* machine code was made, or cannot be */
};

static apr_status_t free_pattern(void *baton)
{
    struct slim_page_pattern *pattern = baton;

    pcre2_match_data_free(pattern->data);
    pcre2_match_context_free(pattern->context);
    pcre2_code_free(pattern->code);
    return APR_SUCCESS;
}

/* 0: it names a group that the pattern does not have. */
static int has_its_groups(const struct slim_page_pattern *pattern)
{
    uint32_t groups = 0;

    pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    for (const char *at = strchr(pattern->page, '$'); at; at = strchr(at + 1, '$')) {
        if (at[1] >= '0' && at[1] <= '9' && (uint32_t)(at[1] - '0') > groups) {
            return 0;
        }
    }
    return 1;
}

apr_status_t slim_page_pattern_make(const char *text, const char *page,
                                    struct slim_page_pattern **made, const char **why,
                                    apr_pool_t *pool)
{
    const uint32_t options =
        PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
    struct slim_page_pattern *pattern = apr_pcalloc(pool, sizeof *pattern);
    int error;
    PCRE2_SIZE at;

    pattern->page = page;
    pattern->has_query = strstr(text, "\\?") != NULL;
    pattern->code =
        pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &error, &at, NULL);
    if (!pattern->code) {
        PCRE2_UCHAR reason[128] = "";
        pcre2_get_error_message(error, reason, sizeof reason);
        *why = apr_psprintf(pool, "pattern %s, at byte %u: %s", text, (unsigned)at, (char *)reason);
        return SLIM_EBADSETTING;
    }
    pattern->data = pcre2_match_data_create(GROUPS, NULL);
    pattern->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(pattern->context, MATCH_LIMIT);
    apr_pool_cleanup_register(pool, pattern, free_pattern, apr_pool_cleanup_null);
    if (!has_its_groups(pattern)) {
        *why =
            apr_psprintf(pool, "page %s names a group that pattern %s does not have", page, text);
        return SLIM_EBADSETTING;
    }
    *made = pattern;
    return APR_SUCCESS;
}

int slim_page_pattern_has_query(const struct slim_page_pattern *pattern)
{
    return pattern->has_query;
}

/* What a group matched; nothing, if it took no part. */
static struct slim_text group(const struct slim_page_pattern *pattern, struct slim_text text,
                              int number, int matched)
{
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(pattern->data) + 2 * number;

    return number >= matched || at[0] == PCRE2_UNSET || at[1] < at[0]
               ? (struct slim_text){text.at, 0}
               : (struct slim_text){text.at + at[0], at[1] - at[0]};
}

static int is_group(const char *at)
{
    return at[0] == '$' && at[1] >= '0' && at[1] <= '9';
}

/* Takes what stands before the next group off a page, or that group. */
static struct slim_text next_part(const struct slim_page_pattern *pattern, const char **at,
                                  struct slim_text text, int matched)
{
    struct slim_text part = {*at, 0};

    if (is_group(*at)) {
        *at += 2;
        return group(pattern, text, (*at)[-1] - '0', matched);
    }
    while (part.at[part.length] && !is_group(part.at + part.length)) {
        part.length++;
    }
    *at += part.length;
    return part;
}

static size_t write_page(const struct slim_page_pattern *pattern, struct slim_text text,
                         int matched, char *out, size_t size)
{
    const char *at = pattern->page;
    size_t used = 0;

    while (*at) {
        struct slim_text part = next_part(pattern, &at, text, matched);
        size_t length = slim_utf8_cut(part.at, part.length, size - used);
        memcpy(out + used, part.at, length);
        used += length;
        if (length < part.length) {
            break;
        }
    }
    return used;
}

int slim_page_pattern_apply(struct slim_page_pattern *pattern, struct slim_text text, char *out,
                            size_t size, size_t *length)
{
    if (!pattern->is_ready) {
        (void)pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE); /* else it is slower */
        pattern->is_ready = 1;
    }
    int matched = pcre2_match(pattern->code, (PCRE2_SPTR)text.at, text.length, 0, 0, pattern->data,
                              pattern->context);
    if (matched < 0) {
        return 0;
    }
    *length = write_page(pattern, text, matched == 0 ? GROUPS : matched, out, size);
    return 1;
}
