/* Setting the words of a question one by one, and the sentences about mistakes. */
#include <string.h>

#include <apr_strings.h>

#include "core/near_name.h"
#include "query_word.h"

#define SHOWN_MAX 80 /* bytes of a value in a sentence about it */

/* The beginning of a text, not cut within a character. */
static const char *shown(const char *text, apr_pool_t *pool)
{
    size_t length = strlen(text);

    if (length <= SHOWN_MAX) {
        return text;
    }
    length = SHOWN_MAX;
    while (length > 0 && (text[length] & 0xc0) == 0x80) {
        length--;
    }
    return apr_pstrcat(pool, apr_pstrmemdup(pool, text, length), "…", NULL);
}

static const char *tell(const char *name, const char *value, const struct slim_mistake *mistake,
                        apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s \"%s\" %s; allowed: %s", shown(name, pool), shown(value, pool),
                        mistake->what, mistake->allowed);
}

static const char *all_words(apr_pool_t *pool)
{
    const char *all = slim_query_words[0].name;

    for (const struct slim_query_word *w = slim_query_words + 1; w->name; w++) {
        all = apr_pstrcat(pool, all, ", ", w->name, NULL);
    }
    return all;
}

static const char *tell_unknown(const char *name, const char *value, apr_pool_t *pool)
{
    struct slim_near_name near;

    slim_near_begin(&near, name, strlen(name));
    for (const struct slim_query_word *w = slim_query_words; w->name; w++) {
        slim_near_try(&near, w->name);
    }
    const char *what = apr_pstrcat(pool, "is not known", slim_near_question(&near, "", pool), NULL);
    return tell(name, value, &(struct slim_mistake){what, all_words(pool)}, pool);
}

apr_status_t slim_query_set(struct slim_query *query, const char *name, const char *value,
                            const char **reason, apr_pool_t *pool)
{
    const struct slim_query_word *word = slim_query_word_find(name);
    struct slim_query changed = *query;

    if (!word) {
        *reason = tell_unknown(name, value, pool);
        return SLIM_EBADQUERY;
    }
    struct slim_mistake mistake = {"cannot be used", word->allowed};
    unsigned bit = 1u << (word - slim_query_words);
    if (!word->may_repeat && (query->given & bit)) {
        *reason = tell(name, value, &(struct slim_mistake){"comes a second time", "once"}, pool);
        return SLIM_EBADQUERY;
    }
    if (!word->set(&changed, value, &mistake, pool)) {
        *reason = tell(name, value, &mistake, pool);
        return SLIM_EBADQUERY;
    }
    changed.given |= bit;
    *query = changed;
    return APR_SUCCESS;
}
