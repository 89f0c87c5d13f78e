/* slimstats status: state, ledger, sizes. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_time.h>

#include "cli.h"
#include "core/settings.h"
#include "report/health.h"
#include "report/leaks.h"

#define LEAKS_MS 2000

static const struct slim_cli_option options[] = {
    {"json", 'j', NULL, "as JSON"},
    {.name = NULL},
};

/* The recorder left the ring's path in its lock file. */
static int find_ring(const char *state, char *path, size_t size, apr_pool_t *pool)
{
    const char *lock = apr_pstrcat(pool, state, "/recorder.lock", NULL);
    char text[4200] = "";
    int fd = open(lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0) {
        return 0;
    }
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    char *line = length > 0 ? strchr(text, '\n') : NULL;
    char *end = line ? strchr(line + 1, '\n') : NULL;
    if (!end || end == line + 1) {
        return 0;
    }
    *end = '\0';
    return snprintf(path, size, "%s", line + 1) < (int)size;
}

int slim_cli_open_ring(struct slim_cli *cli, struct slim_ring *ring)
{
    char path[4096];

    if (!find_ring(slim_cli_state(cli), path, sizeof path, cli->pool)) {
        return 0;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0 && slim_ring_map(fd, 0, ring) == APR_SUCCESS) {
        return 1;
    }
    if (fd >= 0) {
        close(fd);
    }
    return 0;
}

/* The store that the settings of the recorder name, where it is not the one that was asked for;
 * NULL: it is, or nobody knows. */
static const char *find_elsewhere(const struct slim_cli *cli)
{
    const struct slim_store_engine *engine = slim_store_engine_for(cli->store);
    struct slim_settings settings;
    unsigned line;

    slim_settings_init(&settings, cli->pool);
    if (slim_settings_load(&settings, slim_cli_state(cli), &line, cli->pool) != APR_SUCCESS
        || !settings.store || strcmp(settings.store, cli->store) == 0) {
        return NULL;
    }
    const char *asked = engine->file(cli->store), *used = engine->file(settings.store);
    struct stat one, other;
    int is_one = asked && used && stat(asked, &one) == 0 && stat(used, &other) == 0
                 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
    return is_one ? NULL : slim_settings_store_shown(settings.store, cli->pool);
}

/* Beside the account; nobody waits long for it. */
static int64_t count_leaks(struct slim_cli *cli, const struct slim_store_engine *engine)
{
    struct slim_store *store;
    int64_t leaks = -1;

    if (engine->open_reader(cli->store, LEAKS_MS, &store, cli->pool) == APR_SUCCESS) {
        leaks = slim_leaks_open(store, apr_time_sec(apr_time_now()), NULL, cli->pool);
    }
    engine->close(store);
    return leaks;
}

static int print_status(struct slim_cli *cli, int json)
{
    const char *state = slim_cli_state(cli);
    const struct slim_store_engine *engine = slim_store_engine_for(cli->store);
    const char *faults[SLIM_ASKING_LISTS];
    struct slim_store *store = NULL;
    struct slim_health health;
    struct slim_ring ring;
    struct slim_buffer out;

    if (!engine) {
        return slim_cli_refuse_url(cli);
    }
    if (!slim_cli_become_owner(state)) {
        return SLIM_EXIT_FAILED;
    }
    int has_ring = slim_cli_open_ring(cli, &ring);
    if (!has_ring && !slim_cli_find_store(cli)) {
        return SLIM_EXIT_FAILED;
    }
    if (!has_ring && engine->open_reader(cli->store, 0, &store, cli->pool) != APR_SUCCESS) {
        return slim_cli_fail("%s, and no recorder runs on %s", store->error.what, state);
    }
    slim_health_read(has_ring ? &ring : NULL, store, &health);
    health.is_admins = 1;
    health.elsewhere = has_ring ? find_elsewhere(cli) : NULL;
    health.leaks = count_leaks(cli, engine);
    slim_cli_list_faults(cli, faults);
    for (int i = 0; i < SLIM_ASKING_LISTS && !health.lists_fault; i++) {
        health.lists_fault = faults[i];
    }
    slim_buffer_init(&out, cli->pool);
    if (json) {
        slim_health_json(&health, &out);
    } else {
        slim_health_text(&health, &out);
    }
    fputs(out.at, stdout);
    return health.state == SLIM_STATE_OK && !health.lists_fault ? SLIM_EXIT_OK : SLIM_EXIT_DEGRADED;
}

static int run_status(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    const char *value;
    int option, more, json = 0;

    slim_cli_options_begin(&given, cli, &slim_command_status, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        json = option == 'j';
    }
    if (more < 0) {
        return given.exit;
    }
    return slim_cli_options_end(&given) ? print_status(cli, json) : SLIM_EXIT_FAILED;
}

const struct slim_command slim_command_status = {
    .name = "status",
    .arguments = "",
    .summary = "the state, and what became of every hit",
    .options = options,
    .run = run_status,
};
