/* slimstats record: the recorder. httpd starts it; by hand it serves tests. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "cli.h"
#include "core/settings.h"
#include "recorder/recorder.h"

enum {
    OPTION_RING_FD = SLIM_OPTION_LONG,
    OPTION_OLD_RING_FD,
    OPTION_SETTINGS_FD,
    OPTION_READY_FD,
    OPTION_PARENT,
    OPTION_REPLACE,
    OPTION_RING,
    OPTION_DOWN_SINCE,
    OPTION_LOGGED,
};

static const struct slim_cli_option options[] = {
    {"ring-fd", OPTION_RING_FD, "N", "descriptor of the ring"},
    {"old-ring-fd", OPTION_OLD_RING_FD, "N",
     "descriptor of an older ring that may have hits; again for each"},
    {"settings-fd", OPTION_SETTINGS_FD, "N", "descriptor of a file with settings"},
    {"ready-fd", OPTION_READY_FD, "N", "descriptor that gets a byte when the recorder is ready"},
    {"parent", OPTION_PARENT, "PID", "exit when this process exits"},
    {"replace", OPTION_REPLACE, "PID", "take over from this recorder"},
    {"down-since", OPTION_DOWN_SINCE, "SECONDS",
     "when the previous recorder died, seconds since 1970"},
    {"logged", OPTION_LOGGED, NULL, "do not log again why it cannot start"},
    {"ring", OPTION_RING, "FILE", "file of the ring"},
    {.name = NULL},
};

static int read_settings(int fd, struct slim_settings *settings, apr_pool_t *pool)
{
    unsigned line;
    apr_status_t rv = slim_settings_read(settings, fd, &line, pool);

    close(fd);
    if (rv != APR_SUCCESS) {
        slim_cli_fail("record: the settings' line %u is not understood: are module and command of "
                      "one version?",
                      line + 1);
    }
    return rv == APR_SUCCESS;
}

/* -1 when it is no number. */
static int as_number(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);

    return *text && !*end && number >= 0 && number < 1L << 30 ? (int)number : -1;
}

static int take_old_ring(struct slim_recorder_start *start, int fd)
{
    if (fd < 0 || start->old_rings == SLIM_RINGS_MAX - 1) {
        return 0;
    }
    start->old_ring_fd[start->old_rings++] = fd;
    return 1;
}

static int take_option(struct slim_recorder_start *start, struct slim_settings *settings,
                       int option, const char *name, const char *value, apr_pool_t *pool)
{
    int number = value ? as_number(value) : -1;

    switch (option) {
    case OPTION_RING_FD: start->ring_fd = number; return number >= 0;
    case OPTION_OLD_RING_FD: return take_old_ring(start, number);
    case OPTION_READY_FD: start->ready_fd = number; return number >= 0;
    case OPTION_PARENT: start->parent = number; return number >= 0;
    case OPTION_REPLACE: start->replace = number; return number >= 0;
    case OPTION_SETTINGS_FD: return number >= 0 && read_settings(number, settings, pool);
    case OPTION_LOGGED: start->reason_logged = 1; return 1;
    case OPTION_DOWN_SINCE: start->down_since_s = strtoll(value, NULL, 10); return 1;
    case OPTION_RING:
        start->ring_fd = open(value, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        return start->ring_fd >= 0;
    default: return slim_settings_set(settings, name, value, pool) == APR_SUCCESS;
    }
}

static int tell_wrong(const char *name, const char *value)
{
    const struct slim_setting *setting = slim_setting_find(name);
    char room[SLIM_ALLOWED_SIZE];

    return slim_cli_fail("record: %s \"%s\" cannot be used%s%s", name, value,
                         setting ? "; allowed: " : "",
                         setting ? slim_setting_allowed(setting, 0, room, sizeof room) : "");
}

static int run_record(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_recorder_start start = {.ring_fd = -1, .ready_fd = -1};
    struct slim_settings settings;
    struct slim_cli_options given;
    const char *value;
    int option, more;

    slim_settings_init(&settings, cli->pool);
    settings.store = NULL;
    slim_cli_options_begin(&given, cli, &slim_command_record, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        const char *name = slim_cli_option_name(&given, option);
        if (!take_option(&start, &settings, option, name, value, cli->pool)) {
            return tell_wrong(name, value);
        }
    }
    if (more < 0) {
        return given.exit;
    }
    if (!slim_cli_options_end(&given)) {
        return SLIM_EXIT_FAILED;
    }
    if (!settings.store) { /* started by hand */
        settings.store = cli->store;
        settings.state = slim_cli_state(cli);
    }
    if (!settings.data) {
        settings.data = cli->data;
    }
    start.settings = &settings;
    if (!slim_cli_become_owner(settings.state)) {
        return SLIM_EXIT_FAILED;
    }
    umask(077);
    return slim_recorder_run(&start, cli->pool);
}

const struct slim_command slim_command_record = {
    .name = "record",
    .arguments = "",
    .summary = "the recorder process; the module starts it",
    .settings = 1,
    .options = options,
    .run = run_record,
};
