#include "live_wait.h"

#include <stddef.h>

static volatile sig_atomic_t ended;

static void note_end(int signal)
{
    ended = signal;
}

void live_catch_signals(sigset_t *while_waiting)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction end = {.sa_handler = note_end};
    sigset_t blocked;

    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        sigaction(ends[i], &end, NULL);
        sigaddset(&blocked, ends[i]);
    }
    sigaddset(&blocked, SIGWINCH);
    sigprocmask(SIG_BLOCK, &blocked, while_waiting);
}

int live_ended(void)
{
    return ended != 0;
}
