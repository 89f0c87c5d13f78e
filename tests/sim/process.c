/* Processes, their descriptors and their locks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "world.h"

#define FIRST_PID 1000

struct lock {
    struct lock *next;
    const struct sim_inode *inode;
    int pid, exclusive;
    int64_t from, to;
};

struct sim_process *sim_process;
static struct sim_process *processes;
static struct lock *locks;
static int last_pid;

void sim_machine_begin(void)
{
    sim_process = processes = NULL;
    locks = NULL;
    last_pid = FIRST_PID;
}

struct sim_process *sim_process_make(const struct sim_process *parent)
{
    struct sim_process *process = calloc(1, sizeof *process);

    process->pid = ++last_pid;
    process->parent = parent ? parent->pid : 1;
    process->is_alive = 1;
    process->next = processes;
    processes = process;
    for (int i = 0; parent && i < SIM_FDS; i++) {
        process->fd[i] = parent->fd[i];
        if (process->fd[i]) {
            process->fd[i]->references++;
        }
    }
    return process;
}

struct sim_process *sim_process_find(int pid)
{
    for (struct sim_process *p = processes; p; p = p->next) {
        if (p->pid == pid && p->is_alive) {
            return p;
        }
    }
    return NULL;
}

/* --- locks --- */

static void unlock(const struct sim_inode *inode, int pid, int64_t from, int64_t to)
{
    for (struct lock **at = &locks; *at;) {
        struct lock *lock = *at;
        if (lock->pid != pid || lock->inode != inode || lock->to <= from || to <= lock->from) {
            at = &lock->next;
        } else if (lock->from < from) { /* what is left before it; nobody splits a lock in two */
            lock->to = from;
        } else if (lock->to > to) {
            lock->from = to;
        } else {
            *at = lock->next;
            free(lock);
        }
    }
}

int sim_lock_owner(const struct sim_inode *inode, int64_t from, int64_t to, int exclusive,
                   int *found)
{
    for (const struct lock *lock = locks; lock; lock = lock->next) {
        if (lock->inode == inode && lock->pid != sim_process->pid && lock->from < to
            && from < lock->to && (exclusive || lock->exclusive)) {
            *found = lock->exclusive;
            return lock->pid;
        }
    }
    return 0;
}

int sim_lock(struct sim_inode *inode, int64_t from, int64_t to, int exclusive)
{
    int found, owner = exclusive < 0 ? 0 : sim_lock_owner(inode, from, to, exclusive, &found);

    if (owner) {
        return owner;
    }
    unlock(inode, sim_process->pid, from, to);
    if (exclusive >= 0) {
        struct lock *lock = malloc(sizeof *lock);
        *lock = (struct lock){.next = locks,
                              .inode = inode,
                              .pid = sim_process->pid,
                              .exclusive = exclusive,
                              .from = from,
                              .to = to};
        locks = lock;
    }
    return 0;
}

static int is_flocked_by_another(const struct sim_opened *opened)
{
    for (const struct sim_process *p = processes; p; p = p->next) {
        for (int i = 0; i < SIM_FDS; i++) {
            const struct sim_opened *other = p->fd[i];
            if (other && other != opened && other->inode == opened->inode && other->is_flocked) {
                return 1;
            }
        }
    }
    return 0;
}

int sim_flock(struct sim_opened *opened, int wanted)
{
    if (wanted && is_flocked_by_another(opened)) {
        return 0;
    }
    opened->is_flocked = wanted;
    return 1;
}

/* --- descriptors --- */

struct sim_opened *sim_opened_make(enum sim_opened_kind kind, struct sim_inode *inode)
{
    struct sim_opened *opened = calloc(1, sizeof *opened);

    opened->kind = kind;
    opened->inode = inode;
    if (inode) {
        inode->opens++;
    }
    return opened;
}

int sim_fd_take(struct sim_opened *opened, int lowest)
{
    for (int fd = lowest; fd < SIM_FDS; fd++) {
        if (!sim_process->fd[fd]) {
            sim_process->fd[fd] = opened;
            opened->references++;
            return fd;
        }
    }
    errno = EMFILE;
    return -1;
}

struct sim_opened *sim_fd_get(int fd)
{
    struct sim_opened *opened = fd >= 0 && fd < SIM_FDS ? sim_process->fd[fd] : NULL;

    if (!opened) {
        errno = EBADF;
    }
    return opened;
}

static void let_go(struct sim_process *process, int fd)
{
    struct sim_opened *opened = process->fd[fd];

    process->fd[fd] = NULL;
    if (opened->inode) {
        unlock(opened->inode, process->pid, 0, INT64_MAX);
    }
    if (--opened->references == 0) {
        if (opened->inode) {
            opened->inode->opens--;
        }
        free(opened);
    }
}

int sim_fd_close(int fd)
{
    if (!sim_fd_get(fd)) {
        sim_failed("descriptor %d is closed, which is not open", fd);
    }
    let_go(sim_process, fd);
    return 0;
}

/* --- the end --- */

void sim_process_end(struct sim_process *process, int exit_code)
{
    process->is_alive = 0;
    process->exit_code = exit_code;
    for (int fd = 0; fd < SIM_FDS; fd++) {
        if (process->fd[fd]) {
            let_go(process, fd);
        }
    }
}

void sim_process_stand(int64_t until)
{
    for (struct sim_process *p = processes; p; p = p->next) {
        p->stands_until = until;
    }
}

void sim_process_calm(void)
{
    for (struct sim_process *p = processes; p; p = p->next) {
        p->fuse = 0;
        p->stands_until = 0;
    }
}

void sim_machine_halt(void)
{
    for (struct sim_process *p = processes; p; p = p->next) {
        if (p->is_alive) {
            sim_process_end(p, -1);
        }
    }
}
