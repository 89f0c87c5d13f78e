/* A hit and its facts as a row: the dictionaries' numbers of its texts, its own number, its visit,
 * and its part in the rollups. */
#include <string.h>

#include "../core/address.h"
#include "sqlite_internal.h"

/* A second with more hits than the counter has lends from the next one. */
#define COUNTER_BITS SLIM_HIT_SECOND_SHIFT

/* 16 TiB: an imported line may say anything, and sums of half a million such still fit. */
#define BYTES_MAX (INT64_C(1) << 44)

/* Bits of hit.flags that are derived; those below are the record's. */
#define FLAG_LOCAL_TERMS 16
#define FLAG_OWN_REFERER 17

/* The next free number within a second. */
static apr_status_t next_id(struct slim_sqlite *store, int64_t second, int64_t *id)
{
    int64_t first = second << COUNTER_BITS;
    size_t slot = (size_t)second % SECONDS_KEPT;
    sqlite3_stmt *statement = store->statement[STATEMENT_LAST_IN_SECOND];
    apr_status_t rv = APR_SUCCESS;

    if (store->seconds[slot].last != 0 && store->seconds[slot].second == second) {
        *id = ++store->seconds[slot].last;
        return APR_SUCCESS;
    }
    slim_sqlite_bind_int(statement, ":first", first);
    slim_sqlite_bind_int(statement, ":last", first + ((INT64_C(1) << COUNTER_BITS) - 1));
    if (sqlite3_step(statement) != SQLITE_ROW) {
        rv = slim_sqlite_failed(store, "read");
    } else {
        int none = sqlite3_column_type(statement, 0) == SQLITE_NULL;
        *id = none ? first : sqlite3_column_int64(statement, 0) + 1;
        store->seconds[slot].second = second;
        store->seconds[slot].last = *id;
    }
    sqlite3_reset(statement);
    return rv;
}

/* IPv4 as a number, IPv6 as text: see the schema. */
static void bind_address(sqlite3_stmt *statement, const struct slim_hit *hit, char *text)
{
    const int at = 3; /* in hit_add.sql */

    if (hit->address_length == 4) {
        const uint8_t *a = hit->address;
        sqlite3_bind_int64(statement, at,
                           (int64_t)a[0] << 24 | (int64_t)a[1] << 16 | a[2] << 8 | a[3]);
    } else {
        slim_address_format(hit->address, hit->address_length, text);
        sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
    }
}

static int64_t within(uint64_t value)
{
    return value > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)value;
}

static unsigned classes_of(const struct slim_hit *hit, const struct slim_facts *facts)
{
    unsigned classes = SLIM_CLASS_HIT;
    int pageview = slim_facts_is_pageview(facts, hit);

    classes |= pageview ? SLIM_CLASS_PAGEVIEW : 0;
    classes |= slim_facts_is_download(facts, hit) ? SLIM_CLASS_DOWNLOAD : 0;
    classes |= hit->status == 404 || hit->status == 410 ? SLIM_CLASS_NOTFOUND : 0;
    classes |= hit->status >= 400 ? SLIM_CLASS_ERROR : 0;
    classes |= facts->client->robot != SLIM_ROBOT_NONE ? SLIM_CLASS_ROBOT : 0;
    if (pageview && facts->referer.length > 0 && !facts->referer_is_own) {
        classes |= SLIM_CLASS_REFERRED;
    }
    if (pageview && facts->terms.length > 0) {
        classes |= facts->terms_are_local ? SLIM_CLASS_LOCAL : SLIM_CLASS_SEARCHED;
    }
    return classes;
}

static apr_status_t look_up_plain(struct slim_sqlite *store, const struct slim_hit *hit,
                                  const struct slim_facts *facts, struct slim_hit_numbers *n)
{
    const struct {
        enum slim_dictionary dictionary;
        struct slim_text text;
        int64_t *number;
    } plain[] = {
        {DICTIONARY_SITE, hit->field[SLIM_SITE], &n->site},
        {DICTIONARY_METHOD, hit->field[SLIM_METHOD], &n->method},
        {DICTIONARY_LANGUAGE, {facts->language, strlen(facts->language)}, &n->language},
        {DICTIONARY_COUNTRY, {facts->country, strlen(facts->country)}, &n->country},
        {DICTIONARY_SEARCHTERMS, facts->terms, &n->searchterms},
    };
    apr_status_t rv = APR_SUCCESS;

    for (size_t i = 0; i < sizeof plain / sizeof plain[0] && rv == APR_SUCCESS; i++) {
        rv = slim_sqlite_number(store, plain[i].dictionary, plain[i].text, plain[i].number);
    }
    return rv;
}

