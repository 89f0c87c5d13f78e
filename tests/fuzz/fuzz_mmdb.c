/* Files of places and networks: whatever is in them, what they tell is within its alphabet and its
 * ceilings, and the same when it is asked again. */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "core/text.h"
#include "enrich/country.h"
#include "enrich/network.h"

/* libmaxminddb 1.7 forgets a list when it refuses a file for what that says about itself. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
    return "leak:libmaxminddb";
}

static const uint8_t addresses[][16] = {
    {192, 0, 2, 1},
    {10, 0, 0, 1},
    {255, 255, 255, 255},
    {0x20, 1, 0x0d, 0xb8},
    {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
};
static const uint8_t lengths[] = {4, 4, 4, 16, 16};

static void check_text(const char *text)
{
    size_t length = strnlen(text, SLIM_MMDB_TEXT_MAX + 1);

    CHECK(length <= SLIM_MMDB_TEXT_MAX && slim_utf8_is_valid(text, length));
    for (size_t i = 0; i < length; i++) {
        CHECK((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
    }
}

static void read_places(const char *path, apr_pool_t *pool)
{
    struct slim_country *country = slim_country_make(path, NULL, pool);
    int changed;

    if (slim_country_refresh(country, &changed) != APR_SUCCESS) {
        return;
    }
    for (size_t i = 0; i < sizeof lengths; i++) {
        const struct slim_place first = *slim_country_find(country, addresses[i], lengths[i]);
        const struct slim_place *again = slim_country_find(country, addresses[i], lengths[i]);
        const char *code = first.country;
        CHECK(!*code || (strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2 && strlen(code) == 2));
        check_text(first.region);
        check_text(first.city);
        CHECK(memcmp(&first, again, sizeof first) == 0);
    }
}

static void read_networks(const char *path, apr_pool_t *pool)
{
    struct slim_networks *networks = slim_networks_make(path, NULL, "conf", pool);
    const char *bad;
    char reason[256];
    int changed;

    if (slim_networks_refresh(networks, &changed, &bad, reason, sizeof reason) != APR_SUCCESS) {
        return;
    }
    for (size_t i = 0; i < sizeof lengths; i++) {
        const struct slim_network first = *slim_networks_find(networks, addresses[i], lengths[i]);
        const struct slim_network *again = slim_networks_find(networks, addresses[i], lengths[i]);
        check_text(first.name);
        CHECK(first.number > 0 || (!first.name[0] && !first.hosts));
        CHECK(!first.hosts || first.place.line > 0);
        CHECK(first.number == again->number && strcmp(first.name, again->name) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    apr_pool_t *pool;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    CHECK(apr_pool_create(&pool, fuzz_pool()) == APR_SUCCESS);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_places(path, pool);
    read_networks(path, pool);
    apr_pool_destroy(pool);
    close(fd);
    return 0;
}
