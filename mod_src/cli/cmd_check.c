/* slimstats check verifies the store, slimstats rebuild recomputes its totals, or names its hits
 * anew. */
#include <inttypes.h>
#include <stdio.h>

#include <apr_time.h>

#include "enrich/agent.h"
#include "enrich/rename.h"
#include "maintain.h"

#define SHOWN_MAX 20 /* differences that are printed one by one */

static const struct slim_cli_option check_options[] = {
    {"full", 'F', NULL, "check the file's indexes, too"},
    {.name = NULL},
};

static double seconds_since(apr_time_t began)
{
    return (double)(apr_time_now() - began) / APR_USEC_PER_SEC;
}

static void print_rows_from(int64_t rows_from, const char *what, apr_pool_t *pool)
{
    if (rows_from > 0) {
        printf("rows before %s are gone: %s from there on\n", slim_maintain_time(rows_from, pool),
               what);
    }
}

static void print_imports(const struct slim_import_account *account)
{
    if (account->lines == 0) {
        return;
    }
    printf("%" PRIu64 " lines imported:", account->lines);
    for (unsigned i = 0; i < SLIM_LINE_FATES; i++) {
        printf(" %" PRIu64 " %s,", account->fate[i], slim_line_fate_name(i));
    }
    printf(" %" PRIu64 " excluded\n", slim_import_account_excluded(account));
}

static int check_store(struct slim_cli *cli, int full)
{
    struct slim_store *store = slim_cli_open_reader(cli);
    struct slim_store_checked checked;
    struct slim_maintenance maintenance;
    apr_time_t began = apr_time_now();

    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    slim_maintain_show(&maintenance, SHOWN_MAX, cli->pool);
    apr_status_t rv = store->engine->check(store, full, &maintenance.progress, &checked);
    slim_maintain_quiet(&maintenance);
    if (rv != APR_SUCCESS) {
        return slim_maintain_failed(store);
    }
    print_rows_from(checked.rows_from, "checked", cli->pool);
    if (checked.older_until > 0) {
        printf("days before %s were counted by older rules, and stay so: their rows are gone\n",
               slim_maintain_time(checked.older_until, cli->pool));
    }
    if (maintenance.shown > SHOWN_MAX) {
        printf("and %u more\n", maintenance.shown - SHOWN_MAX);
    }
    print_imports(&checked.imports);
    printf("%" PRIu64 " hits, %" PRIu64 " visits, %" PRIu64 " rollups, %" PRIu64
           " sets of visitors checked in %.1f s: %s\n",
           checked.hits, checked.visits, checked.rollups, checked.sets, seconds_since(began),
           checked.differences ? "they differ" : "all is well");
    store->engine->close(store);
    return checked.differences ? SLIM_EXIT_DEGRADED : SLIM_EXIT_OK;
}

static int run_check(struct slim_cli *cli, int argc, const char *const *argv)
{
    int full = 0, rc;
    const struct slim_maintain_flag flags[] = {{'F', &full}, {0, NULL}};

    return slim_maintain_flags(cli, &slim_command_check, argc, argv, flags, &rc)
               ? check_store(cli, full)
               : rc;
}

const struct slim_command slim_command_check = {
    .name = "check",
    .arguments = "",
    .summary = "verifies the file, and visits and totals against the hits",
    .options = check_options,
    .run = run_check,
};

/* --- rebuild --- */

#define AGENTS 10000 /* of a transaction */

static const struct slim_cli_option rebuild_options[] = {
    {"derive", 'D', NULL, "name agents, robots, kinds, sources and places of all hits anew"},
    {.name = NULL},
};

/* Whatever the hits are named by; NULL, and an error message, when that cannot be read. */
static struct slim_renaming *open_renaming(struct slim_cli *cli)
{
    static const char *const names[SLIM_DATA_PARTS] = {
        [SLIM_DATA_COUNTRY] = "countries", [SLIM_DATA_NETWORKS] = "networks",
        [SLIM_DATA_AGENTS] = "agents",     [SLIM_DATA_SOURCES] = "sources",
        [SLIM_DATA_PAGES] = "kinds",
    };
    struct slim_enrich_part parts[SLIM_DATA_PARTS];
    struct slim_settings *settings = apr_palloc(cli->pool, sizeof *settings);

    if (!slim_maintain_settings(cli, settings)) {
        return NULL;
    }
    struct slim_enrich *enrich = slim_enrich_make(settings, cli->pool);
    slim_enrich_read(enrich, parts);
    for (int i = 0; i < SLIM_DATA_PARTS; i++) {
        if (names[i] && parts[i].status != APR_SUCCESS) {
            slim_cli_fail("warning: cannot use %s; the names of %s stay",
                          parts[i].reason[0] ? parts[i].reason : parts[i].path, names[i]);
        }
    }
    return slim_renaming_make(enrich, cli->pool);
}

