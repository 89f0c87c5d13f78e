/* Sets of visitors as bytes: refused, or merged into a set that is written and read again the same.
 */
#include "fuzz.h"

#include "store/hll.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char out[SLIM_HLL_BYTES_MAX], again[SLIM_HLL_BYTES_MAX];
    struct slim_hll set = {0}, copy = {0};
    int estimated, copy_estimated;

    if (slim_hll_merge(&set, data, size) == APR_SUCCESS
        && slim_hll_size(&set, SLIM_HLL_SPARSE_MAX) <= sizeof out) {
        size_t length = slim_hll_write(&set, SLIM_HLL_SPARSE_MAX, out);
        CHECK(length == slim_hll_size(&set, SLIM_HLL_SPARSE_MAX));
        CHECK(slim_hll_merge(&copy, out, length) == APR_SUCCESS);
        CHECK(slim_hll_merge(&copy, out, length) == APR_SUCCESS);
        CHECK(slim_hll_count(&copy, &copy_estimated) == slim_hll_count(&set, &estimated)
              || copy_estimated != estimated);
        CHECK(slim_hll_write(&copy, SLIM_HLL_SPARSE_MAX, again) == length);
        CHECK(memcmp(out, again, length) == 0);
    }
    slim_hll_free(&set);
    slim_hll_free(&copy);
    return 0;
}
