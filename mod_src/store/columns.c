/* The tables of columns and dictionaries. */
#include "columns.h"

#include <string.h>

#include "core/role.h"

/* 16 TiB: an imported line may say anything, and sums of half a million such still fit. */
#define BYTES_MAX (INT64_C(1) << 44)
/* Half a year, for the same reason; as piece/hit_time has it. */
#define TIME_MAX_US (INT64_C(1) << 44)

/* --- dictionaries --- */

#define TEXT(column, member)                                                                       \
    {                                                                                              \
        column, SLIM_ENTRY_TEXT, offsetof(struct slim_hit_texts, member), SLIM_NO_DICTIONARY, 0    \
    }
#define NUMBER(column, member)                                                                     \
    {                                                                                              \
        column, SLIM_ENTRY_NUMBER, offsetof(struct slim_hit_texts, member), SLIM_NO_DICTIONARY, 0  \
    }
#define OTHER(column, dictionary)                                                                  \
    {                                                                                              \
        column, SLIM_ENTRY_OTHER, 0, SLIM_DICTIONARY_##dictionary, 0                               \
    }
#define VALUE(column, dictionary)                                                                  \
    {                                                                                              \
        column, SLIM_ENTRY_VALUE, 0, SLIM_DICTIONARY_##dictionary, 0                               \
    }
#define OTHER_OF(column, dictionary, member, of_row)                                               \
    {                                                                                              \
        column, SLIM_ENTRY_OTHER, offsetof(struct slim_hit_texts, member),                         \
            SLIM_DICTIONARY_##dictionary, offsetof(struct slim_hit_row, of_row)                    \
    }
#define ROW(member) .row = offsetof(struct slim_hit_row, member)

/* A derived value is part of the key: when a rule changes, new hits get a new entry, and old hits
 * keep what they were given. */
