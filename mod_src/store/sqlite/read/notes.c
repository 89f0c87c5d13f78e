/* The notes beside the course of a period. */
#include "reader.h"

#include <apr_strings.h>

static struct slim_text take_text(sqlite3_stmt *row, int column, apr_pool_t *pool)
{
    size_t length = (size_t)sqlite3_column_bytes(row, column);

    return (struct slim_text){apr_pstrmemdup(pool, slim_sql_column_text(row, column), length),
                              length};
}

/* 0: of a kind that a newer version knows. */
static int take_note(sqlite3_stmt *row, struct slim_note *note, apr_pool_t *pool)
{
    int kind = slim_note_kind_find(take_text(row, 3, pool));

    if (kind < 0) {
        return 0;
    }
    *note = (struct slim_note){.number = sqlite3_column_int64(row, 0),
                               .kind = (enum slim_note_kind)kind,
                               .at_s = sqlite3_column_int64(row, 1),
                               .until_s = sqlite3_column_int64(row, 2),
                               .site = take_text(row, 4, pool),
                               .text = take_text(row, 5, pool),
                               .times = (uint64_t)sqlite3_column_int64(row, 6),
                               .hits = (uint64_t)sqlite3_column_int64(row, 7)};
    return 1;
}

static void turn_round(apr_array_header_t *notes)
{
    struct slim_note *note = (struct slim_note *)notes->elts;

    for (int a = 0, b = notes->nelts - 1; a < b; a++, b--) {
        struct slim_note kept = note[a];
        note[a] = note[b];
        note[b] = kept;
    }
}

void slim_sqlite_read_notes(struct slim_sqlite *store, const struct slim_query *query,
                            struct slim_answer *answer, apr_pool_t *pool)
{
    const struct slim_composition c = {.query = query, .robots = query->robots};
    sqlite3_stmt *statement = slim_sqlite_ask(store, &c, "answer/notes", query->since, query->until,
                                              SLIM_VALUES(slim_value(":notes", SLIM_NOTES_MAX)));

    answer->notes = apr_array_make(pool, 4, sizeof(struct slim_note));
    while (slim_sql_step(store, statement)) {
        struct slim_note note;
        if (take_note(statement, &note, pool)) {
            APR_ARRAY_PUSH(answer->notes, struct slim_note) = note;
        }
    }
    sqlite3_finalize(statement);
    turn_round(answer->notes);
}