static apr_status_t look_up_agent(struct slim_sqlite *store, const struct slim_hit *hit,
                                  const struct slim_facts *facts, struct slim_hit_numbers *n)
{
    struct slim_agent_numbers numbers = {0};
    apr_status_t rv = slim_sqlite_agent(store, hit->field[SLIM_AGENT], facts->client, &numbers);

    n->agent = numbers.agent;
    n->browser = numbers.browser;
    n->platform = numbers.platform;
    return rv;
}

static apr_status_t look_up_numbers(struct slim_sqlite *store, const struct slim_hit *hit,
                                    const struct slim_facts *facts, struct slim_hit_numbers *n)
{
    *n = (struct slim_hit_numbers){
        .classes = classes_of(hit, facts),
        .visitor = (int64_t)facts->visitor,
        .robot = facts->client->robot,
        .marks = facts->marks,
        .kind = facts->kind,
        .status = hit->status,
        .bytes = hit->bytes > BYTES_MAX ? BYTES_MAX : (int64_t)hit->bytes,
        .internal = facts->referer_is_own,
    };
    apr_status_t rv = look_up_plain(store, hit, facts, n);
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_referer(store, facts, &n->referer);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_source(store, facts, &n->source);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_place(store, facts, n->country, &n->place);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_network(store, facts, &n->network);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_campaign(store, &facts->campaign, &n->campaign);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_resource(store, facts, &n->resource, &n->page);
    }
    return rv == APR_SUCCESS ? look_up_agent(store, hit, facts, n) : rv;
}

static apr_status_t give_visit(struct slim_sqlite *store, struct slim_hit_numbers *n)
{
    const struct slim_visit_hit hit = {
        .id = n->id,
        .second = n->id >> COUNTER_BITS,
        .visitor = n->visitor,
        .pageview = (n->classes & SLIM_CLASS_PAGEVIEW) != 0,
        .origin = {n->page, n->source, n->searchterms, n->campaign, n->referer},
        .client = {n->site, n->country, n->language, n->agent, n->browser, n->platform, n->place,
                   n->network, n->robot},
        .is_asset = n->kind == SLIM_KIND_ASSET,
        .marks = n->marks,
    };

    return slim_sqlite_visit_hit(store, &hit, &n->visit);
}

/* In the order of hit_add.sql, but for the address. */
static apr_status_t add_row(struct slim_sqlite *store, const struct slim_hit *hit,
                            const struct slim_facts *facts, const struct slim_hit_numbers *n)
{
    sqlite3_stmt *statement = store->statement[STATEMENT_HIT_ADD];
    char address[SLIM_ADDRESS_SIZE];
    int64_t flags = hit->flags | (int64_t)(facts->terms_are_local != 0) << FLAG_LOCAL_TERMS
                    | (int64_t)(facts->referer_is_own != 0) << FLAG_OWN_REFERER;
    const int64_t values[] = {
        n->id,
        n->site,
        0,
        n->language,
        n->country,
        n->referer,
        n->source,
        n->searchterms,
        n->resource,
        n->agent,
        n->visit,
        n->robot,
        n->kind,
        (n->classes & SLIM_CLASS_PAGEVIEW) != 0,
        (n->classes & SLIM_CLASS_DOWNLOAD) != 0,
        n->method,
        hit->protocol,
        n->status,
        n->bytes,
        within(hit->duration_us),
        flags,
        n->place,
        n->network,
        n->marks,
    };

    slim_sqlite_bind_numbers(statement, values, (int)(sizeof values / sizeof values[0]));
    bind_address(statement, hit, address);
    return slim_sqlite_run(store, statement, "store hits in");
}

apr_status_t slim_sqlite_put(struct slim_store *base, const struct slim_hit *hit,
                             const struct slim_facts *facts)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct slim_hit_numbers n;

    store->day = hit->time_us / INT64_C(86400000000);
    apr_status_t rv = look_up_numbers(store, hit, facts, &n);

    if (rv == APR_SUCCESS) {
        rv = next_id(store, hit->time_us / 1000000, &n.id);
    }
    if (rv == APR_SUCCESS) {
        rv = give_visit(store, &n);
    }
    if (rv == APR_SUCCESS) {
        rv = add_row(store, hit, facts, &n);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_rollup_hit(store, &n, 1);
    }
    store->put += rv == APR_SUCCESS;
    return rv;
}
