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

#include "core/ascii.h"
#include "core/whole_file.h"

#define NAME "visitor.key"
#define TEXT_MAX 80
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
    if (length < 6 || memcmp(text, "daily ", 6) != 0) {
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

static int format(const struct slim_visitor_key_entry *entry, char text[TEXT_MAX])
{
    char key[2 * SLIM_VISITOR_KEY_LENGTH + 1];

    slim_hex_write(entry->key, SLIM_VISITOR_KEY_LENGTH, key);
    return entry->kind == SLIM_VISITOR_KEY_STATIC
               ? snprintf(text, TEXT_MAX, "static %s\n", key)
               : snprintf(text, TEXT_MAX, "daily %" PRId64 " %s\n", entry->day, key);
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

apr_status_t slim_visitor_key_read(int directory, struct slim_visitor_key_entry *entry)
{
    char text[TEXT_MAX];
    struct stat st;
    ssize_t length = -1;
    int fd = openat(directory, NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
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

apr_status_t slim_visitor_key_write(int directory, const struct slim_visitor_key_entry *entry)
{
    char text[TEXT_MAX];
    int length = format(entry, text);

    return slim_whole_file_put(directory, NAME, text, (size_t)length);
}

void slim_visitor_key_forget(int directory)
{
    unlinkat(directory, NAME, 0);
}
