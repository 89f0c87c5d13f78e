/* How the thread that loads hits waits for them. */
#include <poll.h>
#include <unistd.h>

#include "core/clock.h"
#include "recorder.h"

void slim_recorder_wake(struct slim_recorder *r)
{
    static const uint64_t one = 1;

    if (write(r->appended_fd, &one, sizeof one) < 0) {
        return; /* it was woken often enough */
    }
}

/* Until it is woken; 0: the time is over. */
static int wait_once(struct slim_recorder *r, int ms)
{
    struct pollfd appended = {.fd = r->appended_fd, .events = POLLIN};
    uint64_t count;

    return poll(&appended, 1, ms) > 0 && read(r->appended_fd, &count, sizeof count) > 0;
}

static int goes_beyond(struct slim_journal *journal, uint64_t record)
{
    return journal && slim_journal_end(journal).record > record;
}

void slim_recorder_appended(struct slim_recorder *r, struct slim_journal *journal)
{
    if (goes_beyond(journal, atomic_load(&r->wanted))) {
        slim_recorder_wake(r);
    }
}

/* Either the journal is seen to have grown here, or what is wanted where it grows. */
void slim_recorder_wait_for_hits(struct slim_recorder *r, uint64_t record, unsigned ms)
{
    atomic_store(&r->wanted, record);
    if (!atomic_load(&r->drained) && !goes_beyond(slim_recorder_journal(r), record)) {
        wait_once(r, (int)ms);
    }
}

void slim_recorder_sleep(struct slim_recorder *r, unsigned ms)
{
    int64_t until = slim_ticks() + (int64_t)ms * 1000, left;

    atomic_store(&r->wanted, UINT64_MAX);
    while (!atomic_load(&r->drained) && (left = until - slim_ticks()) > 0) {
        slim_recorder_beat(r, SLIM_THREAD_LOAD);
        wait_once(r, (int)(left < 100000 ? left / 1000 + 1 : 100));
    }
}
