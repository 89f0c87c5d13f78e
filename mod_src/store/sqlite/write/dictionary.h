/* Texts to numbers: the writer's side of the dictionaries of columns.h. */
#ifndef SLIM_SQLITE_DICTIONARY_H
#define SLIM_SQLITE_DICTIONARY_H

#include <apr_pools.h>

#include "store/columns.h"

struct slim_sqlite;
struct slim_sqlite_marks;
struct slim_sqlite_dictionaries; /* their statements and caches */

/* Prepares them for a connection, in pool; a failure is the connection's. */
struct slim_sqlite_dictionaries *slim_sqlite_dictionaries_open(struct slim_sqlite *store,
                                                               apr_pool_t *pool);

/* Numbers that a transaction gave are void once it is rolled back. */
void slim_sqlite_dictionaries_forget(struct slim_sqlite_dictionaries *dictionaries);

/* From now on marks each entry whose number is given, those that it refers to included; NULL: no
 * longer. The marks have to live until then. */
void slim_sqlite_dictionaries_watch(struct slim_sqlite_dictionaries *dictionaries,
                                    struct slim_sqlite_marks *marks);

/* Puts the numbers of a hit's texts into its row, giving new texts theirs. day: the hit's, since
 * 1970: ceilings are by the day. */
void slim_sqlite_dictionaries_fill(struct slim_sqlite *store,
                                   struct slim_sqlite_dictionaries *dictionaries, int64_t day,
                                   const struct slim_hit_texts *texts, struct slim_hit_row *row);

/* The number of one dictionary's entry. */
int64_t slim_sqlite_dictionaries_number(struct slim_sqlite *store,
                                        struct slim_sqlite_dictionaries *dictionaries,
                                        enum slim_dictionary_name name, int64_t day,
                                        const struct slim_hit_texts *texts);

#endif
