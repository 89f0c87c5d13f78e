/* Places are locks in memory that is shared. */
#include "gate.h"

#include <sys/mman.h>

#include <apr_time.h>

#include "robust.h"

#define AT_ONCE 2
#define WAITING 8
#define ROUND_US 10000
#define ROUNDS 200

struct gate {
    pthread_mutex_t running[AT_ONCE], waiting[WAITING];
    int told[SLIM_TOLDS];
};

static struct gate *gate;

static apr_status_t unmap(void *memory)
{
    munmap(memory, sizeof(struct gate));
    gate = NULL;
    return APR_SUCCESS;
}

void slim_gate_make(apr_pool_t *parent)
{
    struct gate *memory =
        mmap(NULL, sizeof *memory, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    gate = NULL;
    if (memory == MAP_FAILED) {
        return;
    }
    if (!slim_robust_make(memory->running, AT_ONCE)
        || !slim_robust_make(memory->waiting, WAITING)) {
        munmap(memory, sizeof *memory);
        return;
    }
    gate = memory;
    apr_pool_cleanup_register(parent, memory, unmap, apr_pool_cleanup_null);
}

static int wait_for_place(void)
{
    int place = -1, queued = slim_robust_take(gate->waiting, WAITING);

    if (queued < 0) {
        return -1;
    }
    for (int round = 0; place < 0 && round < ROUNDS; round++) {
        apr_sleep(ROUND_US);
        place = slim_robust_take(gate->running, AT_ONCE);
    }
    pthread_mutex_unlock(&gate->waiting[queued]);
    return place;
}

int slim_gate_enter(int may_wait)
{
    if (!gate) {
        return -1;
    }
    int place = slim_robust_take(gate->running, AT_ONCE);
    return place < 0 && may_wait ? wait_for_place() : place;
}

void slim_gate_leave(int place)
{
    pthread_mutex_unlock(&gate->running[place]);
}

int slim_gate_is_first(enum slim_gate_told what)
{
    return gate && __atomic_exchange_n(&gate->told[what], 1, __ATOMIC_RELAXED) == 0;
}
