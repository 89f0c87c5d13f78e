/* slimstats explain: shows how a hit would be classified, and by which rules. It stores
 * nothing and makes no file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "cli.h"
#include "core/address.h"
#include "core/privacy.h"
#include "core/url.h"
#include "enrich/agent.h"
#include "enrich/explain.h"
#include "enrich/type_class.h"
#include "report/escape.h"
#include "report/width.h"

#define LINE_SIZE 65536
#define VALUE_COLUMNS 40

enum {
    OPTION_AGENT = SLIM_OPTION_LONG,
    OPTION_REFERER,
    OPTION_IP,
    OPTION_LANGUAGE,
    OPTION_SITE,
    OPTION_METHOD,
    OPTION_STATUS,
    OPTION_TYPE,
    OPTION_DEST,
    OPTION_MODE,
    OPTION_ACCEPT,
    OPTION_PURPOSE,
    OPTION_ATTACHMENT,
    OPTION_HIT,
    OPTION_BATCH
};

static const struct slim_cli_option options[] = {
    {"agent", OPTION_AGENT, "TEXT", "User-Agent"},
    {"referer", OPTION_REFERER, "TEXT", "Referer"},
    {"ip", OPTION_IP, "ADDRESS", "the client's address"},
    {"language", OPTION_LANGUAGE, "TEXT", "Accept-Language"},
    {"site", OPTION_SITE, "NAME", "the site (default: the URL's host)"},
    {"method", OPTION_METHOD, "NAME", "of the request (default: GET)"},
    {"status", OPTION_STATUS, "NUMBER", "of the response (default: 200)"},
    {"type", OPTION_TYPE, "TYPE", "content type of the response"},
    {"dest", OPTION_DEST, "WORD", "Sec-Fetch-Dest"},
    {"mode", OPTION_MODE, "WORD", "Sec-Fetch-Mode"},
    {"accept", OPTION_ACCEPT, "TEXT", "Accept"},
    {"purpose", OPTION_PURPOSE, "TEXT", "Sec-Purpose"},
    {"attachment", OPTION_ATTACHMENT, NULL, "the response is Content-Disposition: attachment"},
    {"hit", OPTION_HIT, "NUMBER", "a hit that is stored, by its number in the view hits"},
    {"batch", OPTION_BATCH, NULL, "agents from standard input, one a line; TSV on standard output"},
    {.name = NULL},
};

struct asked {
    struct slim_hit hit;
    unsigned given; /* enum slim_explained_from */
    int batch;
    int64_t stored; /* the number of a hit; 0: none */
    struct slim_found_hit found;
};

static void put_text(struct asked *asked, enum slim_field field, const char *text, unsigned given)
{
    asked->hit.field[field] = (struct slim_text){text, strlen(text)};
    asked->given |= given;
}

static int take_status(struct asked *asked, const char *value)
{
    char *end;
    long status = strtol(value, &end, 10);

    if (*end || status < 100 || status > 999) {
        slim_cli_fail("explain: --status %s: three digits", value);
        return 0;
    }
    asked->hit.status = (uint16_t)status;
    return 1;
}

static int take_address(struct asked *asked, const char *value)
{
    if (!slim_address_parse(value, asked->hit.address, &asked->hit.address_length)) {
        slim_cli_fail("explain: --ip %s: no IPv4 or IPv6 address", value);
        return 0;
    }
    asked->given |= SLIM_FROM_ADDRESS;
    return 1;
}

/* A word that browsers know; another one is a slip. */
static int take_word(const char *option, const char *value, uint8_t code, uint8_t *into)
{
    if (code == SLIM_DEST_OTHER) { /* as in each of the lists */
        slim_cli_fail("explain: --%s %s: browsers send no such word", option, value);
        return 0;
    }
    *into = code;
    return 1;
}

static void take_accept(struct asked *asked, const char *value)
{
    asked->hit.flags |= *value ? SLIM_HIT_ACCEPT : 0u;
    asked->hit.flags |= strstr(value, "text/html") ? SLIM_HIT_ACCEPT_HTML : 0u;
}

static int take_number(struct asked *asked, const char *value)
{
    char *end;

    errno = 0;
    asked->stored = strtoll(value, &end, 10);
    if (errno || *end || end == value || asked->stored <= 0) {
        slim_cli_fail("explain: --hit %s: a hit's number, as the view hits has it", value);
        return 0;
    }
    asked->given = SLIM_FROM_TARGET;
    return 1;
}

