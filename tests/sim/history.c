/* What happens, one event after the other, and what must be true in the end. */
#include "history.h"

#include <stdio.h>
#include <string.h>

#include "event.h"
#include "httpd.h"
#include "oracle.h"
#include "outside.h"
#include "world.h"

#define SLICE_US (SIM_SECOND / 2)  /* the parent looks at its recorder so often */
#define SLACK_US (4 * SIM_SECOND)  /* from ring to journal, beyond SlimStatsSync */
#define QUIET_US (30 * SIM_SECOND) /* until all is stored */
#define PREPARE_US (20 * SIM_SECOND)
#define EVENTS_MAX 40

static struct {
    int64_t calm_since;
} history;

/* --- time goes by --- */

/* Hits are safe that came before the last moments, if nothing was wrong since. */
static void note_calm(void)
{
    int64_t window = sim_httpd.settings.sync_s * SIM_SECOND + SLACK_US;

    if (!sim_httpd_is_recording() || sim_httpd.recorder->stands_until > sim.ticks) {
        history.calm_since = sim.ticks;
    }
    if (sim_climate.failed_at > history.calm_since) {
        history.calm_since = sim_climate.failed_at;
    }
    if (sim_climate.failed_syncs > 0) { /* what it was to sync may never reach the disk */
        sim_climate.failed_syncs = 0;
        sim_oracle_doubt_unsafe();
    }
    if (sim.ticks - window > history.calm_since) {
        sim_oracle_safe_until(sim.ticks - window);
    }
}

void sim_history_go_on(int64_t us)
{
    int64_t until = sim.ticks + us;

    while (sim.ticks < until) {
        int64_t next = sim.ticks + SLICE_US;
        struct sim_process *struck = sim_run(next < until ? next : until);
        if (struck && struck->is_alive) {
            sim_event_accident(struck);
        }
        note_calm();
        sim_httpd_watch();
    }
}

/* --- a life --- */

/* Data files, empty ones. */
static void make_data(void)
{
    static const char *const names[] = {"regexes.yaml",     "agents.yaml",   "robots.tsv",
                                        "probes.tsv",       "sources.tsv",   "names.tsv",
                                        "paths.tsv",        "hosting.tsv",   "slim_ids.tsv",
                                        "referer_spam.txt", "parameters.txt"};
    static const char no_rules[] = "user_agent_parsers: []\n";

    struct sim_inode *data = sim_disk_find(NULL, "/data", NULL, NULL);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct sim_inode *file = sim_file_make(data, names[i], 0);
        sim_file_write(file, 0, no_rules, strstr(names[i], ".yaml") ? strlen(no_rules) : 0);
        sim_file_sync(file);
    }
    sim_file_sync(data);
}

void sim_history_prepare(void)
{
    sim_world_begin(0, 0);
    sim_disk_begin();
    sim_machine_begin();
    sim_oracle_begin();
    sim_httpd_begin();
    memset(&sim_climate, 0, sizeof sim_climate);
    make_data();
    sim_httpd_start();
    sim_history_go_on(PREPARE_US);
    sim_httpd_stop(0);
    sim_run(sim.ticks + PREPARE_US);
    sim_machine_halt();
    sim_httpd.recorder = NULL;
    sim_disk_cut((const unsigned[SIM_DISKS]){100, 100, 0});
}

void sim_history_rest(void)
{
    int64_t until = sim.ticks + QUIET_US;
    const char *finding = "nothing";

    sim_trace("faults are over");
    sim_event_end_faults();
    while (sim.ticks < until) {
        sim_history_go_on(2 * SIM_SECOND);
        finding = sim_oracle_look();
        if (!finding) {
            return;
        }
        sim_trace("not yet: %s", finding);
    }
    sim_failed("%s", finding);
}

void sim_history_live(void)
{
    int64_t events = sim_spread(2, EVENTS_MAX);

    history.calm_since = sim.ticks;
    memset(&sim_climate, 0, sizeof sim_climate);
    sim_oracle_begin();
    sim_event_begin();
    for (int64_t i = 0; i < events; i++) {
        sim_history_go_on(sim_spread(1000, 3 * SIM_SECOND));
        sim_event_happen();
    }
    sim_history_rest();
    sim_trace("all is well, digest %016llx", (unsigned long long)sim.digest);
}
