/* Comparing settings files line by line, as sets. */
#include "settings_change.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "setting_table.h"

static apr_hash_t *lines_of(const char *text, apr_pool_t *pool)
{
    apr_hash_t *lines = apr_hash_make(pool);
    char *state, *copy = apr_pstrdup(pool, text);

    for (char *line = apr_strtok(copy, "\n", &state); line; line = apr_strtok(NULL, "\n", &state)) {
        apr_hash_set(lines, line, APR_HASH_KEY_STRING, line);
    }
    return lines;
}

/* Notes the names of lines that the other file does not have. */
static void note_missing(apr_hash_t *lines, apr_hash_t *other, apr_hash_t *names, apr_pool_t *pool)
{
    for (apr_hash_index_t *hi = apr_hash_first(pool, lines); hi; hi = apr_hash_next(hi)) {
        const char *line = apr_hash_this_key(hi);
        if (!apr_hash_get(other, line, APR_HASH_KEY_STRING)) {
            const char *name = apr_pstrmemdup(pool, line, strcspn(line, " "));
            apr_hash_set(names, name, APR_HASH_KEY_STRING, name);
        }
    }
}

static void add_name(const char *name, char *names, size_t size)
{
    size_t used = strlen(names), room = size - used;
    const char *before = used > 0 ? ", " : "";

    if (strlen(before) + strlen(name) < room) {
        apr_cpystrn(names + used, before, room);
        apr_cpystrn(names + strlen(names), name, size - strlen(names));
    }
}

void slim_settings_changed(const char *before, const char *after, char *names, size_t size,
                           apr_pool_t *pool)
{
    apr_hash_t *was = lines_of(before, pool), *is = lines_of(after, pool);
    apr_hash_t *changed = apr_hash_make(pool);

    note_missing(was, is, changed, pool);
    note_missing(is, was, changed, pool);
    names[0] = '\0';
    for (const struct slim_setting *s = slim_settings_table; s->type != SLIM_SETTING_TYPES; s++) {
        if (s->directive && s->name && apr_hash_get(changed, s->name, APR_HASH_KEY_STRING)) {
            add_name(s->directive, names, size);
        }
    }
}
