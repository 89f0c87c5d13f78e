/* Sums by address, as a table of SQL. */
#include "addresses.h"

#include "core/address.h"
#include "store/sqlite/base/array.h"
#include "store/sqlite/base/row.h"
#include "store/sums.h"

/* Measures that addresses do not have lend their places. */
enum { LAST = SLIM_MEASURE_DURATION, COUNTRY = SLIM_MEASURE_VISITS };

/* The group of what is no IPv6 address, whose key is the IPv4 address; else the first half of an
 * IPv6 address, whose key is the other. */
enum { NO_ADDRESS, IPV4 };

struct slim_sqlite_addresses {
    struct slim_sums ipv6, others;
    struct slim_sql_array rows; /* others first */
};

/* --- adding --- */

static uint64_t number_of(const uint8_t *bytes, int length)
{
    uint64_t number = 0;

    for (int i = 0; i < length; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

static struct slim_sum *sum_of(struct slim_sqlite_addresses *a, sqlite3_value *value)
{
    uint8_t address[16], length;

    slim_sqlite_address_read(value, address, &length);
    if (length == 16) {
        return slim_sums_of(&a->ipv6, number_of(address, 8), (int64_t)number_of(address + 8, 8));
    }
    return length == 4 ? slim_sums_of(&a->others, IPV4, (int64_t)number_of(address, 4))
                       : slim_sums_of(&a->others, NO_ADDRESS, 0);
}

void slim_sqlite_add_address(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct slim_sqlite *store = sqlite3_user_data(context);
    struct slim_sum *sum = sum_of(store->addresses, values[0]);
    int64_t hit = sqlite3_value_int64(values[1]);

    (void)count;
    if (!sum) {
        sqlite3_result_error_nomem(context);
        return;
    }
    if (hit >= sum->measure[LAST]) {
        sum->measure[LAST] = hit;
        sum->measure[COUNTRY] = sqlite3_value_int64(values[2]);
    }
    sum->measure[SLIM_MEASURE_HITS]++;
    sum->measure[SLIM_MEASURE_PAGEVIEWS] += sqlite3_value_int64(values[3]);
    sum->measure[SLIM_MEASURE_BYTES] += sqlite3_value_int64(values[4]);
    sum->measure[SLIM_MEASURE_ERRORS] += sqlite3_value_int64(values[5]);
}

void slim_sqlite_addresses_added(sqlite3_context *context)
{
    const struct slim_sqlite *store = sqlite3_user_data(context);
    struct slim_sqlite_addresses *a = store->addresses;

    a->rows.count = a->others.count + a->ipv6.count;
    sqlite3_result_int64(context, a->rows.count);
}

/* --- the table --- */

static void bytes_of(uint64_t number, int length, uint8_t *bytes)
{
    for (int i = length - 1; i >= 0; i--, number >>= 8) {
        bytes[i] = (uint8_t)number;
    }
}

static void give_address(sqlite3_context *result, const struct slim_sum *sum, int is_ipv6)
{
    uint8_t address[16], length = is_ipv6 ? 16 : sum->group == IPV4 ? 4 : 0;
    char text[SLIM_ADDRESS_SIZE];

    if (is_ipv6) {
        bytes_of(sum->group, 8, address);
        bytes_of((uint64_t)sum->key, 8, address + 8);
    } else {
        bytes_of((uint64_t)sum->key, 4, address);
    }
    slim_address_format(address, length, text);
    sqlite3_result_text(result, text, -1, SQLITE_TRANSIENT);
}

static void give(sqlite3_context *result, const struct slim_sql_array *array, uint32_t row,
                 int column)
{
    static const int measure[] = {SLIM_MEASURE_HITS,
                                  SLIM_MEASURE_PAGEVIEWS,
                                  SLIM_MEASURE_BYTES,
                                  SLIM_MEASURE_ERRORS,
                                  LAST,
                                  COUNTRY};
    const struct slim_sqlite_addresses *a = array->rows;
    int is_ipv6 = row >= a->others.count;
    const struct slim_sum *sum =
        is_ipv6 ? &a->ipv6.sum[row - a->others.count] : &a->others.sum[row];

    if (column == 0) {
        give_address(result, sum, is_ipv6);
    } else {
        sqlite3_result_int64(result, sum->measure[measure[column - 1]]);
    }
}

void slim_sqlite_addresses_declare(struct slim_sqlite *store, apr_pool_t *pool)
{
    struct slim_sqlite_addresses *a = apr_pcalloc(pool, sizeof *a);

    a->rows =
        (struct slim_sql_array){.columns = "address, hits, pageviews, bytes, errors, last, country",
                                .give = give,
                                .rows = a};
    store->addresses = a;
    slim_sql_array_declare(store, "added_address", &a->rows);
}

void slim_sqlite_addresses_forget(struct slim_sqlite *store)
{
    slim_sums_free(&store->addresses->ipv6);
    slim_sums_free(&store->addresses->others);
    store->addresses->rows.count = 0;
}
