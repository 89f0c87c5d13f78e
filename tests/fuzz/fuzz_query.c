/* The words of a question, as an address has them: word=value&word=value. */
#include "fuzz.h"

#include "core/url.h"
#include "query/query.h"
#include "query/report.h"

static char *decoded(struct slim_text text, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, text.length + 1);

    out[slim_url_decode(text, out, text.length)] = '\0';
    return out;
}

static void ask(struct slim_text words, apr_pool_t *pool)
{
    struct slim_query query, previous;
    struct slim_text name, value;
    const char *reason = NULL;

    slim_query_init(&query, &slim_reports[0], 1770000000);
    while (slim_url_next_parameter(&words, &name, &value)) {
        reason = NULL;
        apr_status_t rv =
            slim_query_set(&query, decoded(name, pool), decoded(value, pool), &reason, pool);
        CHECK(rv == APR_SUCCESS || (rv == SLIM_EBADQUERY && reason));
        CHECK(query.limit >= 1 && query.limit <= SLIM_LIMIT_MAX);
        CHECK(query.filters >= 0 && query.filters <= SLIM_FILTERS_MAX);
        CHECK(query.zone && slim_bucket_name(query.by));
    }
    if (slim_query_check(&query, &reason) == APR_SUCCESS) {
        CHECK(query.since <= query.until);
        slim_query_previous(&query, &previous);
        CHECK(previous.until <= query.until);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;

    CHECK(apr_pool_create(&pool, fuzz_pool()) == APR_SUCCESS);
    ask(fuzz_text(data, size), pool);
    apr_pool_destroy(pool);
    return 0;
}
