/* httpd as the spine sees it: a parent that makes the ring (with the module's own code,
 * httpd/ring_file.c) and starts the recorder again when it died, and children that push hits. */
#ifndef SIM_HTTPD_H
#define SIM_HTTPD_H

#include "core/ring.h"
#include "core/settings.h"
#include "machine.h"

#define SIM_CHILDREN 4
#define SIM_URL "sqlite:/store/stats.db"

struct sim_child {
    struct sim_process *process;
    struct slim_ring ring;
    struct slim_ring_producer producer;
    int has_slot;
};

struct sim_httpd {
    struct slim_settings settings; /* of the next start or reload */
    struct sim_process *parent;    /* NULL: httpd does not run */
    struct sim_process *recorder;  /* the last one; it may have ended */
    struct sim_child child[SIM_CHILDREN];
    unsigned children; /* of the next start or reload */
    unsigned running;  /* children that run */
    int has_ring;
    int is_reload;
    int64_t start_at; /* ticks when the recorder is started again; 0: it runs */
    unsigned failures;
    int64_t started_at;
};

extern struct sim_httpd sim_httpd;

/* Settings as they are without httpd.conf, on the simulated disks. */
void sim_httpd_begin(void);
/* A full start: 1, it made another ring. A reload keeps the ring, and old and new recorder are at
 * work for a moment. */
int sim_httpd_start(void);
void sim_httpd_reload(void);
/* Ends children, recorder and parent; those killed have no time to. */
void sim_httpd_stop(int is_killed);
/* As the parent does once in a while: starts a recorder in the place of one that is gone. */
void sim_httpd_watch(void);
/* Whether a recorder is up. */
int sim_httpd_is_recording(void);
/* Whether it has been for a while. */
int sim_httpd_has_recorded(void);
/* A child answers a request: hit n, with some bytes more. */
void sim_httpd_hit(unsigned child, unsigned n, size_t more);

#endif
