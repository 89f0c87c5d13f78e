/* What may happen. */
#include "event.h"

#include <errno.h>
#include <string.h>

#include "disk.h"
#include "httpd.h"
#include "oracle.h"
#include "outside.h"
#include "world.h"

#define YEAR_US (INT64_C(365) * 86400 * SIM_SECOND)
#define HITS_MAX 60
#define FIRST_STARTS 150 /* one history in so many; it costs as much as a dozen others */

static struct {
    unsigned chosen;                /* a bit for each kind of event that this history has */
    int fuse_cuts;                  /* what the accident is */
    int is_clock_unsure;            /* it was wrong when nobody was there to see that */
    unsigned rings;                 /* that there were, and who knew what went through them */
    unsigned rings_then;            /* when the backup was made */
    struct sim_copy *state, *store; /* a backup */
} events;

static struct sim_inode *place(const char *path)
{
    return sim_disk_find(NULL, path, NULL, NULL);
}

/* Histories of a journal whose files are bad when recorders start; see README.md. */
static int is_of_journal(void)
{
    return sim.seed > SIM_SEEDS_OF_JOURNAL && sim.seed <= SIM_SEEDS_OF_FIRST_START;
}

/* --- requests --- */

static void hits(void)
{
    unsigned count = (unsigned)sim_spread(1, HITS_MAX);
    size_t more = sim_one_in(4) ? (size_t)sim_below(2000) : 0;

    for (unsigned i = 0; sim_httpd.running > 0 && i < count; i++) {
        unsigned child = (unsigned)sim_below(sim_httpd.running), n = sim_oracle_next();
        if (n > 0) {
            sim_httpd_hit(child, n, more);
        }
    }
    sim_trace("%u hits, up to %u", count, sim_oracle_answered());
}

/* --- httpd --- */

static void change_settings(void)
{
    static const uint64_t buffers[] = {1 << 18, 3 << 17, 1 << 19, 5 << 17};
    static const uint64_t limits[] = {1 << 20, 1 << 22, 1 << 30};
    static const uint32_t syncs[] = {1, 1, 0, 3};
    struct slim_settings *s = &sim_httpd.settings;

    s->buffer_bytes = buffers[sim_below(4)];
    s->journal_limit = limits[sim_below(3)];
    s->sync_s = syncs[sim_below(4)];
    s->retain_days = 1 + (uint32_t)sim_below(400);
    sim_httpd.children = 1 + (unsigned)sim_below(SIM_CHILDREN);
}

/* No process is left. */
static void halt(void)
{
    sim_httpd_stop(1);
    sim_machine_halt();
}

static void start(void)
{
    if (!sim_httpd.parent) {
        sim_trace("httpd starts");
        events.rings += (unsigned)sim_httpd_start();
    }
}

static void stop(void)
{
    sim_trace("httpd stops");
    sim_httpd_stop(0);
    sim_history_go_on(sim_spread(0, 3 * SIM_SECOND));
}

static void restart(void)
{
    stop();
    if (!sim_httpd.parent) { /* else it was the power */
        change_settings();
        start();
    }
}

static void reload(void)
{
    if (sim_httpd.parent) {
        change_settings();
        sim_trace("httpd is reloaded");
        sim_httpd_reload();
    }
}

static void kill_all(void)
{
    sim_trace("all processes are killed");
    halt();
    if (sim_one_in(2)) {
        change_settings();
    }
    start();
}

static void kill_process(struct sim_process *process)
{
    if (process && process->is_alive) {
        sim_trace("recorder %d is killed", process->pid);
        sim_process_end(process, -1);
    }
}

static void kill_recorder(void)
{
    kill_process(sim_httpd.recorder);
}

/* At a call that comes soon. */
static void light_fuse(void)
{
    if (sim_httpd.recorder && sim_httpd.recorder->is_alive) {
        int any = sim_one_in(3);
        sim_httpd.recorder->fuse = (uint64_t)sim_spread(1, any ? 5000 : 200);
        sim_httpd.recorder->fuse_calls = any ? ~0u : SIM_CALLS_THAT_CHANGE;
        events.fuse_cuts = 0;
    }
}

static void stand(void)
{
    if (sim_httpd.recorder) {
        sim_httpd.recorder->stands_until = sim.ticks + sim_spread(SIM_SECOND, 20 * SIM_SECOND);
        sim_trace("the recorder stands");
    }
}

/* --- the power --- */

static unsigned kept_percent(void)
{
    static const unsigned usual[] = {0, 100, 50, 90, 10};

    return usual[sim_below(5)];
}

/* A recorder knows the right time that has seen it, or the ring of one that has. */
static void note_clock(int is_unsure)
{
    events.is_clock_unsure |= is_unsure;
    sim_oracle_wrong_clock(events.is_clock_unsure || sim.wall_error != 0, events.is_clock_unsure);
}

