/* Time zone files and rules: any time has an offset, and what was computed there and back agrees.
 */
#include "fuzz.h"

#include "core/zone.h"

static const int64_t times[] = {0, 1, 1769860800, 951782400, 4102444800, INT64_C(253402300799)};

static void check_zone(const struct slim_zone *zone)
{
    char label[SLIM_LABEL_SIZE], text[SLIM_TIME_TEXT];

    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct slim_local local;
        slim_zone_local(zone, times[i], &local);
        CHECK(local.month >= 1 && local.month <= 12 && local.day >= 1 && local.day <= 31);
        CHECK(local.offset == slim_zone_offset(zone, times[i]));
        CHECK(slim_zone_change(zone, times[i]) > times[i]);
        for (int by = 0; by < SLIM_BUCKETS; by++) {
            int64_t begin = slim_zone_bucket(zone, times[i], (enum slim_bucket)by);
            CHECK(begin <= times[i]);
            CHECK(strlen(slim_zone_label(zone, begin, (enum slim_bucket)by, label)) < sizeof label);
        }
        CHECK(strlen(slim_zone_time(zone, times[i], text)) < sizeof text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slim_zone zone = {.name = "fuzz"};
    struct slim_zone_rule rule;

    if (slim_zone_parse(data, size, &zone)) {
        check_zone(&zone);
    }
    if (slim_zone_parse_rule((const char *)data, size, &rule)) {
        for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
            int32_t offset = slim_zone_rule_offset(&rule, times[i]);
            CHECK(offset == rule.standard || offset == rule.saving);
            CHECK(slim_zone_rule_change(&rule, times[i]) > times[i]);
        }
    }
    return 0;
}
