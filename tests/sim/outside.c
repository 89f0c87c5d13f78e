/* What every call of the outside has in common. */
#include "outside.h"

#include <errno.h>
#include <string.h>

#include "world.h"

struct sim_climate sim_climate;
void (*sim_logged)(const char *line, size_t length);

static const char *const names[SIM_CALLS] = {"open", "close", "stat", "read", "write",
                                             "sync", "size",  "name", "list", "lock",
                                             "map",  "wait",  "other"};

/* What each call can fail with, by its manual page: a bit for a call. */
static const struct {
    int error;
    unsigned calls;
} failures[] = {
    {EIO, ~0u},
    {SIM_SHORT, 1u << SIM_CALL_WRITE},
    {ENOSPC,
     1u << SIM_CALL_OPEN | 1u << SIM_CALL_WRITE | 1u << SIM_CALL_SYNC | 1u << SIM_CALL_NAME},
    {EMFILE, 1u << SIM_CALL_OPEN},
    {ENOMEM, 1u << SIM_CALL_OPEN | 1u << SIM_CALL_STAT | 1u << SIM_CALL_NAME | 1u << SIM_CALL_LIST
                 | 1u << SIM_CALL_MAP},
    {EACCES, 1u << SIM_CALL_OPEN | 1u << SIM_CALL_NAME},
};

static int can_fail_so(enum sim_call call, int error)
{
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        if (failures[i].error == error) {
            return (failures[i].calls & 1u << call) != 0;
        }
    }
    return 0;
}

static int is_moving_bytes(enum sim_call call)
{
    return call == SIM_CALL_READ || call == SIM_CALL_WRITE || call == SIM_CALL_SYNC;
}

/* What the weather does to a call: it may take long, and fail. */
static int suffer(const struct sim_weather *w, enum sim_call call)
{
    if (w->delay_us > 0 && is_moving_bytes(call)) {
        sim_wait(sim.ticks + sim_spread(0, w->delay_us), NULL, NULL);
    }
    int hits = w->calls & 1u << call && can_fail_so(call, w->error) && sim_one_in(w->one_in);
    return hits ? w->error : 0;
}

static int suffer_all(enum sim_call call, const struct sim_inode *inode)
{
    int error = 0;

    for (int i = 0; i < SIM_WEATHERS && error == 0; i++) {
        const struct sim_weather *w = &sim_climate.weather[i];
        if (w->until > sim.ticks && w->disk == inode->disk
            && (w->file == 0 || w->file == inode->number)) {
            error = suffer(w, call);
        }
    }
    if (error) {
        sim_trace("%s of file %u: %s", names[call], inode->number,
                  error == SIM_SHORT ? "short" : strerrorname_np(error));
        sim_climate.failed_at = sim.ticks;
        sim_climate.failed_syncs += call == SIM_CALL_SYNC;
    }
    return error;
}

/* Rights that are taken and given back are seen in the file's mode. */
int sim_is_forbidden(const struct sim_inode *inode)
{
    for (int i = 0; i < SIM_WEATHERS; i++) {
        const struct sim_weather *w = &sim_climate.weather[i];
        if (w->error == EACCES && w->until > sim.ticks && w->disk == inode->disk) {
            return 1;
        }
    }
    return 0;
}

static void burn(enum sim_call call, const char *when)
{
    int counts = (sim_process->fuse_calls & 1u << call) != 0;

    if (counts && sim_process->fuse > 0 && --sim_process->fuse == 0) {
        sim_trace("accident %s %s", when, names[call]);
        sim_accident();
    }
}

void sim_done(enum sim_call call)
{
    if (sim_process->is_exposed) {
        burn(call, "behind");
    }
}

int sim_enter(enum sim_call call, const struct sim_inode *inode)
{
    struct sim_process *process = sim_process;

    sim_climate.calls++;
    sim.ticks += 1 + (int64_t)sim_below(20);
    sim_digest((uint64_t)call + ((uint64_t)sim.ticks << 8) + ((uint64_t)process->pid << 48));
    if (!process->is_exposed) {
        return 0;
    }
    if (sim_one_in(sim_climate.switches)) {
        sim_give_way();
    }
    burn(call, "before");
    return inode ? suffer_all(call, inode) : 0;
}

size_t sim_room_for(const struct sim_inode *inode, size_t bytes)
{
    uint64_t room = sim_climate.room[inode->disk];

    if (room == 0) {
        return bytes;
    }
    uint64_t used = sim_disk_used(inode->disk);
    uint64_t left = used < room ? room - used : 0;
    if (left < bytes) {
        sim_climate.failed_at = sim.ticks;
    }
    return left < bytes ? (size_t)left : bytes;
}