static void cut_power(void)
{
    const unsigned percent[SIM_DISKS] = {kept_percent(), kept_percent(), 0};

    sim_trace("the power is cut: of what was not synced %u %% is kept of the journal, %u %% of "
              "the store",
              percent[SIM_DISK_STATE], percent[SIM_DISK_STORE]);
    halt();
    sim_oracle_files_were_lost();
    sim_oracle_excuse_unsafe();
    sim_disk_cut(percent);
    sim.booted_at = sim.ticks;
    note_clock(sim.wall_error != 0);
    start();
}

/* After a while in which all that came was to be synced. */
static void cut_calm_power(void)
{
    sim_history_go_on(sim_spread(6 * SIM_SECOND, 12 * SIM_SECOND));
    cut_power();
}

static void light_power_fuse(void)
{
    light_fuse();
    events.fuse_cuts = 1;
}

void sim_event_accident(struct sim_process *process)
{
    if (events.fuse_cuts) {
        cut_power();
    } else {
        kill_process(process);
    }
}

/* --- disks --- */

static struct sim_weather *any_weather(void)
{
    struct sim_weather *w = &sim_climate.weather[sim_below(SIM_WEATHERS)];

    *w = (struct sim_weather){.disk = (enum sim_disk)sim_below(2),
                              .until = sim.ticks + sim_spread(SIM_SECOND / 10, 8 * SIM_SECOND)};
    return w;
}

/* Where files go bad: anywhere, or in the journal alone. */
static struct sim_inode *disks(void)
{
    struct sim_inode *journal = is_of_journal() ? place("/state/journal") : NULL;

    return journal ? journal : sim_disk_root();
}

static void fail_calls(void)
{
    static const int errors[] = {EIO, ENOSPC, EMFILE, ENOMEM, EACCES, EIO, SIM_SHORT};
    static const unsigned often[] = {1, 1, 3, 20, 200};
    struct sim_weather *w = any_weather();

    w->error = errors[sim_below(7)];
    w->calls = sim_one_in(3) ? (1u << SIM_CALLS) - 1 : 1u << sim_below(SIM_CALLS);
    w->one_in = often[sim_below(5)];
    if (sim_one_in(2)) { /* a bad place of the disk */
        const struct sim_inode *file = sim_disk_any(disks(), w->disk);
        w->file = file ? file->number : 0;
        w->error = EIO;
        w->calls = 1u << SIM_CALL_READ | 1u << SIM_CALL_WRITE | 1u << SIM_CALL_SYNC;
    }
    sim_trace("calls %x of disk %d, file %u, fail with %d, one in %u", w->calls, (int)w->disk,
              w->file, w->error, w->one_in);
}

static void slow_disk(void)
{
    any_weather()->delay_us = sim_spread(1000, SIM_SECOND);
}

static void full_disk(void)
{
    enum sim_disk disk = (enum sim_disk)sim_below(2);

    sim_climate.room[disk] =
        sim_climate.room[disk] ? 0 : sim_disk_used(disk) + (uint64_t)sim_spread(1, 200000);
    sim_trace("disk %d has room for %llu bytes", (int)disk,
              (unsigned long long)sim_climate.room[disk]);
}

/* --- time --- */

static void set_clock(void)
{
    static const int64_t years[] = {-56, -1, 10, 30};
    int64_t error = 0;

    if (sim_one_in(2)) {
        error = sim_one_in(2) ? years[sim_below(4)] * YEAR_US
                              : (sim_one_in(2) ? 1 : -1) * sim_spread(120, 7200) * SIM_SECOND;
    }
    sim_trace("the clock is wrong by %lld s", (long long)(error / SIM_SECOND));
    note_clock(error != 0 && !sim_httpd_has_recorded());
    sim.wall_error = error;
    note_clock(0);
}

static void idle(void)
{
    sim_history_go_on(sim_spread(SIM_SECOND, 40 * SIM_SECOND));
}

/* Nobody asks, and the recorder is stopped for hours; then it is time for what is done by the hour,
 * and a clock that was wrong for so long is believed. */
static void stand_for_hours(void)
{
    int64_t hours = sim_spread(1, 4) * 3600 * SIM_SECOND;

    if (sim_httpd_is_recording()) {
        sim_trace("all recorders stand for hours");
        note_clock(sim.wall_error != 0);
        sim_process_stand(sim.ticks + hours);
        sim_history_go_on(hours);
    }
}

/* --- people --- */

static void copy_files(void)
{
    sim_trace("a backup is made");
    events.state = sim_disk_copy(place("/state"));
    events.store = sim_disk_copy(place("/store"));
    events.rings_then = place("/run/slimstats.ring.old") ? 0 : events.rings; /* what is in that */
}