static int take_option(struct asked *asked, int option, const char *value)
{
    switch (option) {
    case OPTION_AGENT: put_text(asked, SLIM_AGENT, value, SLIM_FROM_AGENT); return 1;
    case OPTION_REFERER: put_text(asked, SLIM_REFERER, value, SLIM_FROM_REFERER); return 1;
    case OPTION_LANGUAGE: put_text(asked, SLIM_LANGUAGE, value, SLIM_FROM_LANGUAGE); return 1;
    case OPTION_SITE: put_text(asked, SLIM_SITE, value, 0); return 1;
    case OPTION_METHOD: put_text(asked, SLIM_METHOD, value, 0); return 1;
    case OPTION_TYPE: put_text(asked, SLIM_TYPE, value, 0); return 1;
    case OPTION_IP: return take_address(asked, value);
    case OPTION_STATUS: return take_status(asked, value);
    case OPTION_HIT: return take_number(asked, value);
    case OPTION_ACCEPT: take_accept(asked, value); return 1;
    case OPTION_ATTACHMENT: asked->hit.flags |= SLIM_HIT_ATTACHMENT; return 1;
    case OPTION_DEST:
        return take_word("dest", value, slim_dest_of(value, strlen(value)), &asked->hit.dest);
    case OPTION_MODE:
        return take_word("mode", value, slim_mode_of(value, strlen(value)), &asked->hit.mode);
    case OPTION_PURPOSE:
        return take_word("purpose", value, slim_purpose_of(value, strlen(value)),
                         &asked->hit.purpose);
    default: asked->batch = 1; return 1;
    }
}

static void take_url(struct asked *asked, const char *text)
{
    struct slim_url url;

    put_text(asked, SLIM_URI, text, SLIM_FROM_TARGET);
    if (asked->hit.field[SLIM_SITE].length == 0
        && slim_url_split(asked->hit.field[SLIM_URI], &url)) {
        asked->hit.field[SLIM_SITE] = url.host;
    }
}

/* --- one hit --- */

static void print_rows(const struct slim_explained *rows, int count, unsigned given,
                       apr_pool_t *pool)
{
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    for (int i = 0; i < count; i++) {
        if (!(given & SLIM_FROM_TARGET) && !(rows[i].from & given)) {
            continue;
        }
        slim_buffer_format(&out, "%-17s ", rows[i].field);
        size_t from = out.length;
        slim_escape_plain(&out, rows[i].value.at, rows[i].value.length);
        if (out.length == from) {
            slim_buffer_char(&out, '-', 1);
        }
        if (*rows[i].rule) {
            size_t width = slim_width(out.at + from, out.length - from);
            slim_buffer_char(&out, ' ', width < VALUE_COLUMNS ? VALUE_COLUMNS - width : 2);
            slim_escape_plain(&out, rows[i].rule, strlen(rows[i].rule));
        }
        slim_buffer_char(&out, '\n', 1);
    }
    fwrite(out.at, 1, out.length, stdout);
}

/* What was made of it when it came; the rules may be others today. */
static void print_stored(const struct asked *asked)
{
    if (asked->found.evidence == 0) {
        puts("\nIt was stored before what decides a kind was kept: content type and fetch metadata "
             "are "
             "not known.");
    }
    printf("\nstored as %s%s%s\n", slim_kind_name(asked->found.kind),
           asked->found.pageview ? ", a page view" : "",
           asked->found.download ? ", a download" : "");
}

static int explain_hit(struct slim_enrich *enrich, const struct asked *asked,
                       const struct slim_explain_case *one, apr_pool_t *pool)
{
    static struct slim_facts facts;
    struct slim_explained rows[SLIM_EXPLAINED_MAX];
    int count = slim_explain(enrich, one, &facts, rows, pool);

    print_rows(rows, count, asked->given, pool);
    if (asked->stored) {
        print_stored(asked);
    } else if (asked->given & SLIM_FROM_TARGET) {
        puts("\nRules of SlimStatsExclude, SlimStatsRespect and SlimStatsAddress are httpd's, and "
             "come "
             "before all this.");
    }
    return SLIM_EXIT_OK;
}

/* --- many agents --- */

/* 0 at the end of input. What is longer than size is read and left out. */
static int read_line(FILE *file, char *line, size_t size, size_t *length)
{
    int c = getc_unlocked(file), any = c != EOF;

    for (*length = 0; c != EOF && c != '\n'; c = getc_unlocked(file)) {
        if (*length < size) {
            line[(*length)++] = (char)c;
        }
    }
    if (*length > 0 && line[*length - 1] == '\r') {
        (*length)--;
    }
    return any;
}

static void add_cell(struct slim_buffer *out, struct slim_text text, char end)
{
    slim_escape_plain(out, text.at, text.length);
    slim_buffer_char(out, end, 1);
}

static int explain_agents(struct slim_enrich *enrich, apr_pool_t *pool)
{
    char *line = apr_palloc(pool, LINE_SIZE);
    struct slim_hit hit = {0};
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    setvbuf(stdout, NULL, _IOLBF, LINE_SIZE); /* who asks line by line gets answers line by line */
    puts("user_agent\tbrowser\tversion\tplatform\trobot\toperator\tpurpose");
    hit.field[SLIM_AGENT].at = line;
    while (read_line(stdin, line, LINE_SIZE, &hit.field[SLIM_AGENT].length)) {
        const struct slim_client *client = slim_agents_derive(slim_enrich_agents(enrich), &hit);
        const char *robot = slim_robot_name(client->robot);
        int is_robot = client->robot != SLIM_ROBOT_NONE;
        out.length = 0;
        add_cell(&out, hit.field[SLIM_AGENT], '\t');
        add_cell(&out, client->browser, '\t');
        add_cell(&out, client->version, '\t');
        add_cell(&out, client->platform, '\t');
        add_cell(&out, slim_text_of(robot), '\t');
        add_cell(&out, client->operator, '\t');
        add_cell(&out, slim_text_of(is_robot ? slim_robot_purpose_name(client->purpose) : ""),
                 '\n');
        if (fwrite(out.at, 1, out.length, stdout) != out.length) {
            return slim_cli_fail("explain: cannot write");
        }
    }
    return ferror(stdin) ? slim_cli_fail("explain: cannot read standard input") : SLIM_EXIT_OK;
}

