/* Values that are a closed set, or have a shape. */
#include "filter_value.h"

#include <string.h>

#include <apr_strings.h>

#include "core/address.h"
#include "core/facts.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct slim_filter_values {
    /* a closed set */
    const char *(*name)(unsigned);
    unsigned count;
    /* or a shape */
    int (*fits)(const char *);
    const char *part; /* what is in them */
    size_t part_max;
    int others; /* it may be unknown, "", or one too many, "(other)" */
    const char *reason;
    /* how the store writes it; NULL: as given */
    void (*settle)(struct slim_filter *filter, apr_pool_t *pool);
};

/* --- names --- */

static int is_in_set(const struct slim_filter_values *values, const struct slim_filter *filter)
{
    for (unsigned i = 0; i < values->count; i++) {
        if (filter->kind == SLIM_CONTAINS ? strcasestr(values->name(i), filter->value) != NULL
                                          : strcmp(values->name(i), filter->value) == 0) {
            return 1;
        }
    }
    return 0;
}

static const char *list_of(const struct slim_filter_values *values, const char *dimension,
                           apr_pool_t *pool)
{
    const char *list = apr_pstrcat(pool, dimension, " is one of ", values->name(0), NULL);

    for (unsigned i = 1; i < values->count; i++) {
        list = apr_pstrcat(pool, list, ", ", values->name(i), NULL);
    }
    return list;
}

/* --- shapes --- */

static int is_of(const char *text, size_t length, const char *characters)
{
    return strspn(text, characters) >= length;
}

/* 404 or 4xx; 0 is what a log did not say. */
static int is_status(const char *text)
{
    size_t length = strlen(text);

    if (length == 3 && strcmp(text + 1, "xx") == 0) {
        return is_of(text, 1, DIGITS);
    }
    return length > 0 && length <= 3 && is_of(text, length, DIGITS)
           && (text[0] != '0' || length == 1);
}

static int is_country(const char *text)
{
    return strlen(text) == 2 && is_of(text, 2, UPPER);
}

/* de, fil, en-us */
static int is_language(const char *text)
{
    size_t first = strcspn(text, "-");

    return first >= 2 && first <= 3 && is_of(text, first, LOWER)
           && (!text[first] || (strlen(text + first) == 3 && is_of(text + first + 1, 2, LOWER)));
}

static int is_number(const char *text)
{
    size_t length = strlen(text);

    return length > 0 && length < 20 && is_of(text, length, DIGITS);
}

static int is_address(const char *text)
{
    uint8_t address[16], length;

    return slim_address_parse(text, address, &length);
}

static int has_shape(const struct slim_filter_values *values, const struct slim_filter *filter)
{
    const char *value = filter->value;

    if (filter->kind == SLIM_CONTAINS) {
        return strlen(value) <= values->part_max && is_of(value, strlen(value), values->part);
    }
    return (values->others && (!*value || strcmp(value, "(other)") == 0)) || values->fits(value);
}

/* An IPv6 address can be written in many ways, and is stored in one. */
static void settle_address(struct slim_filter *filter, apr_pool_t *pool)
{
    uint8_t address[16], length;
    char text[SLIM_ADDRESS_SIZE];

    if (filter->kind != SLIM_CONTAINS && slim_address_parse(filter->value, address, &length)) {
        slim_address_format(address, length, text);
        filter->value = apr_pstrdup(pool, text);
    }
}

int slim_filter_value_check(const struct slim_filter_values *values, struct slim_filter *filter,
                            const char **reason, apr_pool_t *pool)
{
    if (values && values->name && !is_in_set(values, filter)) {
        *reason = list_of(values, filter->dimension, pool);
        return 0;
    }
    if (values && values->fits && !has_shape(values, filter)) {
        *reason = values->reason;
        return 0;
    }
    if (values && values->settle) {
        values->settle(filter, pool);
    }
    return 1;
}

/* --- which there are --- */

/* The bits of enum slim_mark, and what only visits have. */
static const char *const marks[] = {"robots.txt", "probe", "hosting", "no assets", "fast", "posts"};

static const char *mark_name(unsigned mark)
{
    return marks[mark];
}

static const char *proof_name(unsigned proof)
{
    static const char *const names[SLIM_PROOFS] = {"open", "range", "false"};

    return names[proof];
}

const struct slim_filter_values slim_values_word = {.name = NULL};
const struct slim_filter_values slim_values_robot = {.name = slim_robot_name, .count = SLIM_ROBOTS};
const struct slim_filter_values slim_values_purpose = {.name = slim_robot_purpose_name,
                                                       .count = SLIM_ROBOT_PURPOSES};
const struct slim_filter_values slim_values_proof = {.name = proof_name, .count = SLIM_PROOFS};
const struct slim_filter_values slim_values_kind = {.name = slim_kind_name, .count = SLIM_KINDS};
const struct slim_filter_values slim_values_channel = {.name = slim_channel_name,
                                                       .count = SLIM_CHANNELS};
const struct slim_filter_values slim_values_mark = {.name = mark_name,
                                                    .count = sizeof marks / sizeof marks[0]};

const struct slim_filter_values slim_values_status = {
    .fits = is_status,
    .part = DIGITS "xX",
    .part_max = 3,
    .reason = "status is a code (404) or a class of them (4xx)"};
const struct slim_filter_values slim_values_country = {
    .fits = is_country,
    .part = UPPER LOWER,
    .part_max = 2,
    .others = 1,
    .reason = "country is two capital letters (AT), or nothing for unknown"};
const struct slim_filter_values slim_values_language = {
    .fits = is_language,
    .part = UPPER LOWER "-",
    .part_max = 6,
    .others = 1,
    .reason = "language is in small letters (de, en-us), or nothing for unknown"};
const struct slim_filter_values slim_values_visit = {.fits = is_number,
                                                     .part = DIGITS,
                                                     .part_max = 19,
                                                     .reason = "visit is a number"};
const struct slim_filter_values slim_values_ip = {
    .fits = is_address,
    .part = DIGITS "abcdefABCDEF.:",
    .part_max = 45,
    .others = 1,
    .reason = "ip is an address, or nothing where none is kept",
    .settle = settle_address};
