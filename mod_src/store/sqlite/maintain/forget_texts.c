/* A whole sweep, for a command: everything is looked at while others may write, and what nothing
 * refers to is deleted in a turn of its own, if nobody has written since; who did is looked for. */
#include <string.h>

#include "sweep.h"
#include "sweep_parts.h"

#define ROWS 100000 /* looked at between two reports of progress */
#define TRIES 5
#define EMPTY_TRIES 10

static struct slim_sqlite *store_of(const struct slim_store_sweep *s)
{
    return &s->writer->store;
}

/* Everything is looked at while others may write, and what is dead is listed; NULL: a failure. */
static struct slim_store_sweep *list_dead(struct slim_sqlite_writer *w,
                                          const struct slim_store_progress *progress,
                                          struct slim_store_swept *swept, apr_pool_t *pool)
{
    struct slim_store_sweep *s;

    if (slim_sql_begin(&w->store, "connection/begin_read") != APR_SUCCESS) {
        return NULL;
    }
    s = slim_sweep_make(w, pool);
    s->lists = 1;
    slim_sql_numbers(&w->store, "write/data_version", SLIM_NO_VALUES, -1, &s->data_version, 1);
    while (s->part != SLIM_SWEEP_DONE && slim_sql_is_well(&w->store)) {
        slim_maintain_progress(progress, "texts", swept->rows, 0);
        slim_sweep_step(s, ROWS, swept);
    }
    apr_status_t rv = slim_sql_status(&w->store);
    slim_sql_rollback(&w->store);
    return rv == APR_SUCCESS ? s : NULL;
}

/* References to dictionaries of which something is listed. */
static void keep_listed(const struct slim_store_sweep *s, struct slim_reference *reference)
{
    struct slim_reference *kept = reference;

    for (; reference->column; reference++) {
        if (s->listed[reference->to]) {
            *kept++ = *reference;
        }
    }
    *kept = (struct slim_reference){NULL, SLIM_NO_DICTIONARY};
}

/* All rows of a table with a number above after. */
static void look_above(struct slim_store_sweep *s, const char *table,
                       struct slim_reference *reference, int64_t after)
{
    keep_listed(s, reference);
    s->after = after;
    while (reference->column && slim_sweep_look(s, table, reference, ROWS, NULL) == ROWS
           && slim_sql_is_well(store_of(s))) {
    }
}

/* Marks what rows refer to by now. Whoever began to refer to something that is listed did so with a
 * hit, or with a new entry: rollups and visits have their numbers from hits. */
static void mark_again(struct slim_store_sweep *s)
{
    struct slim_reference reference[SLIM_REFERENCES_MAX] = {{NULL, SLIM_NO_DICTIONARY}};

    for (int i = 1; i < SLIM_DICTIONARIES; i++) {
        memset(s->marks.of[i].bits, 0, (size_t)s->marks.of[i].limit / 8 + 1);
    }
    slim_sweep_refer_stored(reference, &slim_stored_hit);
    look_above(s, slim_stored_hit.name, reference, INT64_MIN);
    for (int i = 1; i < SLIM_DICTIONARIES; i++) {
        memset(reference, 0, sizeof reference);
        slim_sweep_refer_entries(reference, &slim_dictionaries[i]);
        look_above(s, slim_dictionaries[i].name, reference, s->marks.of[i].limit - 1);
    }
}

static int is_listed_marked(const struct slim_store_sweep *s)
{
    int marked = 0;

    for (int i = 1; i < SLIM_DICTIONARIES; i++) {
        for (int k = 0; s->listed[i] && k < s->listed[i]->nelts; k++) {
            marked |= slim_sqlite_is_marked(&s->marks, (enum slim_dictionary_name)i,
                                            APR_ARRAY_IDX(s->listed[i], k, int64_t));
        }
    }
    return marked;
}

/* After others have written. 0: something is referred to again, or a failure. */
static int is_still_dead(struct slim_store_sweep *s)
{
    struct slim_sqlite *store = store_of(s);

    if (slim_sql_begin(store, "connection/begin_read") != APR_SUCCESS) {
        return 0;
    }
    slim_sql_numbers(store, "write/data_version", SLIM_NO_VALUES, -1, &s->data_version, 1);
    mark_again(s);
    int is_dead = slim_sql_is_well(store) && !is_listed_marked(s);
    slim_sql_rollback(store);
    return is_dead;
}

/* In a transaction, if nobody has written since the list was found to be right. */
static int delete_listed(struct slim_store_sweep *s)
{
    if (s->writer->data_version != s->data_version) {
        return 0;
    }
    for (int i = SLIM_DICTIONARIES - 1; i > 0; i--) {
        if (s->listed[i]) {
            slim_sweep_delete(s, i, s->listed[i]);
        }
    }
    return 1;
}

static apr_status_t try_listed(struct slim_sqlite_writer *w,
                               const struct slim_store_progress *progress,
                               struct slim_store_swept *swept, int *done, apr_pool_t *pool)
{
    struct slim_store_sweep *s = list_dead(w, progress, swept, pool);
    apr_status_t rv = s ? APR_SUCCESS : slim_sql_status(&w->store);

    *done = s && swept->texts == 0;
    for (int tries = 0; rv == APR_SUCCESS && !*done && tries < TRIES; tries++) {
        rv = slim_maintain_begin(w);
        if (rv == APR_SUCCESS) {
            *done = delete_listed(s);
            rv = slim_maintain_end(w);
        }
        if (rv == APR_SUCCESS && !*done && !is_still_dead(s)) {
            break;
        }
    }
    return rv;
}

/* Where others always write in between: they wait. */
static apr_status_t sweep_at_once(struct slim_sqlite_writer *w,
                                  const struct slim_store_progress *progress,
                                  struct slim_store_swept *swept, apr_pool_t *pool)
{
    apr_status_t rv = slim_maintain_begin(w);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    struct slim_store_sweep *s = slim_sweep_make(w, pool);
    *swept = (struct slim_store_swept){0};
    while (s->part != SLIM_SWEEP_DONE && slim_sql_is_well(&w->store)) {
        slim_maintain_progress(progress, "texts", swept->rows, 0);
        slim_sweep_step(s, ROWS, swept);
    }
    return slim_maintain_end(w);
}

/* A person is to be gone when the command ends; a recorder that writes and readers are waited for,
 * a second each time. One that stands still leaves it to the recorder's next checkpoint. */
static void empty_log(struct slim_sqlite_writer *w)
{
    for (int i = 0; i < EMPTY_TRIES && !(w->stop && atomic_load(w->stop)); i++) {
        if (slim_sweep_empty_log(w)) {
            return;
        }
    }
}

apr_status_t slim_sqlite_forget_texts(struct slim_store *base,
                                      const struct slim_store_progress *progress, uint64_t *texts,
                                      apr_pool_t *parent)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    struct slim_store_swept swept = {0};
    apr_pool_t *pool;
    int done;

    apr_pool_create(&pool, parent);
    apr_status_t rv = try_listed(w, progress, &swept, &done, pool);
    if (rv == APR_SUCCESS && !done) {
        rv = sweep_at_once(w, progress, &swept, pool);
    }
    *texts = rv == APR_SUCCESS ? swept.texts : 0;
    apr_pool_destroy(pool);
    empty_log(w);
    return rv;
}
