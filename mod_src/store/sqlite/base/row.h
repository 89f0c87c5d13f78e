/* Rows of hits and visits between their structs and SQL, as the tables of columns.h say. */
#ifndef SLIM_SQLITE_ROW_H
#define SLIM_SQLITE_ROW_H

#include <sqlite3.h>

#include <apr_pools.h>

#include "sql_text.h"
#include "store/columns.h"

/* Adds what a piece stands for, for a table T: {T_columns}, the names of its own columns;
 * {T_updates}, each set to the excluded one but for the id; {T_row},
 * all columns, with those that are read through others, as slim_sqlite_row_read takes them. 0: it
 * is none of these. */
int slim_sqlite_row_piece(struct slim_sql_text *text, const char *name);

/* The columns of its own that a table has, "id, visitor, …", in pool. */
const char *slim_sqlite_row_columns(const struct slim_stored_table *table, apr_pool_t *pool);

/* Gives a result the value of a row in one of these, from 0 on. */
void slim_sqlite_row_give(sqlite3_context *result, const struct slim_stored_table *table,
                          const void *row, int column);

/* Takes the columns {T_row} of a result, its first; returns how many they are. */
int slim_sqlite_row_read(sqlite3_stmt *result, const struct slim_stored_table *table, void *row);

/* An address as the table hit keeps it: IPv4 as a number, IPv6 as text, '' for none. */
void slim_sqlite_address_read(sqlite3_value *value, uint8_t address[16], uint8_t *length);

#endif