/* Whose robots are, and what for, is told by their agents; leaks are told by each hit. */
static apr_status_t name_robots(struct slim_store *store, struct slim_enrich *enrich)
{
    struct slim_agents *agents = slim_enrich_agents(enrich);
    const struct slim_store_robots robots = {slim_rename_robot, agents, slim_agents_sum(agents),
                                             AGENTS};
    int more = slim_enrich_part(enrich, SLIM_DATA_AGENTS)->status == APR_SUCCESS;
    apr_status_t rv = APR_SUCCESS;

    const struct slim_store_leaks leaks = {slim_rename_leak, agents, robots.sum, AGENTS};
    int more_leaks = more;

    while (more && rv == APR_SUCCESS) {
        rv = store->engine->name_robots(store, &robots, &more);
    }
    while (more_leaks && rv == APR_SUCCESS) {
        rv = store->engine->find_leaks(store, &leaks, &more_leaks);
    }
    return rv;
}

static apr_status_t derive(struct slim_cli *cli, struct slim_store *store,
                           struct slim_renaming *renaming, struct slim_maintenance *maintenance)
{
    const struct slim_store_naming naming = {.name = slim_rename,
                                             .baton = renaming,
                                             .sum = slim_renaming_sum(renaming)};
    struct slim_store_named named;
    apr_time_t began = apr_time_now();

    apr_status_t rv =
        store->engine->name_anew(store, &naming, &maintenance->progress, &named, cli->pool);
    if (rv == APR_SUCCESS) {
        rv = name_robots(store, slim_renaming_enrich(renaming));
    }
    slim_maintain_quiet(maintenance);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (named.from > 0) {
        printf("went on where it was interrupted, at %s\n",
               slim_maintain_time(named.from, cli->pool));
    }
    printf("%" PRIu64 " hits looked at, %" PRIu64 " of them named anew in %.1f s\n", named.hits,
           named.changed, seconds_since(began));
    if (named.unknown > 0) {
        printf("%" PRIu64 " hits are from before what decides a kind was kept: their kinds stay\n",
               named.unknown);
    }
    if (named.kept > 0) {
        printf("%" PRIu64 " hits were named by client hints before these were kept: such names of "
               "browsers, versions and platforms stay\n",
               named.kept);
    }
    return APR_SUCCESS;
}

static apr_status_t rebuild(struct slim_cli *cli, struct slim_store *store,
                            struct slim_maintenance *maintenance)
{
    struct slim_store_rebuilt rebuilt;
    apr_time_t began = apr_time_now();
    apr_status_t rv = store->engine->rebuild(store, &maintenance->progress, &rebuilt);

    slim_maintain_quiet(maintenance);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    print_rows_from(rebuilt.rows_from, "made anew", cli->pool);
    printf("%" PRIu64 " days, %" PRIu64 " rollups, %" PRIu64
           " sets of visitors made anew in %.1f s\n",
           rebuilt.days, rebuilt.rollups, rebuilt.sets, seconds_since(began));
    return APR_SUCCESS;
}

/* Naming anew keeps the totals right as it goes. */
static int run_rebuild(struct slim_cli *cli, int argc, const char *const *argv)
{
    int derives = 0, rc;
    const struct slim_maintain_flag flags[] = {{'D', &derives}, {0, NULL}};
    struct slim_maintenance maintenance;
    struct slim_renaming *renaming = NULL;

    if (!slim_maintain_flags(cli, &slim_command_rebuild, argc, argv, flags, &rc)) {
        return rc;
    }
    struct slim_store *store = slim_maintain_open_writer(cli);
    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    if (derives) {
        renaming = open_renaming(cli);
        if (!renaming) {
            store->engine->close(store);
            return SLIM_EXIT_FAILED;
        }
    }
    slim_maintain_show(&maintenance, SHOWN_MAX, cli->pool);
    apr_status_t rv =
        renaming ? derive(cli, store, renaming, &maintenance) : rebuild(cli, store, &maintenance);
    slim_maintain_quiet(&maintenance);
    if (rv != APR_SUCCESS) {
        return slim_maintain_failed(store);
    }
    store->engine->close(store);
    return SLIM_EXIT_OK;
}

const struct slim_command slim_command_rebuild = {
    .name = "rebuild",
    .arguments = "",
    .summary = "recomputes totals from the hits, or names hits anew after lists changed",
    .options = rebuild_options,
    .run = run_rebuild,
};
