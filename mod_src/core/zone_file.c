/* TZif files: checked whole when they are read, so that nothing needs to be later. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "zone.h"
#include "zone_internal.h"

#define HEADER 44
#define FILE_MAX (256 * 1024)
#define OFFSET_MAX (26 * 3600)

/* --- bytes --- */

int64_t slim_zone_big_endian(const unsigned char *at, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++) {
        value = value << 8 | at[i];
    }
    return size == 4 ? (int64_t)(int32_t)(uint32_t)value : (int64_t)value;
}

/* One of a file's two blocks: a header's counts, and where its tables are. */
struct block {
    size_t isutcs, isstds, leaps, times, types, chars;
    size_t length; /* with the header */
};

static int read_header(const unsigned char *at, size_t left, size_t time_size, struct block *b)
{
    if (left < HEADER || memcmp(at, "TZif", 4) != 0) {
        return 0;
    }
    size_t *counts[] = {&b->isutcs, &b->isstds, &b->leaps, &b->times, &b->types, &b->chars};
    for (size_t i = 0; i < 6; i++) {
        *counts[i] = (size_t)(uint32_t)slim_zone_big_endian(at + 20 + 4 * i, 4);
        if (*counts[i] > FILE_MAX) {
            return 0;
        }
    }
    b->length = HEADER + b->times * (time_size + 1) + b->types * 6 + b->chars
                + b->leaps * (time_size + 4) + b->isstds + b->isutcs;
    return b->length <= left;
}

static int tables_are_sound(const struct slim_zone *zone, const struct block *b)
{
    for (size_t i = 0; i < b->types; i++) {
        int64_t offset = slim_zone_big_endian(zone->types + 6 * i, 4);
        if (offset < -OFFSET_MAX || offset > OFFSET_MAX) {
            return 0;
        }
    }
    for (size_t i = 0; i < b->times; i++) {
        const unsigned char *at = zone->times + i * zone->time_size;
        if (zone->indexes[i] >= b->types
            || (i > 0
                && slim_zone_big_endian(at, zone->time_size)
                       <= slim_zone_big_endian(at - zone->time_size, zone->time_size))) {
            return 0;
        }
    }
    return 1;
}

static int take_block(const unsigned char *at, size_t time_size, const struct block *b,
                      struct slim_zone *zone)
{
    zone->time_size = time_size;
    zone->transitions = b->times;
    zone->times = at + HEADER;
    zone->indexes = zone->times + b->times * time_size;
    zone->types = zone->indexes + b->times;
    /* leap seconds: a zone of "right/", whose seconds are not ours */
    return b->types > 0 && b->types <= 256 && b->leaps == 0 && tables_are_sound(zone, b);
}

/* "\nCET-1CEST,M3.5.0,M10.5.0/3\n"; may be empty. */
static int take_footer(const unsigned char *at, size_t left, struct slim_zone_rule *rule)
{
    const unsigned char *end = left > 1 ? memchr(at + 1, '\n', left - 1) : NULL;

    if (!end || *at != '\n') {
        return 0;
    }
    return end == at + 1
           || slim_zone_parse_rule((const char *)at + 1, (size_t)(end - at - 1), rule);
}

int slim_zone_parse(const void *bytes, size_t length, struct slim_zone *zone)
{
    const unsigned char *at = bytes;
    struct slim_zone found = {.name = ""};
    struct block block;

    if (!read_header(at, length, 4, &block)) {
        return 0;
    }
    if (at[4] == '\0') {
        if (!take_block(at, 4, &block, &found)) {
            return 0;
        }
    } else { /* what follows says the same, and more */
        at += block.length;
        length -= block.length;
        if (!read_header(at, length, 8, &block) || !take_block(at, 8, &block, &found)
            || !take_footer(at + block.length, length - block.length, &found.rule)) {
            return 0;
        }
    }
    memcpy(found.name, zone->name, sizeof found.name);
    *zone = found;
    return 1;
}

/* --- files --- */

static int name_is_safe(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length < SLIM_ZONE_NAME_MAX && name[0] != '/'
           && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/")
                  == length;
}

static const char *path_of(const char *name, apr_pool_t *pool)
{
    const char *directory = getenv("TZDIR");

    if (strcmp(name, "local") == 0) {
        return "/etc/localtime";
    }
    return apr_pstrcat(pool, directory && *directory ? directory : "/usr/share/zoneinfo", "/", name,
                       NULL);
}

static char *read_file(const char *path, size_t *length, apr_pool_t *pool)
{
    struct stat st;
    char *bytes = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) {
        return NULL;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= FILE_MAX) {
        bytes = apr_palloc(pool, (size_t)st.st_size);
        ssize_t got = read(fd, bytes, (size_t)st.st_size);
        *length = got > 0 ? (size_t)got : 0;
    }
    close(fd);
    return bytes;
}

apr_status_t slim_zone_open(const char *name, const struct slim_zone **zone, apr_pool_t *pool)
{
    size_t length = 0;

    if (strcmp(name, "UTC") == 0) {
        *zone = &slim_zone_utc;
        return APR_SUCCESS;
    }
    if (!name_is_safe(name)) {
        return SLIM_EBADQUERY;
    }
    struct slim_zone *found = apr_pcalloc(pool, sizeof *found);
    const char *bytes = read_file(path_of(name, pool), &length, pool);
    memcpy(found->name, name, strlen(name));
    if (!bytes || !slim_zone_parse(bytes, length, found)) {
        return SLIM_EBADQUERY;
    }
    *zone = found;
    return APR_SUCCESS;
}
