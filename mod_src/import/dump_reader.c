/* The rows of an old wp_slim_stats table as hits: its facts were derived when they were young, so
 * they are kept, and its numbers of browsers and platforms get their names back. */
#include <string.h>

#include <apr_strings.h>

#include "core/record.h"
#include "core/tsv.h"
#include "dump_row.h"
#include "enrich/robot.h"
#include "import.h"
#include "log_value.h"

#define NUMBERS 4096 /* the old table's go up to two thousand and something */
#define CRAWLER 34

struct dump_reader {
    struct slim_import_reader base;
    struct slim_log_source *source;
    struct slim_dump dump;
    struct slim_text site;
    struct slim_text browser[NUMBERS], platform[NUMBERS];
    const struct slim_robots *robots;
    struct slim_text column[DUMP_COLUMNS];
    struct slim_client client;
    char scratch[SLIM_DUMP_ROW_MAX];
};

/* --- numbers and names --- */

static apr_status_t read_names(struct dump_reader *r, const char *data, apr_pool_t *pool)
{
    struct slim_tsv tsv;
    apr_status_t rv = slim_tsv_open(apr_pstrcat(pool, data, "/slim_ids.tsv", NULL), &tsv, pool);

    while (rv == APR_SUCCESS && (rv = slim_tsv_next(&tsv, pool)) == APR_SUCCESS) {
        struct slim_text *names = strcmp(tsv.column[0], "platform") == 0 ? r->platform : r->browser;
        uint64_t number;
        if (slim_log_value_number((struct slim_text){tsv.column[1], strlen(tsv.column[1])}, &number)
            && number < NUMBERS && !names[number].at) {
            names[number] = (struct slim_text){tsv.column[2], strlen(tsv.column[2])};
        }
    }
    return APR_STATUS_IS_EOF(rv) ? APR_SUCCESS : rv;
}

static struct slim_text name_of(const struct slim_text *names, struct slim_text number)
{
    uint64_t n;

    return slim_log_value_number(number, &n) && n < NUMBERS ? names[n] : (struct slim_text){"", 0};
}

/* "Windows XP" is a version of Windows; "Windows Phone" is none. */
static void set_platform(struct slim_client *client, struct slim_text name)
{
    static const char *const others[] = {"Phone", "Mobile", "CE"};

    client->platform = name;
    client->platform_version = (struct slim_text){"", 0};
    if (name.length <= 8 || memcmp(name.at, "Windows ", 8) != 0) {
        return;
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strncmp(name.at + 8, others[i], strlen(others[i])) == 0) {
            return;
        }
    }
    client->platform.length = 7;
    client->platform_version = (struct slim_text){name.at + 8, name.length - 8};
}

static void set_client(struct dump_reader *r)
{
    struct slim_client *client = &r->client;
    uint64_t number;
    int robot;

    client->browser = name_of(r->browser, r->column[DUMP_BROWSER]);
    client->version = client->version_full = r->column[DUMP_VERSION];
    set_platform(client, name_of(r->platform, r->column[DUMP_PLATFORM]));
    client->robot = SLIM_ROBOT_NONE;
    if (slim_log_value_number(r->column[DUMP_BROWSER], &number) && number == CRAWLER) {
        client->robot = SLIM_ROBOT_OTHER;
    } else if (client->browser.length > 0) {
        robot = slim_robots_find(r->robots, client->browser);
        client->robot = robot > 0 ? (enum slim_robot)robot : SLIM_ROBOT_NONE;
    }
}

/* --- a row --- */

static struct slim_text cut(struct slim_text text, size_t limit)
{
    text.length = text.length < limit ? text.length : limit;
    return text;
}

/* The old table has IPv4 addresses as numbers; others' dumps have them dotted. */
static void set_address(struct slim_text text, struct slim_hit *hit)
{
    uint64_t number;

    if (!slim_log_value_number(text, &number)) {
        slim_log_value_address(text, hit->address, &hit->address_length);
    } else if (number > 0 && number <= UINT32_MAX) {
        for (int i = 0; i < 4; i++) {
            hit->address[i] = (uint8_t)(number >> (24 - 8 * i));
        }
        hit->address_length = 4;
    }
}

