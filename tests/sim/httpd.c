/* Starting, watching and stopping; and what of httpd itself the module's code asks for. */
#include "httpd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <ap_mpm.h>
#include <unixd.h>

#include "httpd/config.h"
#include "httpd/ring_file.h"
#include "outside.h"
#include "recorder/recorder.h"
#include "world.h"

#define LOG_FD 2
#define PAUSE_MAX_S 60
#define SOON_US (10 * SIM_SECOND)
#define SEEN_US SIM_SECOND /* a recorder has looked at the clock, and said what it saw */

struct sim_httpd sim_httpd;

static struct slim_ring_files files;
static apr_pool_t *configuration; /* the pool of a generation */

/* --- what the module's code asks of httpd --- */

static struct slim_server server_config;

module AP_MODULE_DECLARE_DATA slimstats_module;
unixd_config_rec ap_unixd_config = {.user_id = 33, .group_id = 33};

apr_status_t ap_mpm_query(int query, int *result)
{
    *result = query == AP_MPMQ_GENERATION ? sim_httpd.is_reload : (int)sim_httpd.children;
    return APR_SUCCESS;
}

char *ap_runtime_dir_relative(apr_pool_t *pool, const char *path)
{
    return apr_pstrcat(pool, "/run/", path, NULL);
}

void ap_log_error_(const char *file, int line, int index, int level, apr_status_t status,
                   const server_rec *server, const char *format, ...)
{
    char text[512];
    va_list args;

    (void)file, (void)line, (void)index, (void)level, (void)status, (void)server;
    va_start(args, format);
    apr_vsnprintf(text, sizeof text, format, args);
    va_end(args);
    sim_logged(text, strlen(text));
}

/* --- settings --- */

void sim_httpd_begin(void)
{
    apr_pool_t *pool;

    memset(&sim_httpd, 0, sizeof sim_httpd);
    apr_pool_create(&pool, NULL);
    slim_settings_init(&sim_httpd.settings, pool);
    sim_httpd.settings.store = SIM_URL;
    sim_httpd.settings.state = "/state";
    sim_httpd.settings.data = "/data";
    sim_httpd.settings.agents = "/data/regexes.yaml";
    sim_httpd.settings.buffer_bytes = 1 << 18;
    sim_httpd.children = 2;
}

/* --- the recorder --- */

struct birth {
    struct slim_recorder_start start;
    struct slim_settings settings;
    apr_pool_t *pool;
};

static void *run_recorder(void *data)
{
    struct birth *birth = data;
    int code = slim_recorder_run(&birth->start, birth->pool);

    sim_trace("recorder ends with %d", code);
    sim_process_end(sim_process, code);
    return NULL;
}

static void give_fd(struct sim_process *process, int fd, enum sim_opened_kind kind)
{
    process->fd[fd] = sim_opened_make(kind, NULL);
    process->fd[fd]->references = 1;
}

static void start_recorder(int replaced)
{
    struct sim_process *process = sim_process_make(sim_httpd.parent);
    struct birth *birth = calloc(1, sizeof *birth); /* the new process's own */
    struct slim_recorder_start *start = &birth->start;

    apr_pool_create(&birth->pool, NULL);
    birth->settings = sim_httpd.settings;
    *start = (struct slim_recorder_start){.settings = &birth->settings,
                                          .ring_fd = files.fd,
                                          .ready_fd = SIM_FDS - 1,
                                          .parent = sim_httpd.parent->pid,
                                          .replace = replaced};
    for (int i = 0; i < SLIM_RINGS_MAX - 1; i++) {
        if (files.old_fd[i] >= 0) {
            start->old_ring_fd[start->old_rings++] = files.old_fd[i];
        }
    }
    give_fd(process, SIM_FDS - 1, SIM_OPENED_READY);
    process->is_exposed = 1;
    sim_trace("start recorder %d, ring %d, %d old ones", process->pid, files.fd, start->old_rings);
    sim_thread_start(process, run_recorder, birth);
    sim_httpd.recorder = process;
    sim_httpd.started_at = sim.ticks;
    sim_httpd.start_at = 0;
}

int sim_httpd_is_recording(void)
{
    return sim_httpd.recorder && sim_httpd.recorder->is_alive && sim_httpd.recorder->is_ready;
}

int sim_httpd_has_recorded(void)
{
    return sim_httpd_is_recording() && sim.ticks - sim_httpd.started_at > SEEN_US;
}

