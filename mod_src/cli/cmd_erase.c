/* slimstats erase, slimstats exclude: remove stored hits, as if they had never been
 * recorded. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_time.h>

#include "core/hit_rule.h"
#include "maintain.h"

static const struct slim_cli_option erase_options[] = {
    {"ip", 'i', "ADDRESS", "an address, or a network as 192.0.2.0/24"},
    {"visitor", 'v', "NUMBER", "a visitor's number, from the column visit.visitor"},
    {"dry-run", 'd', NULL, "count only"},
    {.name = NULL},
};

static const struct slim_cli_option exclude_options[] = {
    {"dry-run", 'd', NULL, "count only"},
    {.name = NULL},
};

static void tell_waiting(void)
{
    printf("hits still waiting (see slimstats status) are not included\n");
}

static int take_away(struct slim_cli *cli, const struct slim_store_removal *removal, int dry_run)
{
    struct slim_store *store = dry_run ? slim_cli_open_reader(cli) : slim_maintain_open_writer(cli);
    struct slim_store_removed removed;
    struct slim_maintenance maintenance;

    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    slim_maintain_show(&maintenance, 0, cli->pool);
    apr_status_t rv =
        dry_run ? store->engine->count_removal(store, removal, &removed)
                : store->engine->remove(store, removal, &maintenance.progress, &removed, cli->pool);
    slim_maintain_quiet(&maintenance);
    if (rv != APR_SUCCESS) {
        return slim_maintain_failed(store);
    }
    printf("%s %" PRIu64 " hits of %" PRIu64 " visits\n", dry_run ? "would remove" : "removed",
           removed.hits, removed.visits);
    if (removed.texts > 0) {
        printf("deleted %" PRIu64 " texts that no other hit uses\n", removed.texts);
    }
    tell_waiting();
    if (!dry_run) {
        slim_maintain_note(store, removal->forgets_texts ? SLIM_NOTE_ERASE : SLIM_NOTE_EXCLUDE,
                           removed.hits);
    }
    store->engine->close(store);
    return SLIM_EXIT_OK;
}

/* --- erase --- */

static int take_erase_option(struct slim_hit_rule *rule, int option, const char *value,
                             apr_pool_t *pool)
{
    const char *reason;

    if (option == 'i'
        && slim_hit_rule_parse(rule, apr_pstrcat(pool, "ip=", value, NULL), &reason)
               != APR_SUCCESS) {
        slim_cli_fail("erase: --ip %s: allowed: ADDRESS or ADDRESS/BITS, IPv4 or IPv6", value);
        return 0;
    }
    if (option == 'v' && slim_hit_rule_visitor(rule, value) != APR_SUCCESS) {
        slim_cli_fail("erase: --visitor %s: allowed: a number, or 0x and hexadecimal digits",
                      value);
        return 0;
    }
    rule->reason = SLIM_EXCLUDED_ERASED;
    return 1;
}

static int run_erase(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    struct slim_hit_rule rule;
    const char *value;
    int option, more, dry_run = 0, rules = 0;

    slim_cli_options_begin(&given, cli, &slim_command_erase, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        if (option == 'd') {
            dry_run = 1;
        } else if (!take_erase_option(&rule, option, value, cli->pool)) {
            return SLIM_EXIT_FAILED;
        } else {
            rules++;
        }
    }
    if (more < 0) {
        return given.exit;
    }
    if (rules != 1 || argc > given.getopt->ind) {
        return slim_cli_fail("erase: needs either --ip ADDRESS or --visitor NUMBER, once");
    }
    return take_away(cli, &(struct slim_store_removal){.rule = &rule, .forgets_texts = 1}, dry_run);
}

const struct slim_command slim_command_erase = {
    .name = "erase",
    .arguments = "--ip ADDRESS | --visitor NUMBER",
    .summary = "deletes all that is stored of an address or a visitor",
    .options = erase_options,
    .run = run_erase,
};

/* --- exclude --- */

static int run_exclude(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    struct slim_hit_rule rule;
    const char *value, *reason;
    int option, more, dry_run = 0;

    slim_cli_options_begin(&given, cli, &slim_command_exclude, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        dry_run |= option == 'd';
    }
    if (more < 0) {
        return given.exit;
    }
    if (argc - given.getopt->ind != 1) {
        return slim_cli_fail(
            "exclude: needs one rule: ip=CIDR, path=GLOB, status=N-M or agent=GLOB");
    }
    value = given.getopt->argv[given.getopt->ind];
    if (slim_hit_rule_parse(&rule, value, &reason) != APR_SUCCESS) {
        return slim_cli_fail("exclude: %s: allowed: %s", value, reason);
    }
    return take_away(cli, &(struct slim_store_removal){.rule = &rule}, dry_run);
}

const struct slim_command slim_command_exclude = {
    .name = "exclude",
    .arguments = "RULE",
    .summary = "deletes the hits that a rule of SlimStatsExclude matches",
    .options = exclude_options,
    .run = run_exclude,
};