static const char *make_hit(struct dump_reader *r, struct slim_text text, struct slim_hit *hit)
{
    const char *wrong = slim_dump_cells(&r->dump, text, r->scratch, r->column);
    uint64_t seconds;

    memset(hit, 0, sizeof *hit);
    if (wrong) {
        return wrong;
    }
    if (!slim_log_value_number(r->column[DUMP_DT], &seconds) || seconds > SLIM_TIME_MAX / 1000000) {
        return "a row without time (dt)";
    }
    hit->time_us = (int64_t)seconds * 1000000;
    hit->status = 200;
    set_address(r->column[DUMP_REMOTE_IP], hit);
    hit->field[SLIM_SITE] = r->site;
    hit->field[SLIM_METHOD] = (struct slim_text){"GET", 3};
    hit->field[SLIM_URI] = cut(r->column[DUMP_RESOURCE], slim_field_ceiling[SLIM_URI]);
    hit->field[SLIM_REFERER] = cut(r->column[DUMP_REFERER], slim_field_ceiling[SLIM_REFERER]);
    set_client(r);
    return NULL;
}

static void copy_letters(struct slim_text from, char *to, size_t size, char first, int by)
{
    size_t length = from.length < size ? from.length : 0;

    for (size_t i = 0; i < length; i++) {
        char c = from.at[i];
        to[i] = c >= first && c < first + 26 ? (char)(c + by) : c;
    }
    to[length] = '\0';
}

static void refine(struct slim_import_reader *base, struct slim_facts *facts)
{
    struct dump_reader *r = (struct dump_reader *)base;

    facts->kind = SLIM_KIND_PAGE;
    facts->evidence = 0; /* the old table says so, and no more */
    copy_letters(r->column[DUMP_LANGUAGE], facts->language, sizeof facts->language, 'A', 32);
    char found[sizeof facts->country];
    memcpy(found, facts->country, sizeof found);
    copy_letters(r->column[DUMP_COUNTRY], facts->country, sizeof facts->country, 'a', -32);
    if (strcmp(found, facts->country) != 0) { /* today's file knows another place */
        facts->region = facts->city = (struct slim_text){NULL, 0};
    }
    facts->referer = cut(r->column[DUMP_REFERER], slim_field_ceiling[SLIM_REFERER]);
    facts->domain = cut(r->column[DUMP_DOMAIN], sizeof facts->domain_buffer - 1);
    facts->terms = cut(r->column[DUMP_SEARCHTERMS], SLIM_TERMS_MAX);
    facts->client = &r->client;
}

/* --- going through --- */

static apr_status_t next_row(struct slim_import_reader *base, struct slim_import_row *row)
{
    struct dump_reader *r = (struct dump_reader *)base;
    enum slim_dump_found found = DUMP_NOTHING;
    struct slim_text text;
    size_t taken, wanted = 1, before = 0;

    row->column = 0;
    while (found == DUMP_NOTHING || found == DUMP_MORE) {
        apr_status_t rv = slim_log_source_peek(r->source, wanted, &text);
        if (rv != APR_SUCCESS) {
            return rv;
        }
        int is_end = text.length < wanted;
        found = slim_dump_next(&r->dump, text, is_end, &taken, &row->text);
        if (found == DUMP_MORE && is_end) {
            return slim_log_source_error(r->source)[0] ? APR_EGENERAL : APR_EOF;
        }
        before = found == DUMP_MORE ? text.length : 0;
        wanted = before + 1;
        row->number = slim_log_source_lines(r->source) + 1;
        slim_log_source_take(r->source, taken);
        r->base.at_boundary = !r->dump.inside;
    }
    if (found == DUMP_TOO_LONG) {
        row->text.at = NULL;
        row->reason = "a row of more than 64 KiB; the rest of its statement is skipped";
    } else {
        row->reason = make_hit(r, row->text, &row->hit);
    }
    return APR_SUCCESS;
}

apr_status_t slim_dump_reader_make(struct slim_log_source *source, struct slim_text head,
                                   const char *site, const char *data,
                                   struct slim_import_reader **reader, apr_pool_t *pool)
{
    struct dump_reader *r = apr_pcalloc(pool, sizeof *r);
    struct slim_robots *robots;
    const char *reason;
    apr_status_t rv = read_names(r, data, pool);

    if (rv == APR_SUCCESS) {
        rv = slim_robots_read(apr_pstrcat(pool, data, "/robots.tsv", NULL), &robots, &reason, pool);
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    r->base.next = next_row;
    r->base.refine = refine;
    r->base.at_boundary = 1;
    r->source = source;
    r->site = (struct slim_text){site, strlen(site)};
    r->robots = robots;
    slim_dump_begin(&r->dump, head);
    *reader = &r->base;
    return APR_SUCCESS;
}