/* 1 s after a death, twice as long after each that came before it was ready. */
void sim_httpd_watch(void)
{
    if (!sim_httpd.parent || sim_httpd.recorder->is_alive) {
        return;
    }
    if (sim_httpd.start_at == 0) {
        int64_t pause_s = 0;
        sim_httpd.failures = sim_httpd.recorder->is_ready ? 0 : sim_httpd.failures + 1;
        for (unsigned i = 0; i < sim_httpd.failures && pause_s < PAUSE_MAX_S; i++) {
            pause_s = pause_s ? pause_s * 2 : 1;
        }
        pause_s += pause_s == 0 && sim.ticks - sim_httpd.started_at < SOON_US;
        sim_httpd.start_at = sim.ticks + pause_s * SIM_SECOND;
    }
    if (sim.ticks >= sim_httpd.start_at) {
        start_recorder(0);
    }
}

/* --- parent and children --- */

static void open_ring(void)
{
    void *configurations[] = {&server_config}; /* of the module, whose index is 0 */
    server_rec server = {.module_config = (ap_conf_vector_t *)configurations};

    server_config.settings = sim_httpd.settings;
    sim_process = sim_httpd.parent;
    if (configuration) {
        apr_pool_clear(configuration);
    } else {
        apr_pool_create(&configuration, NULL);
    }
    slim_ring_files_open(configuration, &server, &files);
    sim_process = NULL;
}

static void start_child(struct sim_child *child)
{
    memset(child, 0, sizeof *child);
    child->process = sim_process = sim_process_make(sim_httpd.parent);
    if (files.fd < 0 || slim_ring_map(files.fd, 1, &child->ring) != APR_SUCCESS) {
        sim_failed("httpd has no ring");
    }
    child->has_slot = slim_ring_claim(&child->ring, 0, &child->producer) == APR_SUCCESS;
    sim_process = NULL;
}

static void end_children(void)
{
    for (unsigned i = 0; i < SIM_CHILDREN; i++) {
        if (sim_httpd.child[i].process) {
            sim_process_end(sim_httpd.child[i].process, 0);
            sim_httpd.child[i].process = NULL;
        }
    }
    sim_httpd.running = 0;
}

static void start_children(void)
{
    for (unsigned i = 0; i < sim_httpd.children; i++) {
        start_child(&sim_httpd.child[i]);
    }
    sim_httpd.running = sim_httpd.children;
}

int sim_httpd_start(void)
{
    uint64_t epoch = sim_httpd.child[0].ring.epoch;

    configuration = NULL; /* of a process that is no more */
    sim_httpd.parent = sim_process_make(NULL);
    give_fd(sim_httpd.parent, LOG_FD, SIM_OPENED_LOG);
    sim_httpd.is_reload = 0;
    sim_httpd.failures = 0;
    open_ring();
    start_recorder(0);
    start_children();
    return sim_httpd.child[0].ring.epoch != epoch;
}

void sim_httpd_reload(void)
{
    int before = sim_httpd.recorder->is_alive ? sim_httpd.recorder->pid : 0;

    sim_httpd.is_reload = 1;
    open_ring();
    start_recorder(before);
    if (before) {
        sim_process_find(before)->is_ending = 1;
    }
    end_children();
    start_children();
}

void sim_httpd_stop(int is_killed)
{
    if (!sim_httpd.parent) {
        return;
    }
    end_children();
    if (is_killed) {
        sim_process_end(sim_httpd.recorder, -1);
    } else {
        sim_httpd.recorder->is_ending = 1;
    }
    sim_process_end(sim_httpd.parent, 0);
    sim_httpd.parent = NULL;
}

/* --- requests --- */

void sim_httpd_hit(unsigned index, unsigned n, size_t more)
{
    static char padding[4096];
    struct sim_child *child = &sim_httpd.child[index];
    struct slim_record_writer writer;
    struct slim_hit hit = {.status = 200,
                           .protocol = 1001,
                           .bytes = 100,
                           .address = {192, 0, 2, (uint8_t)(n % 3)},
                           .address_length = 4};
    char record[SLIM_RECORD_MAX], uri[32];
    int64_t wall = sim_wall();

    memset(padding, 'x', sizeof padding);
    hit.time_us = wall < 0 ? 0 : wall;
    sim_process = child->process;
    if (!child->has_slot) {
        slim_ring_count_no_slot(&child->ring);
    } else {
        snprintf(uri, sizeof uri, "/%u", n);
        slim_record_begin(&writer, record);
        slim_record_text(&writer, SLIM_SITE, "a", 1);
        slim_record_text(&writer, SLIM_METHOD, "GET", 3);
        slim_record_text(&writer, SLIM_URI, uri, strlen(uri));
        slim_record_text(&writer, SLIM_AGENT, "agent", 5);
        slim_record_text(&writer, SLIM_REFERER, padding, more);
        slim_ring_push(&child->producer, record, slim_record_end(&writer, &hit), sim_wall());
    }
    sim_process = NULL;
}
