/* An import follows the recorder: what the server has answered is stored first. */
#include "importing.h"

#include <inttypes.h>
#include <unistd.h>

#include <apr_time.h>

#include "core/clock.h"
#include "core/ring.h"

#define LOOK_US 20000
#define PATIENCE_US (INT64_C(60) * 1000000) /* without any progress */

/* How many hits wait, and the number of the next record to be loaded. */
static uint64_t waiting(const struct slim_ring *ring, struct slim_status *status)
{
    struct slim_ledger now, total;
    uint64_t pushed, in_ring, in_journal;

    slim_ring_ledger(ring, &now, &pushed);
    if (!slim_ring_read_status(ring, status)) {
        return 0;
    }
    slim_status_ledger(status, &now, pushed, &total, &in_ring, &in_journal);
    return in_ring + in_journal;
}

static int nobody_stores(uint64_t hits)
{
    slim_cli_fail("%" PRIu64
                  " hits of the server wait, and no recorder stores them; lines of the log "
                  "may be these hits: start httpd first (slimstats status tells more)",
                  hits);
    return 0;
}

static int wait_for(const struct slim_ring *ring)
{
    struct slim_status status = {0};
    uint64_t left = waiting(ring, &status), loaded = status.loaded, until = loaded + left;
    int64_t moved = slim_ticks();

    while (left > 0 && status.loaded < until) {
        int64_t now = slim_ticks();
        if (slim_heartbeat_is_late(status.heartbeat_ticks, now) || now - moved > PATIENCE_US) {
            return nobody_stores(left);
        }
        usleep(LOOK_US);
        left = waiting(ring, &status);
        moved = status.loaded != loaded ? now : moved;
        loaded = status.loaded;
    }
    return 1;
}

int slim_importing_wait(struct importing *i)
{
    struct slim_ring ring;

    if (!slim_cli_open_ring(i->cli, &ring)) {
        return 1; /* there never was a recorder */
    }
    int done = wait_for(&ring);
    slim_ring_unmap(&ring);
    return done;
}
