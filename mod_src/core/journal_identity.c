/* The journal's identity file: its own UUID, and that of the store it is loaded into. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "journal_internal.h"
#include "whole_file.h"

static apr_status_t make_random(unsigned char *uuid)
{
    return getrandom(uuid, SLIM_UUID_LENGTH, 0) == SLIM_UUID_LENGTH ? APR_SUCCESS : errno;
}

static void put_hex(const unsigned char *uuid, char *out)
{
    for (int i = 0; i < SLIM_UUID_LENGTH; i++) {
        snprintf(out + 2 * i, 3, "%02x", uuid[i]);
    }
}

static int get_hex(const char *text, unsigned char *uuid)
{
    if (strlen(text) != 2 * SLIM_UUID_LENGTH
        || strspn(text, "0123456789abcdef") != 2 * SLIM_UUID_LENGTH) {
        return 0;
    }
    for (int i = 0; i < SLIM_UUID_LENGTH; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1) {
            return 0;
        }
        uuid[i] = (unsigned char)byte;
    }
    return 1;
}

#define IDENTITY_FORMAT "slimstats journal 1\njournal %32s\nstore %32s\n"

apr_status_t slim_journal_write_identity(struct slim_journal *j)
{
    char text[160], journal[33], store[33];

    put_hex(j->identity.journal, journal);
    put_hex(j->identity.store, store);
    int length = snprintf(text, sizeof text, IDENTITY_FORMAT, journal, store);
    return slim_whole_file_put(j->directory_fd, "identity", text, (size_t)length);
}

apr_status_t slim_journal_read_identity(struct slim_journal *j)
{
    char text[160] = "", journal[33], store[33];
    int fd = openat(j->directory_fd, "identity", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0 && errno == ENOENT) {
        apr_status_t rv = make_random(j->identity.journal);
        return rv == APR_SUCCESS ? slim_journal_write_identity(j) : rv;
    }
    if (fd < 0) {
        return errno;
    }
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0 || sscanf(text, IDENTITY_FORMAT, journal, store) != 2
        || !get_hex(journal, j->identity.journal) || !get_hex(store, j->identity.store)) {
        return SLIM_EBADJOURNAL;
    }
    return APR_SUCCESS;
}

const struct slim_journal_identity *slim_journal_identity(const struct slim_journal *j)
{
    return &j->identity;
}

apr_status_t slim_journal_adopt_store(struct slim_journal *j, const unsigned char *store_uuid)
{
    if (memcmp(j->identity.store, store_uuid, SLIM_UUID_LENGTH) == 0) {
        return APR_SUCCESS;
    }
    struct slim_journal_identity before = j->identity;
    memcpy(j->identity.store, store_uuid, SLIM_UUID_LENGTH);
    apr_status_t rv = slim_journal_write_identity(j);
    if (rv != APR_SUCCESS) {
        j->identity = before;
    }
    return rv;
}
