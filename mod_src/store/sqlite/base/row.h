/* Rows of hits and visits between their structs and SQL, as the tables of columns.h say. */
#ifndef SLIM_SQLITE_ROW_H
#define SLIM_SQLITE_ROW_H

#include <sqlite3.h>

#include "sql_text.h"
#include "store/columns.h"

/* Adds what a piece stands for, for a table T: {T_columns}, the names of its own columns;
 * {T_values}, their parameters; {T_updates}, each set to the excluded one but for the id; {T_row},
 * all columns, with those that are read through others, as slim_sqlite_row_read takes them. 0: it
 * is none of these. */
int slim_sqlite_row_piece(struct slim_sql_text *text, const char *name);

/* Gives the parameters {T_values} of a statement, its first, the values of a row. */
void slim_sqlite_row_bind(sqlite3_stmt *statement, const struct slim_stored_table *table,
                          const void *row);

/* Takes the columns {T_row} of a result, its first; returns how many they are. */
int slim_sqlite_row_read(sqlite3_stmt *result, const struct slim_stored_table *table, void *row);

/* An address as the table hit keeps it: IPv4 as a number, IPv6 as text, '' for none. */
void slim_sqlite_address_read(sqlite3_value *value, uint8_t address[16], uint8_t *length);

#endif
