/* The key's file. It is never followed as a link, and never written over in place. */
#include "visitor_key.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ascii.h"
#include "whole_file.h"

#define DAY_MAX INT64_C(100000000)

/* --- the text --- */

static int parse_key(const char *text, size_t length, unsigned char *key)
{
    return length == 2 * SLIM_VISITOR_KEY_LENGTH + 1 && text[length - 1] == '\n'
           && slim_hex_read(text, SLIM_VISITOR_KEY_LENGTH, key);
}

int slim_visitor_key_parse(const char *text, size_t length, struct slim_visitor_key_entry *entry)
{
    size_t at = 0;

    memset(entry, 0, sizeof *entry);
    if (length >= 7 && memcmp(text, "static ", 7) == 0) {
        entry->kind = SLIM_VISITOR_KEY_STATIC;
        return parse_key(text + 7, length - 7, entry->key);
    }
    entry->is_chain = length >= 6 && memcmp(text, "chain ", 6) == 0;
    if (length < 6 || (!entry->is_chain && memcmp(text, "daily ", 6) != 0)) {
        return 0;
    }
    entry->kind = SLIM_VISITOR_KEY_DAILY;
    for (at = 6; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
        entry->day = entry->day * 10 + (text[at] - '0');
        if (entry->day > DAY_MAX) {
            return 0;
        }
    }
    return at > 6 && at < length && text[at] == ' '
           && parse_key(text + at + 1, length - at - 1, entry->key);
}

size_t slim_visitor_key_format(const struct slim_visitor_key_entry *entry,
                               char text[SLIM_VISITOR_KEY_TEXT_SIZE])
{
    char key[2 * SLIM_VISITOR_KEY_LENGTH + 1];

    slim_hex_write(entry->key, SLIM_VISITOR_KEY_LENGTH, key);
    int length = entry->kind == SLIM_VISITOR_KEY_STATIC
                     ? snprintf(text, SLIM_VISITOR_KEY_TEXT_SIZE, "static %s\n", key)
                     : snprintf(text, SLIM_VISITOR_KEY_TEXT_SIZE, "%s %" PRId64 " %s\n",
                                entry->is_chain ? "chain" : "daily", entry->day, key);
    return (size_t)length;
}

/* --- the file --- */

apr_status_t slim_visitor_key_lock(const char *directory, int *fd)
{
    int opened = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;

    if (opened < 0) {
        return errno;
    }
    while (flock(opened, LOCK_EX) != 0) {
        if (errno != EINTR) {
            error = errno;
            close(opened);
            return error;
        }
    }
    *fd = opened;
    return APR_SUCCESS;
}

apr_status_t slim_visitor_key_read(int directory, const char *name,
                                   struct slim_visitor_key_entry *entry)
{
    char text[SLIM_VISITOR_KEY_TEXT_SIZE];
    struct stat st;
    ssize_t length = -1;
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    apr_status_t rv = SLIM_EBADRULES;

    if (fd < 0) {
        return errno == ELOOP ? SLIM_EBADRULES : errno;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        length = read(fd, text, sizeof text);
        rv = length < 0 ? errno : SLIM_EBADRULES;
    }
    if (length >= 0 && slim_visitor_key_parse(text, (size_t)length, entry)) {
        rv = APR_SUCCESS;
    }
    close(fd);
    return rv;
}

apr_status_t slim_visitor_key_write(int directory, const char *name,
                                    const struct slim_visitor_key_entry *entry)
{
    char text[SLIM_VISITOR_KEY_TEXT_SIZE];
    size_t length = slim_visitor_key_format(entry, text);

    return slim_whole_file_put(directory, name, text, length);
}

void slim_visitor_key_forget(int directory, const char *name)
{
    unlinkat(directory, name, 0);
}
