/* Rules of exclude and erase, and hits as a store has them. */
#include "fuzz.h"

#include "core/hit_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slim_text rest = fuzz_text(data, size);
    const char *end = size ? memchr(data, '\n', size) : NULL;
    size_t length = end ? (size_t)(end - rest.at) : size;
    struct slim_stored_hit hit = {.address = {192, 0, 2, 7}, .address_length = 4, .status = 404};
    struct slim_hit_rule rule;
    const char *reason = NULL;
    char text[512];

    if (length >= sizeof text) {
        return 0;
    }
    memcpy(text, data, length);
    text[length] = '\0';
    hit.resource = hit.agent = end ? (struct slim_text){end + 1, size - length - 1} : rest;
    if (slim_hit_rule_parse(&rule, text, &reason) == APR_SUCCESS) {
        CHECK(rule.address_length == 0 || rule.bits <= 8u * rule.address_length);
        CHECK(slim_hit_rule_matches(&rule, &hit) == slim_hit_rule_matches(&rule, &hit));
        hit.address_length = 0;
        (void)slim_hit_rule_matches(&rule, &hit);
    } else {
        CHECK(reason);
    }
    (void)!slim_hit_rule_visitor(&rule, text);
    return 0;
}
