/* The journal's identity file: its own UUID, and that of the store it is loaded into. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "ascii.h"
#include "journal_internal.h"
#include "whole_file.h"

static apr_status_t make_random(unsigned char *uuid)
{
    return getrandom(uuid, SLIM_UUID_LENGTH, 0) == SLIM_UUID_LENGTH ? APR_SUCCESS : errno;
}

#define IDENTITY_FORMAT "slimstats journal 1\njournal %32s\nstore %32s\n"

apr_status_t slim_journal_write_identity(struct slim_journal *j)
{
    char text[160], journal[33], store[33];

    slim_hex_write(j->identity.journal, SLIM_UUID_LENGTH, journal);
    slim_hex_write(j->identity.store, SLIM_UUID_LENGTH, store);
    int length = snprintf(text, sizeof text, IDENTITY_FORMAT, journal, store);
    return slim_whole_file_put(j->directory_fd, "identity", text, (size_t)length);
}

static int read_uuid(const char *text, unsigned char *uuid)
{
    return strlen(text) == 2 * SLIM_UUID_LENGTH && slim_hex_read(text, SLIM_UUID_LENGTH, uuid);
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
        || !read_uuid(journal, j->identity.journal) || !read_uuid(store, j->identity.store)) {
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
