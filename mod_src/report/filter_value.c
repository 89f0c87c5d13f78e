/* Values of dimensions that are a closed set, or have a shape. */
#include "filter_value.h"

#include <string.h>

#include <apr_strings.h>

#include "../core/address.h"
#include "../core/facts.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* --- names --- */

/* The bits of enum slim_mark, and what only visits have. */
static const char *const marks[] = {"robots.txt", "probe", "hosting", "no assets", "fast"};

static const char *mark_name(unsigned mark)
{
    return marks[mark];
}

static const struct closed_set {
    const char *dimension;
    const char *(*name)(unsigned);
    unsigned count;
} closed_sets[] = {
    {"robot", slim_robot_name, SLIM_ROBOTS},
    {"kind", slim_kind_name, SLIM_KINDS},
    {"channel", slim_channel_name, SLIM_CHANNELS},
    {"mark", mark_name, sizeof marks / sizeof marks[0]},
};

static int is_in_set(const struct closed_set *set, const struct slim_filter *filter)
{
    for (unsigned i = 0; i < set->count; i++) {
        if (filter->kind == SLIM_CONTAINS ? strcasestr(set->name(i), filter->value) != NULL
                                          : strcmp(set->name(i), filter->value) == 0) {
            return 1;
        }
    }
    return 0;
}

static const char *list_of(const struct closed_set *set, apr_pool_t *pool)
{
    const char *list = apr_pstrcat(pool, set->dimension, " is one of ", set->name(0), NULL);

    for (unsigned i = 1; i < set->count; i++) {
        list = apr_pstrcat(pool, list, ", ", set->name(i), NULL);
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

static const struct shape {
    const char *dimension;
    int (*fits)(const char *);
    const char *part; /* what is in them */
    size_t part_max;
    int others; /* it may be unknown, "", or one too many, "(other)" */
    const char *reason;
} shapes[] = {
    {"status", is_status, DIGITS "xX", 3, 0, "status is a code (404) or a class of them (4xx)"},
    {"country", is_country, UPPER LOWER, 2, 1,
     "country is two capital letters (AT), or nothing for unknown"},
    {"language", is_language, UPPER LOWER "-", 6, 1,
     "language is in small letters (de, en-us), or nothing for unknown"},
    {"visit", is_number, DIGITS, 19, 0, "visit is a number"},
    {"ip", is_address, DIGITS "abcdefABCDEF.:", 45, 1,
     "ip is an address, or nothing where none is kept"},
};

static int has_shape(const struct shape *shape, const struct slim_filter *filter)
{
    const char *value = filter->value;

    if (filter->kind == SLIM_CONTAINS) {
        return strlen(value) <= shape->part_max && is_of(value, strlen(value), shape->part);
    }
    return (shape->others && (!*value || strcmp(value, "(other)") == 0)) || shape->fits(value);
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

int slim_filter_value_check(struct slim_filter *filter, const char **reason, apr_pool_t *pool)
{
    for (size_t i = 0; i < sizeof closed_sets / sizeof closed_sets[0]; i++) {
        const struct closed_set *set = &closed_sets[i];
        if (strcmp(filter->dimension, set->dimension) == 0 && !is_in_set(set, filter)) {
            *reason = list_of(set, pool);
            return 0;
        }
    }
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (strcmp(filter->dimension, shapes[i].dimension) == 0 && !has_shape(&shapes[i], filter)) {
            *reason = shapes[i].reason;
            return 0;
        }
    }
    if (strcmp(filter->dimension, "ip") == 0) {
        settle_address(filter, pool);
    }
    return 1;
}