#define PLAIN_DICTIONARY(member, NAME, text, a_day, memory)                                        \
    [SLIM_DICTIONARY_##NAME] = {#member, {TEXT("name", member)}, ROW(member), a_day, memory},

const struct slim_dictionary slim_dictionaries[SLIM_DICTIONARIES] = {
    /* clang-format off */
    SLIM_PLAIN_TEXTS(PLAIN_DICTIONARY)
        /* clang-format on */
        [SLIM_DICTIONARY_DOMAIN] =
            {"domain", {TEXT("name", domain)}, .ceiling = 100000, .cached = 4096, .is_part = 1},
    [SLIM_DICTIONARY_PAGE] = {"page", {TEXT("name", page)}, ROW(page), 200000, 8192, .is_part = 1},
    [SLIM_DICTIONARY_BROWSER] =
        {"browser", {TEXT("name", browser)}, .ceiling = 1000, .cached = 512, .is_part = 1},
    [SLIM_DICTIONARY_PLATFORM] =
        {"platform", {TEXT("name", platform)}, .ceiling = 1000, .cached = 512, .is_part = 1},
    [SLIM_DICTIONARY_RESOURCE] = {"resource",
                                  {TEXT("name", resource), OTHER("page", PAGE),
                                   OTHER_OF("address_page", PAGE, address_page, address_page)},
                                  ROW(resource),
                                  200000,
                                  8192},
    [SLIM_DICTIONARY_REFERER] = {"referer",
                                 {TEXT("name", referer), OTHER_OF("page", PAGE, referer_page, from),
                                  VALUE("domain", DOMAIN)},
                                 ROW(referer),
                                 200000,
                                 8192},
    [SLIM_DICTIONARY_SOURCE] =
        {"source", {TEXT("name", source), NUMBER("channel", channel)}, ROW(source), 100000, 4096},
    [SLIM_DICTIONARY_CAMPAIGN] = {"campaign",
                                  {TEXT("name", campaign), TEXT("medium", medium),
                                   TEXT("term", term), TEXT("content", content)},
                                  ROW(campaign),
                                  10000,
                                  1024},
    [SLIM_DICTIONARY_PLACE] = {"place",
                               {OTHER("country", COUNTRY), TEXT("region", region),
                                TEXT("city", city)},
                               ROW(place),
                               50000,
                               4096},
    [SLIM_DICTIONARY_NETWORK] = {"network",
                                 {NUMBER("number", network_number), TEXT("name", network)},
                                 ROW(network),
                                 20000,
                                 4096},
    [SLIM_DICTIONARY_BROWSER_VERSION] = {"browser_version",
                                         {OTHER("browser", BROWSER), TEXT("version", version)},
                                         ROW(browser),
                                         5000,
                                         1024,
                                         .is_part = 1,
                                         .is_version = 1},
    [SLIM_DICTIONARY_PLATFORM_VERSION] = {"platform_version",
                                          {OTHER("platform", PLATFORM),
                                           TEXT("version", platform_version)},
                                          ROW(platform),
                                          5000,
                                          1024,
                                          .is_part = 1,
                                          .is_version = 1},
    [SLIM_DICTIONARY_OPERATOR] = {"operator",
                                  {TEXT("name", operator), NUMBER("purpose", purpose)},
                                  .ceiling = 1000,
                                  .cached = 256,
                                  .is_part = 1},
    [SLIM_DICTIONARY_AGENT] = {"agent",
                               {TEXT("name", agent), TEXT("hints", hints),
                                OTHER("browser", BROWSER_VERSION),
                                OTHER("platform", PLATFORM_VERSION), NUMBER("robot", robot),
                                TEXT("version_full", version_full), VALUE("operator", OPERATOR)},
                               ROW(agent),
                               200000,
                               8192},
};

#undef TEXT
#undef NUMBER
#undef OTHER
#undef VALUE
#undef OTHER_OF
#undef ROW

#define PLAIN_VALUE(member, NAME, text, a_day, memory) .member = text,

void slim_hit_texts_of(const struct slim_hit *hit, const struct slim_facts *facts,
                       struct slim_hit_texts *texts)
{
    const struct slim_client *client = facts->client;

    *texts = (struct slim_hit_texts){
        /* clang-format off */
        SLIM_PLAIN_TEXTS(PLAIN_VALUE)
            /* clang-format on */
            .domain = facts->domain,
        .page = facts->page,
        .address_page = facts->address_page,
        .referer_page = facts->referer_page,
        .browser = client->browser,
        .version = client->version,
        .platform = client->platform,
        .platform_version = client->platform_version,
        .resource = facts->resource,
        .referer = facts->referer,
        .source = facts->source,
        .campaign = facts->campaign.name,
        .medium = facts->campaign.medium,
        .term = facts->campaign.term,
        .content = facts->campaign.content,
        .region = facts->region,
        .city = facts->city,
        .network = facts->network_name,
        .agent = hit->field[SLIM_AGENT],
        .hints = client->hints,
        .version_full = client->version_full,
        .channel = facts->channel,
        .network_number = facts->network,
        .robot = client->robot,
        .operator= client->operator,
        .purpose = client->purpose,
    };
}

/* --- hits --- */

#define COLUMN(name) offsetof(struct slim_hit_row, name)
#define OF(name, dictionary)                                                                       \
    {                                                                                              \
#name, COLUMN(name), SLIM_DICTIONARY_##dictionary, NULL, SLIM_STORED_NUMBER                \
    }
#define PLAIN(name)                                                                                \
    {                                                                                              \
#name, COLUMN(name), SLIM_NO_DICTIONARY, NULL, SLIM_STORED_NUMBER                          \
    }
#define THROUGH(table, name, dictionary)                                                           \
    {                                                                                              \
#name, COLUMN(name), SLIM_DICTIONARY_##dictionary, #table, SLIM_STORED_NUMBER              \
    }

#define PLAIN_COLUMN(member, NAME, text, a_day, memory) OF(member, NAME),

const struct slim_stored_table slim_stored_hit = {
    "hit",
    (const struct slim_stored_column[]){
        PLAIN(id),
        /* clang-format off */
        SLIM_PLAIN_TEXTS(PLAIN_COLUMN)
        /* clang-format on */
        {"address", COLUMN(address), SLIM_NO_DICTIONARY, NULL, SLIM_STORED_ADDRESS},
        OF(referer, REFERER),
        OF(source, SOURCE),
        OF(resource, RESOURCE),
        OF(agent, AGENT),
        PLAIN(visit),
        PLAIN(robot),
        PLAIN(kind),
        PLAIN(pageview),
        PLAIN(download),
        PLAIN(protocol),
        PLAIN(status),
        PLAIN(bytes),
        PLAIN(duration_us),
        PLAIN(flags),
        OF(place, PLACE),
        OF(network, NETWORK),
        PLAIN(marks),
        OF(campaign, CAMPAIGN),
        PLAIN(shown),
        PLAIN(evidence),
        THROUGH(resource, page, PAGE),
        THROUGH(resource, address_page, PAGE),
        {"page", COLUMN(from), SLIM_DICTIONARY_PAGE, "referer", SLIM_STORED_NUMBER},
        THROUGH(agent, browser, BROWSER_VERSION),
        THROUGH(agent, platform, PLATFORM_VERSION),
        {.name = NULL},
    },
};

#undef COLUMN

static int64_t within(uint64_t value, int64_t most)
{
    return value > (uint64_t)most ? most : (int64_t)value;
}

void slim_hit_row_begin(struct slim_hit_row *row, const struct slim_hit *hit,
                        const struct slim_facts *facts)
{
    *row = (struct slim_hit_row){
        .visitor = (int64_t)facts->visitor,
        .robot = facts->client->robot,
        .kind = facts->kind,
        .protocol = hit->protocol,
        .status = hit->status,
        .bytes = within(hit->bytes, BYTES_MAX),
        .duration_us = within(hit->duration_us, INT64_MAX),
        .flags = (hit->flags & SLIM_HIT_FLAGS_KEPT)
                 | (int64_t)(facts->is_imported != 0) << SLIM_ROW_IMPORTED
                 | (int64_t)(facts->archive != 0) << SLIM_ROW_ARCHIVED
                 | (int64_t)facts->archive << SLIM_ROW_LOG
                 | (int64_t)(facts->terms_are_local != 0) << SLIM_ROW_LOCAL_TERMS
                 | (int64_t)(facts->referer_is_own != 0) << SLIM_ROW_OWN_REFERER
                 | (int64_t)((hit->flags & SLIM_HIT_OWN) != 0) << SLIM_ROW_OWN,
        .marks = facts->marks,
        .evidence = facts->evidence,
        .address_length = hit->address_length,
    };
    memcpy(row->address, hit->address, sizeof row->address);
}

int64_t slim_hit_row_time(const struct slim_hit_row *row)
{
    return row->duration_us < TIME_MAX_US ? row->duration_us : TIME_MAX_US;
}

int slim_hit_row_is_unshown(const struct slim_hit_row *row)
{
    return row->kind == SLIM_KIND_PREFETCH && !row->pageview;
}

/* --- sessions --- */

int64_t slim_hit_row_roles(const struct slim_hit_row *row, struct slim_text method)
{
    const struct slim_role_case c = {
        .method = method,
        .kind = (unsigned)row->kind,
        .status = (unsigned)row->status,
        .flags = (uint32_t)(row->flags & SLIM_HIT_FLAGS_KEPT),
        .evidence = (uint32_t)row->evidence,
        .searches = row->searchterms && row->flags >> SLIM_ROW_LOCAL_TERMS & 1,
    };
    return slim_role_of(&c);
}

static int64_t with_searched(int64_t flags, int searched)
{
    int64_t bit = INT64_C(1) << SLIM_ROW_SEARCHED;

    return searched ? flags | bit : flags & ~bit;
}

void slim_hit_row_alone(struct slim_hit_row *row)
{
    int shown = !(row->roles & SLIM_ROLE_PREFETCH);

    row->robot = slim_session_class(row->robot, (int)(row->flags >> SLIM_ROW_OWN & 1));
    row->pageview = (row->roles & SLIM_ROLE_VIEW) != 0;
    row->download = (row->roles & SLIM_ROLE_DOWNLOAD) != 0;
    row->flags = with_searched(row->flags, shown && row->roles & SLIM_ROLE_SEARCH);
}

void slim_hit_row_become(struct slim_hit_row *row, int64_t kind, int terms_are_local,
                         struct slim_text method)
{
    int64_t local = INT64_C(1) << SLIM_ROW_LOCAL_TERMS;

    row->kind = kind;
    row->flags = with_searched(terms_are_local ? row->flags | local : row->flags & ~local, 0);
    row->roles = slim_hit_row_roles(row, method);
    row->pageview = row->download = row->shown = 0;
    if (!row->visitor) {
        slim_hit_row_alone(row);
    }
}

struct slim_session_hit slim_hit_row_of_session(const struct slim_hit_row *row)
{
    return (struct slim_session_hit){
        .id = row->id,
        .roles = (unsigned)row->roles,
        .marks = row->marks & ~(int64_t)SLIM_MARKS_OF_HITS_ALONE,
        .resource = row->resource,
        .method = row->method,
        .at = row->address_page ? row->address_page : row->page,
        .from = row->from,
        .proves = slim_role_proves((unsigned)row->kind, (uint32_t)row->evidence),
        .origin = {row->page, row->source, row->searchterms, row->campaign, row->referer},
        .client = {row->site, row->country, row->language, row->agent, row->browser, row->platform,
                   row->place, row->network, slim_session_class(row->robot, 0)},
        .own = row->flags >> SLIM_ROW_OWN & 1,
        .was = {row->visit, row->pageview != 0, row->download != 0,
                row->flags >> SLIM_ROW_SEARCHED & 1, row->shown, row->robot},
    };
}

void slim_hit_row_take(struct slim_hit_row *row, const struct slim_session_part *part)
{
    row->visit = part->visit;
    row->pageview = part->pageview;
    row->download = part->download;
    row->shown = part->shown;
    row->robot = part->robot;
    row->flags = with_searched(row->flags, part->searched);
}

/* --- visits --- */

#define COLUMN(name) offsetof(struct slim_visit, name)
#define ENTRY(name, member, dictionary)                                                            \
    {                                                                                              \
#name, COLUMN(entry.member), SLIM_DICTIONARY_##dictionary, NULL, SLIM_STORED_NUMBER        \
    }
#define CLIENT(name, dictionary)                                                                   \
    {                                                                                              \
#name, COLUMN(client.name), SLIM_DICTIONARY_##dictionary, NULL, SLIM_STORED_NUMBER         \
    }

const struct slim_stored_table slim_stored_visit = {
    "visit",
    (const struct slim_stored_column[]){
        PLAIN(id),
        PLAIN(visitor),
        PLAIN(began),
        PLAIN(ended),
        PLAIN(opened),
        PLAIN(closed),
        PLAIN(counted),
        PLAIN(acts),
        PLAIN(hits),
        PLAIN(pageviews),
        PLAIN(entry_hit),
        PLAIN(exit_hit),
        ENTRY(entry, page, PAGE),
        OF(exit, PAGE),
        ENTRY(source, source, SOURCE),
        ENTRY(searchterms, searchterms, SEARCHTERMS),
        ENTRY(campaign, campaign, CAMPAIGN),
        ENTRY(referer, referer, REFERER),
        CLIENT(site, SITE),
        CLIENT(country, COUNTRY),
        CLIENT(language, LANGUAGE),
        CLIENT(agent, AGENT),
        {"robot", COLUMN(client.robot), SLIM_NO_DICTIONARY, NULL, SLIM_STORED_NUMBER},
        PLAIN(fresh),
        CLIENT(place, PLACE),
        CLIENT(network, NETWORK),
        PLAIN(marks),
        PLAIN(assets),
        {"browser", COLUMN(client.browser), SLIM_DICTIONARY_BROWSER_VERSION, "agent",
         SLIM_STORED_NUMBER},
        {"platform", COLUMN(client.platform), SLIM_DICTIONARY_PLATFORM_VERSION, "agent",
         SLIM_STORED_NUMBER},
        {.name = NULL},
    },
};

const struct slim_stored_column *slim_stored_column_at(const struct slim_stored_table *table,
                                                       size_t at)
{
    for (const struct slim_stored_column *column = table->column; column->name; column++) {
        if (column->at == at) {
            return column;
        }
    }
    return NULL;
}
