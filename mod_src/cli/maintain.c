/* Opening the store for maintenance, and showing how far that is. */
#include "maintain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_time.h>

#include "core/settings.h"
#include "core/zone.h"
#include "report/escape.h"

#define DRAW_US 200000

static void draw(void *baton, const char *step, uint64_t done, uint64_t total)
{
    struct slim_maintenance *maintenance = baton;
    int64_t now = apr_time_now();

    if (now - maintenance->drawn_us < DRAW_US) {
        return;
    }
    maintenance->drawn_us = now;
    maintenance->drawn = 1;
    if (total > 0) {
        fprintf(stderr, "\r%s %" PRIu64 " of %" PRIu64 "\033[K", step, done, total);
    } else if (strstr(step, "day")) {
        fprintf(stderr, "\r%s %s\033[K", step,
                slim_maintain_time((int64_t)done * 86400, maintenance->pool));
    } else {
        fprintf(stderr, "\r%s\033[K", step);
    }
}

static void print_difference(void *baton, const char *difference)
{
    struct slim_maintenance *maintenance = baton;
    struct slim_buffer text;

    if (maintenance->shown++ >= maintenance->limit) {
        return;
    }
    slim_maintain_quiet(maintenance);
    slim_buffer_init(&text, maintenance->pool);
    slim_escape_plain(&text, difference, strlen(difference));
    puts(text.at);
}

void slim_maintain_show(struct slim_maintenance *maintenance, unsigned limit, apr_pool_t *pool)
{
    memset(maintenance, 0, sizeof *maintenance);
    maintenance->progress.baton = maintenance;
    maintenance->progress.step = isatty(STDERR_FILENO) ? draw : NULL;
    maintenance->progress.found = print_difference;
    maintenance->limit = limit;
    maintenance->pool = pool;
}

void slim_maintain_quiet(struct slim_maintenance *maintenance)
{
    if (maintenance->drawn) {
        fputs("\r\033[K", stderr);
        maintenance->drawn = 0;
    }
}

/* A recorder of this state directory left its settings there; else the defaults are as good. */
int slim_maintain_settings(struct slim_cli *cli, struct slim_settings *settings)
{
    const char *state = slim_cli_state(cli);
    unsigned line;

    slim_settings_init(settings, cli->pool);
    apr_status_t rv = slim_settings_load(settings, state, &line, cli->pool);
    if (rv != APR_SUCCESS && rv != ENOENT) {
        slim_cli_fail("cannot use %s/settings, line %u: it is of another version, or damaged; "
                      "restart httpd, which writes it anew",
                      state, line + 1);
        return 0;
    }
    settings->state = state;
    if (!settings->data) {
        settings->data = cli->data;
    }
    return 1;
}

struct slim_store *slim_maintain_open_writer(struct slim_cli *cli)
{
    static const struct slim_journal_identity none;
    const struct slim_store_engine *engine = slim_store_engine_for(cli->store);
    struct slim_settings settings;
    struct slim_store *store;

    if (!slim_cli_find_store(cli) || !slim_maintain_settings(cli, &settings)) {
        return NULL;
    }
    umask(077);
    const struct slim_store_opening opening = {.url = cli->store,
                                               .data = cli->data,
                                               .identity = &none,
                                               .visit_timeout_s = settings.visit_timeout_s};
    if (engine->open(&opening, &store, cli->pool) != APR_SUCCESS) {
        slim_maintain_failed(store);
        return NULL;
    }
    return store;
}

void slim_maintain_note(struct slim_store *store, enum slim_note_kind kind, uint64_t hits)
{
    int64_t now_s = apr_time_sec(apr_time_now());
    const struct slim_note note = {
        .kind = kind, .at_s = now_s, .until_s = now_s, .times = 1, .hits = hits};

    if (hits > 0 && store->engine->add_note(store, &note) != APR_SUCCESS) {
        slim_cli_fail("it is done, but could not be noted: %s", store->error.what);
    }
}

int slim_maintain_failed(const struct slim_store *store)
{
    return slim_cli_fail("%s; %s", store->error.what, slim_state_advice(store->error.state));
}

const char *slim_maintain_time(int64_t seconds, apr_pool_t *pool)
{
    char label[SLIM_LABEL_SIZE];

    return apr_pstrdup(pool, seconds % 86400 == 0
                                 ? slim_zone_label(&slim_zone_utc, seconds, SLIM_BY_DAY, label)
                                 : slim_zone_time(&slim_zone_utc, seconds, label));
}

int slim_maintain_flags(struct slim_cli *cli, const struct slim_command *command, int argc,
                        const char *const *argv, const struct slim_maintain_flag *flags, int *exit)
{
    struct slim_cli_options given;
    const char *value;
    int option, more;

    slim_cli_options_begin(&given, cli, command, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        for (const struct slim_maintain_flag *f = flags; f->flag; f++) {
            *f->flag |= f->option == option;
        }
    }
    *exit = given.exit;
    if (more == 0 && !slim_cli_options_end(&given)) {
        *exit = SLIM_EXIT_FAILED;
        return 0;
    }
    return more == 0;
}
