/* Parameters of an address, as words of a question. */
#include <string.h>

#include "core/url.h"
#include "handler.h"
#include "handler_words.h"

static char *decode(request_rec *r, struct slim_text text)
{
    char *out = apr_palloc(r->pool, text.length + 1);
    size_t length = slim_url_decode(text, out, text.length);

    out[length] = '\0';
    return strlen(out) == length ? out : NULL; /* NULL: a NUL within */
}

apr_array_header_t *slim_words_read(request_rec *r)
{
    struct slim_text rest = {r->args, r->args ? strlen(r->args) : 0}, name, value;
    apr_array_header_t *words = apr_array_make(r->pool, 16, sizeof(struct slim_word));

    while (slim_url_next_parameter(&rest, &name, &value)) {
        struct slim_word word = {decode(r, name), decode(r, value)};
        if (!word.name || !word.value) {
            slim_handler_fail(r, HTTP_BAD_REQUEST, "text without NUL bytes",
                              word.name ? word.name : "");
            return NULL;
        }
        APR_ARRAY_PUSH(words, struct slim_word) = word;
    }
    return words;
}

int slim_words_set(request_rec *r, struct slim_query *query, const apr_array_header_t *words,
                   int from, int to)
{
    const char *reason;

    for (int i = from; i < to; i++) {
        const struct slim_word *word = &APR_ARRAY_IDX(words, i, struct slim_word);
        if (slim_query_set(query, word->name, word->value, &reason, r->pool) != APR_SUCCESS) {
            slim_handler_fail(r, HTTP_BAD_REQUEST, reason, word->name);
            return 0;
        }
    }
    return 1;
}

int slim_words_check(request_rec *r, const struct slim_query *query)
{
    const char *reason;

    if (slim_query_check(query, &reason) != APR_SUCCESS) {
        slim_handler_fail(r, HTTP_BAD_REQUEST, reason, "since");
        return 0;
    }
    return 1;
}
