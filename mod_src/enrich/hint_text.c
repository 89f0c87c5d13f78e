/* Client hints as one short text. Pure: no allocation, no I/O. */
#include "hint_text.h"

#include <string.h>

#include "client_hint.h"
#include "core/text.h"

#define BRANDS_MAX 8 /* browsers send three or four */
#define BRANDS_BYTES_MAX 240
#define BRAND_MAX 48
#define DIGITS_MAX 10 /* of a part of a version */
#define VERSION_SIZE (SLIM_AGENT_VERSIONS * (DIGITS_MAX + 1))

struct out {
    char *at;
    size_t used, room;
};

static void add(struct out *out, const char *bytes, size_t length)
{
    memcpy(out->at + out->used, bytes, length);
    out->used += length;
}

static void add_quoted(struct out *out, struct slim_text text)
{
    add(out, "\"", 1);
    add(out, text.at, text.length);
    add(out, "\"", 1);
}

/* "131.0.6778.86" of what begins so; empty: it begins otherwise. */
static struct slim_text read_version(struct slim_text text, char out[VERSION_SIZE])
{
    size_t at = 0, used = 0;

    for (int part = 0; part < SLIM_AGENT_VERSIONS; part++) {
        size_t digits = 0;
        while (at + digits < text.length && digits < DIGITS_MAX && text.at[at + digits] >= '0'
               && text.at[at + digits] <= '9') {
            digits++;
        }
        if (digits == 0) {
            break;
        }
        if (part > 0) {
            out[used++] = '.';
        }
        memcpy(out + used, text.at + at, digits);
        used += digits;
        at += digits;
        if (at >= text.length || text.at[at] != '.') {
            break;
        }
        at++;
    }
    return (struct slim_text){out, used};
}

static int is_name(struct slim_text name)
{
    for (size_t i = 0; i < name.length; i++) {
        unsigned char c = (unsigned char)name.at[i];
        if (c < ' ' || c > '~' || strchr("\"\\;,|", c)) {
            return 0;
        }
    }
    return name.length > 0 && name.length <= BRAND_MAX;
}

/* "Not_A Brand", "Not(A:Brand": a brand that nobody has, with other marks in each version, so that
 * servers do not rely on the list. */
static int is_noise(struct slim_text name)
{
    static const char letters[] = "notabrand";
    size_t found = 0;

    for (size_t i = 0; i < name.length; i++) {
        char c = name.at[i] >= 'A' && name.at[i] <= 'Z' ? (char)(name.at[i] | 32) : name.at[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            if (letters[found] != c) {
                return 0;
            }
            found++;
        }
    }
    return letters[found] == '\0';
}

/* --- brands --- */

/* The version of a brand in the list of full ones, if it is one of the same major version. */
static struct slim_text find_full(const struct slim_hit *hit, struct slim_text name,
                                  struct slim_text major, char out[VERSION_SIZE])
{
    struct slim_brand brand;
    size_t at = 0;

    while (slim_brand_next(hit->field[SLIM_CH_VERSIONS], &at, &brand)) {
        struct slim_text full = read_version(brand.version, out);
        if (brand.name.length == name.length && memcmp(brand.name.at, name.at, name.length) == 0
            && major.length > 0 && full.length > major.length
            && memcmp(full.at, major.at, major.length) == 0 && full.at[major.length] == '.') {
            return full;
        }
    }
    return major;
}

/* 0: there is no room. */
static int add_brand(struct out *out, const struct slim_hit *hit, const struct slim_brand *brand)
{
    char parts[VERSION_SIZE], more[VERSION_SIZE];
    struct slim_text version =
        find_full(hit, brand->name, read_version(brand->version, parts), more);

    if (out->used + brand->name.length + version.length + sizeof ",\"\";v=\"\"" > out->room) {
        return 0;
    }
    if (out->used > 0) {
        add(out, ",", 1);
    }
    add_quoted(out, brand->name);
    if (version.length > 0) {
        add(out, ";v=", 3);
        add_quoted(out, version);
    }
    return 1;
}

static int is_among(const struct slim_text *names, int count, struct slim_text name)
{
    for (int i = 0; i < count; i++) {
        if (names[i].length == name.length && memcmp(names[i].at, name.at, name.length) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Of a brand that is there twice the first. */
static void add_brands(struct out *out, const struct slim_hit *hit)
{
    struct slim_text list = hit->field[SLIM_CH_UA], names[BRANDS_MAX];
    struct slim_brand brand;
    size_t at = 0;
    int count = 0;

    if (list.length == 0) {
        list = hit->field[SLIM_CH_VERSIONS];
    }
    while (count < BRANDS_MAX && slim_brand_next(list, &at, &brand)) {
        if (!is_name(brand.name) || is_noise(brand.name) || is_among(names, count, brand.name)) {
            continue;
        }
        if (!add_brand(out, hit, &brand)) {
            return;
        }
        names[count++] = brand.name;
    }
}

/* --- the whole text --- */

static void add_platform(struct out *out, const struct slim_hit *hit)
{
    char parts[VERSION_SIZE];
    struct slim_text name = slim_client_hint_unquoted(hit->field[SLIM_CH_PLATFORM]);
    struct slim_text version =
        read_version(slim_client_hint_unquoted(hit->field[SLIM_CH_PLATFORM_VERSION]), parts);

    if (slim_client_hint_system(name) && version.length > 0) {
        add(out, "|", 1);
        add_quoted(out, name);
        add(out, "|", 1);
        add_quoted(out, version);
    }
}

size_t slim_hint_text_make(const struct slim_hit *hit, char out[SLIM_HINT_TEXT_MAX])
{
    struct out text = {out, 0, BRANDS_BYTES_MAX};

    add_brands(&text, hit);
    size_t brands = text.used;
    add_platform(&text, hit);
    if (brands > 0 && hit->flags & SLIM_HIT_MOBILE) {
        add(&text, text.used > brands ? "|m" : "|||m", text.used > brands ? 2 : 4);
    }
    return text.used;
}

static struct slim_text next_part(struct slim_text *rest)
{
    const char *bar = rest->length > 0 ? memchr(rest->at, '|', rest->length) : NULL;
    size_t length = bar ? (size_t)(bar - rest->at) : rest->length;
    struct slim_text part = {rest->at, length};

    *rest = (struct slim_text){rest->at + length + (bar != NULL),
                               rest->length - length - (bar != NULL)};
    return part;
}

void slim_hint_text_put(struct slim_text text, struct slim_hit *hit)
{
    hit->field[SLIM_CH_UA] = hit->field[SLIM_CH_VERSIONS] = next_part(&text);
    hit->field[SLIM_CH_PLATFORM] = next_part(&text);
    hit->field[SLIM_CH_PLATFORM_VERSION] = next_part(&text);
    hit->flags &= ~(uint32_t)SLIM_HIT_MOBILE;
    if (slim_text_is(next_part(&text), "m")) {
        hit->flags |= SLIM_HIT_MOBILE;
    }
}
