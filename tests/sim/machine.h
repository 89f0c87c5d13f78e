/* The simulated machine: processes with descriptors, locks and threads, and who of them goes next.
 *
 * There is one real thread. A simulated thread has a stack of its own, and runs until it calls the
 * outside (outside.h): there it may have to wait, lose the processor, or die with its process.
 * Nothing is interrupted between two such calls. */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include <stdint.h>
#include <sys/types.h>

#include "disk.h"

/* --- open files --- */

enum sim_opened_kind {
    SIM_OPENED_FILE,   /* also directories */
    SIM_OPENED_EVENTS, /* an eventfd */
    SIM_OPENED_LOG,    /* what is written is log lines */
    SIM_OPENED_READY,  /* the pipe by which a recorder says that it runs */
    SIM_OPENED_CHANCE  /* /dev/urandom */
};

/* What a descriptor stands for; several may stand for the same. */
struct sim_opened {
    enum sim_opened_kind kind;
    int references;
    struct sim_inode *inode;
    uint64_t offset; /* or, of events, how many */
    int is_flocked;
};

#define SIM_FDS 256

struct sim_thread;

struct sim_process {
    struct sim_process *next;
    int pid, parent;
    int is_alive, exit_code;
    int is_ending;                  /* SIGTERM is pending */
    int is_ready;                   /* it wrote into the pipe */
    int is_exposed;                 /* calls may fail, take long, and give the processor away */
    int64_t stands_until;           /* ticks until which it is stopped (SIGSTOP) */
    uint64_t fuse;                  /* calls until the accident; 0: none is due */
    unsigned fuse_calls;            /* a bit for each kind (outside.h) that counts */
    struct sim_opened *fd[SIM_FDS]; /* NULL: free */
};

extern struct sim_process *sim_process; /* that runs; NULL: the simulator itself */

/* Begins without processes. */
void sim_machine_begin(void);

/* With the descriptors of a parent, as fork has it; NULL: none. */
struct sim_process *sim_process_make(const struct sim_process *parent);
struct sim_process *sim_process_find(int pid);
/* It ends now: descriptors and locks are gone, its threads never run again. */
void sim_process_end(struct sim_process *process, int exit_code);
/* All stand until a time. */
void sim_process_stand(int64_t until);
/* No accident is due any more, and none stands. */
void sim_process_calm(void);
/* All processes end: the power is cut, or the history is over. */
void sim_machine_halt(void);

/* The lowest free descriptor of the running process; -1: EMFILE. */
int sim_fd_take(struct sim_opened *opened, int lowest);
/* NULL and EBADF: it stands for nothing. */
struct sim_opened *sim_fd_get(int fd);
int sim_fd_close(int fd);
struct sim_opened *sim_opened_make(enum sim_opened_kind kind, struct sim_inode *inode);

/* Locks of a process on bytes of a file; they are gone when it closes any descriptor of it. Gives
 * the process that is in the way; 0: none is. exclusive: -1 unlocks. */
int sim_lock(struct sim_inode *inode, int64_t from, int64_t to, int exclusive);
/* Who would be in the way; *found: is that lock exclusive. */
int sim_lock_owner(const struct sim_inode *inode, int64_t from, int64_t to, int exclusive,
                   int *found);
/* Whether the whole file is now locked for who opened it. */
int sim_flock(struct sim_opened *opened, int locks);

/* --- threads --- */

struct sim_thread *sim_thread_start(struct sim_process *process, void *(*body)(void *),
                                    void *baton);
int sim_thread_is_over(const struct sim_thread *thread);

/* The running thread waits until a time, or until it need not any more (NULL: no such thing). */
void sim_wait(int64_t until, int (*is_over)(void *), void *baton);
/* Another thread may go first. */
void sim_give_way(void);
/* The running thread never comes back. */
void sim_leave(void) __attribute__((noreturn));

/* Lets threads run until a time. Returns early when an accident happened: a fuse that ran out, or a
 * process that ended; which process, else NULL. */
struct sim_process *sim_run(int64_t until);

/* The fuse of the running process has run out: back to who called sim_run. */
void sim_accident(void) __attribute__((noreturn));

/* Ends the history's own process, for the kernel. */
void sim_end_history(int code) __attribute__((noreturn));

#endif
