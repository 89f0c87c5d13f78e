/* The file that a key of visitors is kept in: "static KEY" or "daily DAY KEY", the day counted from
 * 1970-01-01 (UTC), the key in hexadecimal.
 *
 * Front ends that share daily keys have "chain DAY KEY": the day's key and the next day's chain are
 * both SHA-256 of it, so that all come to the same keys, each by itself, and none leads back. */
#ifndef SLIM_VISITOR_KEY_H
#define SLIM_VISITOR_KEY_H

#include "setting_values.h"
#include "status_code.h"

#define SLIM_VISITOR_KEY_LENGTH 16
#define SLIM_VISITOR_KEY_FILE "visitor.key" /* in the state directory */
#define SLIM_VISITOR_KEY_TEXT_SIZE 80       /* no file's text is longer */

struct slim_visitor_key_entry {
    enum slim_visitor_key kind;
    int64_t day;  /* 0 for a static one */
    int is_chain; /* what daily keys of several front ends are made of */
    unsigned char key[SLIM_VISITOR_KEY_LENGTH];
};

/* Reads a file's text; 0 when it is not a visitor key. Pure. */
int slim_visitor_key_parse(const char *text, size_t length, struct slim_visitor_key_entry *entry);

/* Writes a file's text; its length. */
size_t slim_visitor_key_format(const struct slim_visitor_key_entry *entry,
                               char text[SLIM_VISITOR_KEY_TEXT_SIZE]);

/* Takes the directory's lock, so that one process at a time looks and makes. *fd is to be closed.
 */
apr_status_t slim_visitor_key_lock(const char *directory, int *fd) SLIM_MUST_CHECK;

/* APR_ENOENT when there is none; SLIM_EBADRULES when it is not a visitor key. */
apr_status_t slim_visitor_key_read(int directory, const char *name,
                                   struct slim_visitor_key_entry *entry) SLIM_MUST_CHECK;

/* Replaces the file as a whole, or leaves it as it was. */
apr_status_t slim_visitor_key_write(int directory, const char *name,
                                    const struct slim_visitor_key_entry *entry) SLIM_MUST_CHECK;

/* Removes the file: what cannot be replaced must not outlive its day. */
void slim_visitor_key_forget(int directory, const char *name);

#endif
