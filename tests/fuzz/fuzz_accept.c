/* The Accept header: a quality within its bounds, for every type the same way. */
#include "fuzz.h"

#include "report/accept.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"text/plain", "application/openmetrics-text", "a/b"};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct slim_accepted got = slim_accept_look((const char *)data, size, types[i]);
        CHECK(got.quality >= 0 && got.quality <= 1000);
        CHECK(got.named == 0 || got.named == 1);
    }
    return 0;
}
