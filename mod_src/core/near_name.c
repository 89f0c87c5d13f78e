#include "near_name.h"

#include <string.h>

#include <apr_strings.h>

void slim_near_begin(struct slim_near_name *near, const char *meant, size_t length)
{
    *near = (struct slim_near_name){.meant = meant, .length = length, .distance = length / 3 + 1};
    if (near->distance < 2) {
        near->distance = 2;
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Rows of the table: of the beginnings of a one and two bytes shorter, and of this one. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t row[3][SLIM_NEAR_MAX + 1];

    for (size_t j = 0; j <= b_length; j++) {
        row[0][j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        size_t *now = row[i % 3], *before = row[(i - 1) % 3], *second = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            now[j] =
                least(least(before[j], now[j - 1]) + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now[j] = least(now[j], second[j - 2] + 1);
            }
        }
    }
    return row[a_length % 3][b_length];
}

void slim_near_try(struct slim_near_name *near, const char *name)
{
    size_t length = strlen(name);

    if (near->length > SLIM_NEAR_MAX || length > SLIM_NEAR_MAX) {
        return;
    }
    size_t found = near->length >= 3 && strncmp(name, near->meant, near->length) == 0
                       ? 1
                       : distance(near->meant, near->length, name, length);
    if (found < near->distance && found < length) {
        near->distance = found;
        near->name = name;
    }
}

const char *slim_near_question(const struct slim_near_name *near, const char *before,
                               apr_pool_t *pool)
{
    return near->name ? apr_pstrcat(pool, " (did you mean ", before, near->name, "?)", NULL) : "";
}
