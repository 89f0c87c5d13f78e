/* Adding up hits by their addresses: there are so many of these that SQLite, which sorts rows to
 * group them, takes four times as long. */
#ifndef SLIM_SQLITE_ADDRESSES_H
#define SLIM_SQLITE_ADDRESSES_H

#include "reader.h"

/* Gives a reader's connection the table added_address(address, hits, pageviews, bytes, errors,
 * last, country), with a row for each address that was added since slim_sqlite_addresses_forget. */
void slim_sqlite_addresses_declare(struct slim_sqlite *store, apr_pool_t *pool);
void slim_sqlite_addresses_forget(struct slim_sqlite *store);

/* For SQL: slim_add_addresses(address, hit, country, pageview, bytes, error), an aggregate whose
 * result is the number of rows that the table then has. last is the highest hit, and the country is
 * that one's. */
void slim_sqlite_add_address(sqlite3_context *context, int count, sqlite3_value **values);
void slim_sqlite_addresses_added(sqlite3_context *context);

#endif
