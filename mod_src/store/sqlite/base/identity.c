/* Checks what a store file is before SQLite opens it: SQLite would replay the write-ahead log of
 * that name into whatever the file is. Nothing is ever written here. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connection.h"

#define HEADER_LENGTH 100
#define MARK_WITHIN (256u << 10) /* bytes of a store's file in which its UUID stands */

/* Big-endian numbers of the database header (https://sqlite.org/fileformat.html, 1.3). */
static uint32_t header_number(const unsigned char *header, int offset)
{
    return (uint32_t)header[offset] << 24 | (uint32_t)header[offset + 1] << 16
           | (uint32_t)header[offset + 2] << 8 | header[offset + 3];
}

apr_status_t slim_sqlite_look_at_file(struct slim_sqlite *store, int *fresh)
{
    unsigned char header[HEADER_LENGTH];
    struct stat st;
    int fd = open(store->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    *fresh = 0;
    if (fd < 0 && errno == ENOENT) {
        *fresh = 1;
        return APR_SUCCESS;
    }
    if (fd < 0) {
        int error = errno;
        return slim_sqlite_refused(store,
                                   error == EACCES ? SLIM_STATE_STORE_READONLY
                                                   : SLIM_STATE_STORE_IO,
                                   error, "cannot open %s: %s", store->path,
                                   error == ELOOP ? "it is a symbolic link" : strerror(error));
    }
    ssize_t length = pread(fd, header, sizeof header, 0);
    int regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    close(fd);
    if (!regular) {
        return slim_sqlite_refused(store, SLIM_STATE_STORE_CORRUPT, 0, "%s is not a regular file",
                                   store->path);
    }
    if (length == 0) {
        *fresh = 1;
        return APR_SUCCESS;
    }
    if (length < HEADER_LENGTH || memcmp(header, "SQLite format 3", 16) != 0) {
        return slim_sqlite_refused(store, SLIM_STATE_STORE_CORRUPT, SQLITE_NOTADB,
                                   "%s is not a SQLite database", store->path);
    }
    if (header_number(header, 68) != SLIM_SQLITE_APPLICATION_ID) {
        return slim_sqlite_refused(store, SLIM_STATE_SCHEMA_NEWER, 0,
                                   "%s is a database of another program", store->path);
    }
    if (header_number(header, 60) > (uint32_t)slim_sqlite_schema_version()) {
        return slim_sqlite_refused(store, SLIM_STATE_SCHEMA_NEWER, 0,
                                   "%s has schema %u, this version knows %d", store->path,
                                   header_number(header, 60), slim_sqlite_schema_version());
    }
    return APR_SUCCESS;
}

/* path as a URI that SQLite opens without looking at the log beside it. */
static void immutable_uri(const char *path, char *uri, size_t size)
{
    size_t used = (size_t)snprintf(uri, size, "file:");

    for (; *path && used + 16 < size; path++) {
        if (strchr("%?#", *path)) {
            used += (size_t)snprintf(uri + used, size - used, "%%%02X", (unsigned char)*path);
        } else {
            uri[used++] = *path;
        }
    }
    snprintf(uri + used, size - used, "?immutable=1");
}

static apr_status_t take_uuid(void *baton, sqlite3_stmt *row)
{
    if (sqlite3_column_bytes(row, 0) != SLIM_UUID_LENGTH) {
        return SLIM_EBADRECORD;
    }
    memcpy(baton, sqlite3_column_blob(row, 0), SLIM_UUID_LENGTH);
    return APR_SUCCESS;
}

apr_status_t slim_sqlite_read_uuid(struct slim_sqlite *store, unsigned char *uuid)
{
    static const unsigned char none[SLIM_UUID_LENGTH];
    unsigned char found[SLIM_UUID_LENGTH] = {0};

    slim_sql_rows(store, "write/store_get", SLIM_VALUES(slim_value_string(":key", "uuid")),
                  take_uuid, found);
    apr_status_t rv = slim_sql_status(store);
    if (rv == SLIM_EBADRECORD || (rv == APR_SUCCESS && memcmp(found, none, sizeof none) == 0)) {
        rv = slim_sqlite_refused(store, SLIM_STATE_STORE_CORRUPT, SQLITE_CORRUPT,
                                 "%s is a store without an identity", store->path);
    }
    if (rv == APR_SUCCESS) {
        memcpy(uuid, found, sizeof found);
    }
    return rv;
}

/* What a file is that does not bear the mark: another store, or a damaged one. */
static apr_status_t name_the_stranger(struct slim_sqlite *store)
{
    unsigned char uuid[SLIM_UUID_LENGTH];
    char uri[8192];
    apr_status_t rv = APR_SUCCESS;

    immutable_uri(store->path, uri, sizeof uri);
    if (sqlite3_open_v2(uri, &store->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL)
        != SQLITE_OK) {
        rv = slim_sqlite_failed(store, "open");
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_read_uuid(store, uuid);
    }
    slim_sql_close(store);
    sqlite3_close(store->db);
    store->db = NULL;
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_refused(store, SLIM_STATE_STORE_MOVED, 0,
                                 "%s is not the store that the journal was loaded into",
                                 store->path);
    }
    return rv;
}

/* Whether the UUID stands in the file's first pages, where the schema's first table is. A
 * checkpoint that was killed half way leaves a file that is whole only together with its log, so
 * nothing but the bytes of single pages can be asked here. */
static int bears_mark(const char *path, const unsigned char *uuid)
{
    unsigned char *pages = malloc(MARK_WITHIN);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t length = pages && fd >= 0 ? pread(fd, pages, MARK_WITHIN, 0) : -1;
    int found = length > 0 && memmem(pages, (size_t)length, uuid, SLIM_UUID_LENGTH) != NULL;

    if (fd >= 0) {
        close(fd);
    }
    free(pages);
    return found;
}

apr_status_t slim_sqlite_check_identity(struct slim_sqlite *store, const unsigned char *expected)
{
    static const unsigned char none[SLIM_UUID_LENGTH];

    if (memcmp(expected, none, sizeof none) == 0 || bears_mark(store->path, expected)) {
        return APR_SUCCESS;
    }
    return name_the_stranger(store);
}