static void put_files_back(void)
{
    unsigned which = 1 + (unsigned)sim_below(3);

    if (!events.state) {
        copy_files();
        return;
    }
    sim_trace("older files are put back: %u", which);
    sim_httpd_stop(0);
    sim_history_go_on(4 * SIM_SECOND);
    halt();
    sim_oracle_files_were_lost();
    if (events.rings != events.rings_then) { /* what it lacks, only they counted */
        sim_oracle_excuse_all();
    }
    if (which & 1) {
        sim_disk_put_back(place("/state"), events.state);
    }
    if (which & 2) {
        sim_disk_put_back(place("/store"), events.store);
    }
    start();
}

static void remove_journal(void)
{
    struct sim_inode *directory;

    sim_httpd_stop(sim_one_in(2));
    sim_history_go_on(4 * SIM_SECOND);
    halt();
    sim_oracle_files_were_lost();
    if (events.rings > 1) { /* what went through older ones, nobody else counted */
        sim_oracle_excuse_all();
    }
    directory = place("/state/journal");
    for (size_t i = directory ? directory->names.count : 0; i-- > 0;) {
        if (strcmp(directory->names.entry[i].name, "identity") != 0) {
            sim_trace("remove %s", directory->names.entry[i].name);
            sim_name_remove(directory, directory->names.entry[i].name);
        }
    }
    if (directory) {
        sim_file_sync(directory);
    }
    start();
}

/* --- the table --- */

static const struct {
    void (*happens)(void);
    unsigned weight;
    int is_rare; /* in few histories */
} table[] = {
    {hits, 40, 0},
    {kill_recorder, 4, 0},
    {light_fuse, 8, 0},
    {restart, 3, 0},
    {reload, 3, 0},
    {kill_all, 3, 0},
    {stand, 1, 0},
    {cut_power, 2, 0},
    {cut_calm_power, 2, 0},
    {light_power_fuse, 5, 0},
    {fail_calls, 6, 0},
    {slow_disk, 2, 0},
    {full_disk, 3, 0},
    {set_clock, 3, 0},
    {idle, 2, 0},
    {stand_for_hours, 1, 1},
    {sim_history_rest, 1, 1},
    {copy_files, 2, 1},
    {put_files_back, 3, 1},
    {remove_journal, 2, 1},
};

#define KINDS (sizeof table / sizeof table[0])
#define OF_ALL 1u         /* the table's first */
#define OF_JOURNAL 0x403u /* hits, kill_recorder, fail_calls */

void sim_event_happen(void)
{
    unsigned sum = 0;
    size_t i = 0;

    for (size_t k = 0; k < KINDS; k++) {
        sum += events.chosen & 1u << k ? table[k].weight : 0;
    }
    int64_t at = (int64_t)sim_below(sum);
    for (;; i++) {
        at -= events.chosen & 1u << i ? table[i].weight : 0;
        if (at < 0) {
            break;
        }
    }
    table[i].happens();
}

/* --- beginning and end --- */

/* Of all kinds some: what happens rarely together is then often alone. */
void sim_event_begin(void)
{
    memset(&events, 0, sizeof events);
    for (size_t k = 0; k < KINDS; k++) {
        events.chosen |= sim_one_in(table[k].is_rare ? 6 : 2) ? 1u << k : 0;
    }
    events.chosen |= is_of_journal() ? OF_JOURNAL : OF_ALL;
    if (sim_one_in(FIRST_STARTS) || sim.seed > SIM_SEEDS_OF_FIRST_START) {
        sim_disk_put_back(place("/state"), NULL);
        sim_disk_put_back(place("/store"), NULL);
    }
    sim_climate.switches = sim_one_in(2) ? 0 : 1 + (unsigned)sim_spread(0, 30);
    sim_climate.late_us = sim_one_in(2) ? 20000 : sim_spread(0, 100000);
    change_settings();
    start();
}

void sim_event_end_faults(void)
{
    for (int i = 0; i < SIM_WEATHERS; i++) {
        sim_climate.weather[i].until = 0;
    }
    memset(sim_climate.room, 0, sizeof sim_climate.room);
    sim_process_calm();
    if (events.is_clock_unsure || sim_one_in(2)) {
        sim.wall_error = 0;
    }
    start();
    hits();
}

int sim_event_may_be_state(enum slim_state state)
{
    int is_of_clock = state == SLIM_STATE_CLOCK_AHEAD || state == SLIM_STATE_CLOCK_BACK;

    if (events.is_clock_unsure) {
        return state == SLIM_STATE_OK || is_of_clock;
    }
    return state
           == (sim.wall_error == 0  ? SLIM_STATE_OK
               : sim.wall_error > 0 ? SLIM_STATE_CLOCK_AHEAD
                                    : SLIM_STATE_CLOCK_BACK);
}
