/* slimstats purge: deletes rows before a day; daily totals stay. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <apr_time.h>

#include "maintain.h"
#include "query/query.h"
#include "query/report.h"

#define PURGE_ROWS 10000 /* of a transaction */
#define BUSY_TRIES 60    /* of a second each */
#define PAUSE_US 5000    /* between transactions, for the recorder */

static const struct slim_cli_option options[] = {
    {"before", 'b', "DAY", "delete hits before this day: 2026-01-31, 90d, month"},
    {"dry-run", 'd', NULL, "count only"},
    {.name = NULL},
};

/* Rounds down to a midnight in UTC: rollups are kept by days. */
static int parse_before(const char *text, int64_t *before)
{
    struct slim_query query;

    slim_query_init(&query, &slim_reports[0], apr_time_sec(apr_time_now()));
    if (!slim_query_parse_time(&query, text, 0, before)) {
        slim_cli_fail("purge: --before %s: allowed: 2026-01-31, 90d, 12w, month, year", text);
        return 0;
    }
    *before -= *before % 86400;
    return 1;
}

static apr_status_t purge_all(struct slim_store *store, int64_t before,
                              struct slim_maintenance *maintenance,
                              struct slim_store_purged *purged)
{
    apr_status_t rv = APR_SUCCESS;
    int busy = 0;

    do {
        rv = store->engine->purge(store, before, 1, PURGE_ROWS, purged);
        if (rv != APR_SUCCESS && store->error.state == SLIM_STATE_STORE_BUSY
            && ++busy < BUSY_TRIES) {
            purged->more = 1;
            rv = APR_SUCCESS;
        }
        if (maintenance->progress.step) {
            maintenance->progress.step(maintenance, "rows deleted:", purged->hits + purged->visits,
                                       0);
        }
        apr_sleep(PAUSE_US);
    } while (rv == APR_SUCCESS && purged->more);
    return rv;
}

/* Deletes rows, then the texts that only they had; or counts alone. */
static apr_status_t purge_store(struct slim_store *store, int64_t before, int dry_run,
                                struct slim_maintenance *maintenance,
                                struct slim_store_purged *purged, uint64_t *texts, apr_pool_t *pool)
{
    if (dry_run) {
        return store->engine->count_purge(store, before, purged);
    }
    apr_status_t rv = purge_all(store, before, maintenance, purged);
    if (rv == APR_SUCCESS && purged->hits + purged->visits > 0) {
        rv = store->engine->forget_texts(store, &maintenance->progress, texts, pool);
    }
    return rv;
}

static int purge(struct slim_cli *cli, int64_t before, int dry_run)
{
    struct slim_store *store = dry_run ? slim_cli_open_reader(cli) : slim_maintain_open_writer(cli);
    struct slim_store_purged purged = {0};
    struct slim_maintenance maintenance;
    uint64_t texts = 0;

    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    slim_maintain_show(&maintenance, 0, cli->pool);
    apr_status_t rv = purge_store(store, before, dry_run, &maintenance, &purged, &texts, cli->pool);
    slim_maintain_quiet(&maintenance);
    if (rv != APR_SUCCESS) {
        return slim_maintain_failed(store);
    }
    printf("%s %" PRIu64 " hits and %" PRIu64 " visits before %sT00:00:00Z; daily totals stay\n",
           dry_run ? "would delete" : "deleted", purged.hits, purged.visits,
           slim_maintain_time(before, cli->pool));
    if (texts > 0) {
        printf("deleted %" PRIu64 " texts that no other hit uses\n", texts);
    }
    if (!dry_run) {
        slim_maintain_note(store, SLIM_NOTE_PURGE, purged.hits);
    }
    store->engine->close(store);
    return SLIM_EXIT_OK;
}

static int run_purge(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    const char *value, *before_text = NULL;
    int64_t before;
    int option, more, dry_run = 0;

    slim_cli_options_begin(&given, cli, &slim_command_purge, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        before_text = option == 'b' ? value : before_text;
        dry_run |= option == 'd';
    }
    if (more < 0) {
        return given.exit;
    }
    if (!before_text || argc > given.getopt->ind) {
        return slim_cli_fail("purge: needs --before DAY; --dry-run is the only other option");
    }
    return parse_before(before_text, &before) ? purge(cli, before, dry_run) : SLIM_EXIT_FAILED;
}

const struct slim_command slim_command_purge = {
    .name = "purge",
    .arguments = "--before DAY",
    .summary = "deletes hits before a day; daily totals stay",
    .options = options,
    .run = run_purge,
};
