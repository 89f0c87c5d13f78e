/* An array as a table of SQL: "insert … select" of its rows takes two thirds of the time of as many
 * statements that are bound and run one by one, and finds the place of a row from that before it.
 */
#ifndef SLIM_SQLITE_ARRAY_H
#define SLIM_SQLITE_ARRAY_H

#include <sqlite3.h>
#include <stdint.h>

struct slim_sqlite;

struct slim_sql_array {
    const char *columns; /* "a, b, c" */
    /* Gives the result of a column, from 0 on, of a row below count. Texts and blobs are copied, or
     * live until the statement has ended. */
    void (*give)(sqlite3_context *result, const struct slim_sql_array *array, uint32_t row,
                 int column);
    const void *rows;
    uint32_t count;
};

/* Makes a table of the connection's own, whose rows are those that array has while a statement
 * reads it; it has to live as long as the connection. A failure is the connection's. */
void slim_sql_array_declare(struct slim_sqlite *store, const char *name,
                            const struct slim_sql_array *array);

#endif
