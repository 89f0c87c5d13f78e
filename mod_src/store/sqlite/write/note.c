/* Notes on the course of time. */
#include <stdio.h>

#include "writer.h"

static void run(struct slim_sqlite *store, const char *file, const struct slim_note *note)
{
    slim_sql_run(store, file,
                 SLIM_VALUES(slim_value_string(":kind", slim_note_kind_name(note->kind)),
                             slim_value(":at", note->at_s), slim_value(":until", note->until_s),
                             slim_value_text(":site", note->site),
                             slim_value_text(":text", note->text),
                             slim_value(":times", (int64_t)note->times),
                             slim_value(":hits", (int64_t)note->hits)));
}

apr_status_t slim_sqlite_put_note(struct slim_store *base, const struct slim_note *note)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;

    run(store, "write/note_put", note);
    return slim_sql_status(store);
}

static apr_status_t end(struct slim_sqlite_writer *w)
{
    apr_status_t rv = slim_sqlite_end(w);

    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(&w->store.base);
    }
    return rv;
}

apr_status_t slim_sqlite_add_note(struct slim_store *base, const struct slim_note *note)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    apr_status_t rv = slim_sqlite_begin(base);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (!slim_note_is_by_people(note->kind)) {
        run(&w->store, "write/note_again", note);
    }
    if (slim_note_is_by_people(note->kind) || slim_sql_changes(&w->store) == 0) {
        run(&w->store, "write/note_put", note);
    }
    return end(w);
}

apr_status_t slim_sqlite_delete_note(struct slim_store *base, int64_t number, int *found)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    apr_status_t rv = slim_sqlite_begin(base);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sql_run(&w->store, "write/note_delete", SLIM_VALUES(slim_value(":number", number)));
    *found = slim_sql_changes(&w->store) > 0;
    return end(w);
}