/* --- a hit that is stored --- */

static int read_stored(struct slim_cli *cli, struct asked *asked)
{
    struct slim_store *store = slim_cli_open_reader(cli);

    if (!store) {
        return 0;
    }
    apr_status_t rv = store->engine->find_hit(store, asked->stored, &asked->found, cli->pool);
    if (rv == APR_NOTFOUND) {
        slim_cli_fail("explain: there is no hit %lld", (long long)asked->stored);
    } else if (rv != APR_SUCCESS) {
        slim_cli_fail("explain: %s", store->error.what);
    } else {
        struct slim_evidence evidence = slim_evidence_unpack(asked->found.evidence);
        asked->hit = asked->found.hit;
        slim_evidence_put(&evidence, &asked->hit);
    }
    store->engine->close(store);
    return rv == APR_SUCCESS;
}

/* --- the command --- */

/* The recorder's settings where it has left some and they may be read; else the defaults. */
static int read_settings(struct slim_cli *cli, struct slim_settings *settings)
{
    const char *state = slim_cli_state(cli);
    unsigned line;

    if (!slim_cli_become_owner(state)) {
        return 0;
    }
    slim_settings_init(settings, cli->pool);
    apr_status_t rv = slim_settings_load(settings, state, &line, cli->pool);
    if (rv == SLIM_EBADSETTING) {
        slim_cli_fail("%s/settings: line %u cannot be used: are module and command of one version?",
                      state, line + 1);
        return 0;
    }
    if (rv != APR_SUCCESS && !APR_STATUS_IS_ENOENT(rv)) {
        slim_cli_fail("warning: cannot read %s/settings; the defaults are used", state);
        slim_settings_init(settings, cli->pool);
    }
    settings->state = state;
    if (!settings->data) {
        settings->data = cli->data;
    }
    return 1;
}

static struct slim_enrich *open_enrich(struct slim_cli *cli, struct slim_settings *settings)
{
    struct slim_enrich *enrich = slim_enrich_make(settings, cli->pool);
    struct slim_enrich_part parts[SLIM_DATA_PARTS];

    slim_enrich_read(enrich, parts);
    for (int i = 0; i < SLIM_DATA_PARTS; i++) {
        int is_list = i == SLIM_DATA_AGENTS || i == SLIM_DATA_SOURCES || i == SLIM_DATA_PAGES;
        if (parts[i].status != APR_SUCCESS) {
            slim_cli_fail("warning: cannot use %s; %s",
                          parts[i].reason[0] ? parts[i].reason : parts[i].path,
                          is_list ? "the other lists are used" : "what it provides stays empty");
        }
    }
    return enrich;
}

static int run_explain(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    struct slim_settings settings;
    struct asked asked = {.hit = {.status = 200}};
    static char kept[2][SLIM_PRIVACY_ROOM];
    const char *value;
    int option, more;

    put_text(&asked, SLIM_METHOD, "GET", 0);
    slim_cli_options_begin(&given, cli, &slim_command_explain, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        if (!take_option(&asked, option, value)) {
            return SLIM_EXIT_FAILED;
        }
    }
    if (more < 0) {
        return given.exit;
    }
    if (argc > given.getopt->ind) {
        take_url(&asked, given.getopt->argv[given.getopt->ind]);
    }
    if (argc - given.getopt->ind > (asked.stored ? 0 : 1) || (asked.given == 0) == !asked.batch) {
        return slim_cli_fail(
            "explain: needs one URL, or some of --agent, --referer, --ip, --language, "
            "--hit alone, or --batch alone");
    }
    if (!read_settings(cli, &settings)) {
        return SLIM_EXIT_FAILED;
    }
    if (asked.stored && !read_stored(cli, &asked)) {
        return SLIM_EXIT_FAILED;
    }
    const struct slim_explain_case one = {
        .hit = &asked.hit,
        .target = asked.hit.field[SLIM_URI],
        .referer = asked.hit.field[SLIM_REFERER],
        .rule = &slim_site_rules_find(settings.sites, asked.hit.field[SLIM_SITE])->query,
    };
    slim_privacy_addresses(one.rule, &asked.hit, kept);
    struct slim_enrich *enrich = open_enrich(cli, &settings);
    return asked.batch ? explain_agents(enrich, cli->pool)
                       : explain_hit(enrich, &asked, &one, cli->pool);
}

const struct slim_command slim_command_explain = {
    .name = "explain",
    .arguments = "[URL]",
    .summary = "shows how a hit would be classified, and by which rules",
    .options = options,
    .run = run_explain,
};
