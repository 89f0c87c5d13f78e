/* A table in shared memory. A lock guards all of it, for as long as it takes to copy an answer;
 * whoever makes one holds the lock of its place meanwhile, so that others see whether it lives. */
#include "kept.h"

#include <string.h>
#include <sys/mman.h>

#include <apr_time.h>

#include "robust.h"

#define PLACES 16
#define KEY_MAX 8192
#define BODY_MAX ((size_t)256 << 10)
#define WAITING_MAX 64
#define ROUND_US 10000
#define ROUNDS 700

enum state { EMPTY, IN_THE_MAKING, READY, TOO_LARGE };

struct place {
    enum state state;
    char key[KEY_MAX];
    size_t key_length;
    uint64_t used; /* by the table's clock */
    size_t length;
    unsigned late; /* how often what was made here took too long */
};

struct table {
    pthread_mutex_t lock, making[PLACES], waiting[WAITING_MAX];
    uint64_t clock; /* counts uses */
    struct place place[PLACES];
    char body[PLACES][BODY_MAX];
};

static struct table *table;

static apr_status_t unmap(void *memory)
{
    munmap(memory, sizeof(struct table));
    table = NULL;
    return APR_SUCCESS;
}

void slim_kept_make(apr_pool_t *parent)
{
    struct table *memory =
        mmap(NULL, sizeof *memory, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    table = NULL;
    if (memory == MAP_FAILED) {
        return;
    }
    if (!slim_robust_make(&memory->lock, 1) || !slim_robust_make(memory->making, PLACES)
        || !slim_robust_make(memory->waiting, WAITING_MAX)) {
        munmap(memory, sizeof *memory);
        return;
    }
    table = memory;
    apr_pool_cleanup_register(parent, memory, unmap, apr_pool_cleanup_null);
}

/* --- while the table is locked --- */

static int has_key(const struct place *p, struct slim_text key)
{
    return p->key_length == key.length && memcmp(p->key, key.at, key.length) == 0;
}

static int find(struct slim_text key)
{
    for (int i = 0; i < PLACES; i++) {
        const struct place *p = &table->place[i];
        if (p->state != EMPTY && has_key(p, key)) {
            return i;
        }
    }
    return -1;
}

static void begin_making(int place, struct slim_text key)
{
    struct place *p = &table->place[place];

    p->state = IN_THE_MAKING;
    memcpy(p->key, key.at, key.length);
    p->key_length = key.length;
    p->used = ++table->clock;
}

/* The place that was not used for longest and that nobody is at, held now; -1: there is none. */
static int take_oldest(void)
{
    int oldest = -1;

    for (int i = 0; i < PLACES; i++) {
        if ((oldest < 0 || table->place[i].used < table->place[oldest].used)
            && slim_robust_take(&table->making[i], 1) == 0) {
            if (oldest >= 0) {
                pthread_mutex_unlock(&table->making[oldest]);
            }
            oldest = i;
        }
    }
    return oldest;
}

/* SLIM_KEPT_BUSY: somebody makes it. */
static enum slim_kept look(struct slim_text key, struct slim_buffer *body, int *place)
{
    int found = find(key);

    if (found < 0) {
        *place = take_oldest();
        if (*place < 0) {
            return SLIM_KEPT_ALONE;
        }
        begin_making(*place, key);
        return SLIM_KEPT_MAKE;
    }
    struct place *p = &table->place[found];
    if (p->state == READY) {
        p->used = ++table->clock;
        slim_buffer_add(body, table->body[found], p->length);
        return SLIM_KEPT_FOUND;
    }
    if (p->state == TOO_LARGE) {
        return SLIM_KEPT_ALONE;
    }
    *place = found;
    return slim_robust_take(&table->making[found], 1) == 0 ? SLIM_KEPT_MAKE : SLIM_KEPT_BUSY;
}

static void put(int place, const struct slim_buffer *body, int is_late)
{
    struct place *p = &table->place[place];

    if (!body) {
        p->late += is_late != 0;
        p->state = EMPTY;
        p->used = 0;
    } else if (body->length > BODY_MAX) {
        p->state = TOO_LARGE;
    } else {
        memcpy(table->body[place], body->at, body->length);
        p->length = body->length;
        p->state = READY;
    }
}

/* --- in turn --- */

static enum slim_kept look_in_turn(struct slim_text key, struct slim_buffer *body, int *place)
{
    if (!slim_robust_wait(&table->lock)) {
        return SLIM_KEPT_ALONE;
    }
    enum slim_kept is = look(key, body, place);
    pthread_mutex_unlock(&table->lock);
    return is;
}

/* As look_in_turn, by one who waits for what is made at a place since so many were late there. */
static enum slim_kept look_again(struct slim_text key, struct slim_buffer *body, int *place,
                                 int awaited, unsigned late)
{
    if (!slim_robust_wait(&table->lock)) {
        return SLIM_KEPT_ALONE;
    }
    const struct place *p = &table->place[awaited];
    enum slim_kept is =
        p->late != late && has_key(p, key) ? SLIM_KEPT_LATE : look(key, body, place);
    pthread_mutex_unlock(&table->lock);
    return is;
}

static enum slim_kept wait_for(struct slim_text key, struct slim_buffer *body, int *place)
{
    int awaited = *place;
    unsigned late = __atomic_load_n(&table->place[awaited].late, __ATOMIC_RELAXED);
    enum slim_kept is = SLIM_KEPT_BUSY;

    for (int round = 0; is == SLIM_KEPT_BUSY && round < ROUNDS; round++) {
        apr_sleep(ROUND_US);
        is = look_again(key, body, place, awaited, late);
    }
    return is;
}

enum slim_kept slim_kept_enter(struct slim_text key, int waiting_max, struct slim_buffer *body,
                               int *place)
{
    enum slim_kept is =
        table && key.length <= KEY_MAX ? look_in_turn(key, body, place) : SLIM_KEPT_ALONE;

    if (is != SLIM_KEPT_BUSY) {
        return is;
    }
    int queued =
        slim_robust_take(table->waiting, waiting_max < WAITING_MAX ? waiting_max : WAITING_MAX);
    if (queued >= 0) {
        is = wait_for(key, body, place);
        pthread_mutex_unlock(&table->waiting[queued]);
    }
    return is;
}

void slim_kept_leave(int place, const struct slim_buffer *body, int is_late)
{
    int locked = slim_robust_wait(&table->lock);

    if (locked) {
        put(place, body, is_late);
    }
    pthread_mutex_unlock(&table->making[place]);
    if (locked) {
        pthread_mutex_unlock(&table->lock);
    }
}
