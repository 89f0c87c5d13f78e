/* slimstats check verifies the store, slimstats rebuild recomputes its totals. */
#include <inttypes.h>
#include <stdio.h>

#include <apr_time.h>

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

static int run_rebuild(struct slim_cli *cli, int argc, const char *const *argv)
{
    const struct slim_maintain_flag flags[] = {{0, NULL}};
    struct slim_store_rebuilt rebuilt;
    struct slim_maintenance maintenance;
    apr_time_t began = apr_time_now();
    int rc;

    if (!slim_maintain_flags(cli, &slim_command_rebuild, argc, argv, flags, &rc)) {
        return rc;
    }
    struct slim_store *store = slim_maintain_open_writer(cli);
    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    slim_maintain_show(&maintenance, SHOWN_MAX, cli->pool);
    apr_status_t rv = store->engine->rebuild(store, &maintenance.progress, &rebuilt);
    slim_maintain_quiet(&maintenance);
    if (rv != APR_SUCCESS) {
        return slim_maintain_failed(store);
    }
    print_rows_from(rebuilt.rows_from, "made anew", cli->pool);
    printf("%" PRIu64 " days, %" PRIu64 " rollups, %" PRIu64
           " sets of visitors made anew in %.1f s\n",
           rebuilt.days, rebuilt.rollups, rebuilt.sets, seconds_since(began));
    store->engine->close(store);
    return SLIM_EXIT_OK;
}

const struct slim_command slim_command_rebuild = {
    .name = "rebuild",
    .arguments = "",
    .summary = "recomputes totals and sets of visitors from the hits",
    .run = run_rebuild,
};
