/* Which fields of a log are used, and which are of no use. */
#include <stdio.h>
#include <string.h>

#include "log_program.h"

static int is_of_use(enum slim_log_item item)
{
    return item != LOG_SKIP && item != LOG_SKIP_WORD && item != LOG_USER;
}

static int has_word(const char *words, struct slim_text word)
{
    for (const char *at = words; *at;) {
        size_t length = strcspn(at, " ");
        if (length == word.length && memcmp(at, word.at, length) == 0) {
            return 1;
        }
        at += length + (at[length] == ' ');
    }
    return 0;
}

void slim_log_format_tell(struct slim_log_format *f, struct slim_text name, enum slim_log_item item)
{
    char *words = is_of_use(item) ? f->used : f->dropped;
    size_t used = strlen(words);

    if (f->tells > 0 && used + name.length + 2 <= SLIM_LOG_TOLD_MAX && !has_word(words, name)) {
        snprintf(words + used, SLIM_LOG_TOLD_MAX - used, "%s%.*s", used ? " " : "",
                 (int)name.length, name.at);
    }
}

const char *slim_log_format_used(const struct slim_log_format *format)
{
    return format->used;
}

const char *slim_log_format_dropped(const struct slim_log_format *format)
{
    return format->dropped;
}
