/* Words searched for on the site itself. */
#include "local_search.h"

#include <string.h>

#include "value.h"

void slim_local_search_derive(const char *keys, struct slim_text target, struct slim_facts *facts)
{
    char words[SLIM_TERMS_MAX];

    facts->terms_are_local = 0;
    if (!*keys || facts->kind == SLIM_KIND_ASSET) {
        return;
    }
    struct slim_text raw = slim_value_find(keys, slim_value_query(target));
    size_t length = slim_value_read(raw, "", words, sizeof words);
    if (length > 0) {
        memcpy(facts->terms_buffer, words, length);
        facts->terms = (struct slim_text){facts->terms_buffer, length};
        facts->terms_are_local = 1;
    }
}
