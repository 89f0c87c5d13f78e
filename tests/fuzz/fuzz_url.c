/* URLs: parts lie within, parameters are taken off one by one, decoding never grows. */
#include "fuzz.h"

#include "core/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slim_text text = fuzz_text(data, size), query = text, name, value;
    struct slim_url url;
    size_t left = query.length;
    char out[256];

    if (slim_url_split(text, &url)) {
        CHECK(url.host.length > 0 && fuzz_is_within(url.host, url.authority));
        CHECK(fuzz_is_within(url.authority, text) && fuzz_is_within(url.path, text));
        CHECK(fuzz_is_within(url.query, text) && fuzz_is_within(url.fragment, text));
        CHECK(url.path.length == 0 || url.path.at[0] == '/');
    }
    while (slim_url_next_parameter(&query, &name, &value)) {
        CHECK(fuzz_is_within(name, text) && fuzz_is_within(value, text));
        CHECK(query.length < left);
        left = query.length;
    }
    size_t used = slim_url_decode(text, out, sizeof out);
    CHECK(used <= sizeof out && used <= size);
    return 0;
}
