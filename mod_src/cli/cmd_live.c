/* slimstats live: a view that refreshes; without a terminal the hits as lines. The terminal is put
 * back as it was however the command is asked to end. */
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "core/write_all.h"
#include "live.h"
#include "live_follow.h"

#define INTERVAL_MAX 3600
#define LINES_DEFAULT 24
#define WIDTH_DEFAULT 100
#define LINES_MAX 500

static const struct slim_cli_option options[] = {
    {"interval", 'i', "SECONDS", "seconds between updates, 1 to 3600 (default 1)"},
    {"once", '1', NULL, "show one frame and exit, even without a terminal"},
    {.name = NULL},
};

static volatile sig_atomic_t ended; /* the signal that asked for it */

static void note_end(int signal)
{
    ended = signal;
}

static void note_nothing(int signal)
{
    (void)signal; /* the wait ends, and the next frame has the new size */
}

/* Signals only arrive while we wait, so that none is missed between a look and a wait. */
static void catch_signals(sigset_t *while_waiting)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction end = {.sa_handler = note_end}, size = {.sa_handler = note_nothing};
    sigset_t blocked;

    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        sigaction(ends[i], &end, NULL);
        sigaddset(&blocked, ends[i]);
    }
    sigaction(SIGWINCH, &size, NULL);
    sigaddset(&blocked, SIGWINCH);
    sigprocmask(SIG_BLOCK, &blocked, while_waiting);
}

static int show(const char *bytes, size_t length)
{
    return slim_write_all(STDOUT_FILENO, bytes, length) == APR_SUCCESS;
}

/* --- the terminal --- */

static int enter_terminal(struct termios *before)
{
    static const char enter[] = "\x1b[?1049h\x1b[?25l\x1b[2J"; /* another screen, no cursor */
    struct termios raw;

    if (tcgetattr(STDIN_FILENO, before) != 0) {
        return 0;
    }
    raw = *before;
    raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
    raw.c_cc[VSUSP] = _POSIX_VDISABLE;
    return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0 && show(enter, sizeof enter - 1);
}

static void leave_terminal(const struct termios *before)
{
    static const char leave[] = "\x1b[?25h\x1b[?1049l";

    (void)show(leave, sizeof leave - 1);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, before);
}

static void find_size(size_t *width, int *height)
{
    struct winsize size;

    *width = WIDTH_DEFAULT;
    *height = LINES_DEFAULT;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *width = size.ws_col;
        *height = size.ws_row < LINES_MAX ? size.ws_row : LINES_MAX;
    }
}

/* One frame; on a terminal over the one before it. */
static int show_frame(struct live *live, int terminal)
{
    struct live_view view;
    struct slim_buffer out;
    apr_pool_t *pool;
    size_t width;
    int height;

    apr_pool_create(&pool, live->cli->pool);
    find_size(&width, &height);
    live_gather(live, &view, (unsigned)height, pool);
    slim_buffer_init(&out, pool);
    slim_buffer_text(&out, terminal ? "\x1b[H" : "");
    live_frame(&view, width, terminal ? height - 1 : height,
               strcmp(nl_langinfo(CODESET), "UTF-8") == 0, terminal ? "\x1b[K\n" : "\n", &out);
    slim_buffer_text(&out, terminal ? "\x1b[J" : "");
    int good = show(out.at, out.length);
    if (!good && !terminal) {
        slim_cli_fail("live: cannot write: %s", strerror(errno));
    }
    int trouble = view.trouble != NULL;
    apr_pool_destroy(pool);
    return !good ? SLIM_EXIT_FAILED : trouble ? SLIM_EXIT_DEGRADED : SLIM_EXIT_OK;
}

/* Waits for the next look. Returns 0 when a key or the keyboard's end says to stop. */
static int wait_for_look(int interval_s, const sigset_t *while_waiting, int keyboard)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    struct timespec time = {.tv_sec = interval_s};
    char key = 0;

    if (ppoll(&input, keyboard ? 1 : 0, &time, while_waiting) > 0) {
        return read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 'Q';
    }
    return 1;
}

static int watch(struct live *live, int interval_s)
{
    struct termios before;
    sigset_t while_waiting;

    catch_signals(&while_waiting);
    if (!enter_terminal(&before)) {
        return slim_cli_fail("live: cannot use the terminal: %s", strerror(errno));
    }
    do {
        if (show_frame(live, 1) == SLIM_EXIT_FAILED) {
            break;
        }
    } while (wait_for_look(interval_s, &while_waiting, 1) && !ended);
    leave_terminal(&before);
    return SLIM_EXIT_OK;
}

/* --- lines --- */

static int follow(struct live *live, int interval_s)
{
    struct live_follow state = {NULL, NULL};
    sigset_t while_waiting;
    int in_trouble = 0;

    catch_signals(&while_waiting);
    while (!ended) {
        const char *trouble = "";
        struct slim_buffer out;
        apr_pool_t *pool;
        apr_pool_create(&pool, live->cli->pool);
        slim_buffer_init(&out, pool);
        int good = live_follow(live, &state, &out, &trouble);
        if (!good && !in_trouble) { /* once, not each second */
            slim_cli_fail("live: %s; waiting", trouble);
        }
        in_trouble = !good;
        int written = show(out.at, out.length);
        apr_pool_destroy(pool);
        if (!written) {
            return slim_cli_fail("live: cannot write: %s", strerror(errno));
        }
        (void)wait_for_look(interval_s, &while_waiting, 0);
    }
    return SLIM_EXIT_OK;
}

/* --- the command --- */

static int take_interval(const char *value, int *interval_s)
{
    char *end;
    long number = strtol(value, &end, 10);

    *interval_s = (int)number;
    return value[0] >= '0' && value[0] <= '9' && !*end && number >= 1 && number <= INTERVAL_MAX;
}

static int take_word(struct live *live, const char *word, const char *value)
{
    struct slim_query query;
    const char *reason;

    if (live->count == LIVE_WORDS_MAX) {
        slim_cli_fail("live: %s \"%s\" is one too many; allowed: %d", word, value, LIVE_WORDS_MAX);
        return 0;
    }
    live->words[live->count][0] = word;
    live->words[live->count++][1] = value;
    if (!live_ask(live, "recent", 1, &query, &reason, live->cli->pool)) {
        slim_cli_fail("live: %s", reason);
        return 0;
    }
    return 1;
}

static int run_live(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    struct live live = {.cli = cli};
    const char *value;
    int option, more, once = 0, interval_s = 1;

    slim_cli_options_begin(&given, cli, &slim_command_live, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        if (option == '1') {
            once = 1;
        } else if (option == 'i' && !take_interval(value, &interval_s)) {
            return slim_cli_fail("live: --interval %s: a number from 1 to 3600", value);
        } else if (option != 'i'
                   && !take_word(&live, slim_cli_option_name(&given, option), value)) {
            return SLIM_EXIT_FAILED;
        }
    }
    if (more < 0) {
        return given.exit;
    }
    if (!slim_cli_options_end(&given)) {
        return SLIM_EXIT_FAILED;
    }
    struct slim_store *store = slim_cli_open_reader(cli); /* says what is wrong before it begins */
    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    store->engine->close(store);
    if (once) {
        return show_frame(&live, 0);
    }
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? watch(&live, interval_s)
                                                         : follow(&live, interval_s);
}

const struct slim_command slim_command_live = {
    .name = "live",
    .arguments = "",
    .summary = "visitors online and the latest hits, refreshed each second",
    .words = "where tz",
    .options = options,
    .run = run_live,
};
