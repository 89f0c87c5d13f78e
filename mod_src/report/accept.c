/* The Accept header. Pure; linear in its length. */
#include "accept.h"

#include <string.h>
#include <strings.h>

enum fit { FITS_NOT, FITS_ALL, FITS_FAMILY, FITS_NAME };

static int is_space(char c)
{
    return c == ' ' || c == '\t';
}

static void trim(const char **from, const char **to)
{
    while (*from < *to && is_space(**from)) {
        (*from)++;
    }
    while (*to > *from && is_space((*to)[-1])) {
        (*to)--;
    }
}

/* The next separator that no quotes hide, or the end. */
static const char *find_end(const char *at, const char *end, char separator)
{
    int quoted = 0;

    for (; at < end && (quoted || *at != separator); at++) {
        if (quoted && *at == '\\' && at + 1 < end) {
            at++;
        } else if (*at == '"') {
            quoted = !quoted;
        }
    }
    return at;
}

/* "0.75" as 750. */
static int quality_of(const char *at, const char *end)
{
    int unit = 100, quality;

    if (at == end || (*at != '0' && *at != '1') || (at + 1 < end && at[1] != '.')) {
        return 1000;
    }
    quality = (*at - '0') * 1000;
    for (at += 2; at < end; at++, unit /= 10) {
        if (*at < '0' || *at > '9') {
            return 1000;
        }
        quality += (*at - '0') * unit;
    }
    return quality > 1000 ? 1000 : quality;
}

static int read_quality(const char *at, const char *end)
{
    while (at < end) {
        const char *stop = find_end(at, end, ';'), *from = at, *to = stop;
        trim(&from, &to);
        if (to - from >= 2 && (*from == 'q' || *from == 'Q') && from[1] == '=') {
            return quality_of(from + 2, to);
        }
        at = stop + 1;
    }
    return 1000;
}

static enum fit fit_of(const char *range, size_t length, const char *type)
{
    size_t family = strcspn(type, "/") + 1;

    if (length == strlen(type) && strncasecmp(range, type, length) == 0) {
        return FITS_NAME;
    }
    if (length == family + 1 && range[family] == '*' && strncasecmp(range, type, family) == 0) {
        return FITS_FAMILY;
    }
    return length == 3 && memcmp(range, "*/*", 3) == 0 ? FITS_ALL : FITS_NOT;
}

struct slim_accepted slim_accept_look(const char *header, size_t length, const char *type)
{
    const char *at = header, *end = header + length;
    enum fit best = FITS_NOT;
    int quality = 0;

    while (at < end) {
        const char *stop = find_end(at, end, ','), *parameters = find_end(at, stop, ';');
        const char *from = at, *to = parameters;
        trim(&from, &to);
        enum fit fit = fit_of(from, (size_t)(to - from), type);
        int its = fit == FITS_NOT ? 0 : read_quality(parameters, stop);
        if (fit > best || (fit == best && its > quality)) {
            best = fit;
            quality = its;
        }
        at = stop + 1;
    }
    return (struct slim_accepted){quality, best == FITS_NAME};
}
