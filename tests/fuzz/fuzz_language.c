/* Accept-Language: a result of its alphabet, and the result's result is itself. */
#include "fuzz.h"

#include "enrich/language.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char out[SLIM_LANGUAGE_SIZE], again[SLIM_LANGUAGE_SIZE];

    slim_language_derive((const char *)data, size, out);
    size_t length = strlen(out);
    CHECK(length < sizeof out && strspn(out, "abcdefghijklmnopqrstuvwxyz-") == length);
    CHECK(length == 0 || (length >= 2 && out[0] != '-' && out[length - 1] != '-'));
    slim_language_derive(out, length, again);
    CHECK(strcmp(out, again) == 0);
    return 0;
}
