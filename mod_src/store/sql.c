/* Looking an embedded SQL file up. */
#include "sql.h"

#include <stddef.h>
#include <string.h>

const char *slim_sql_find(const char *path)
{
    for (const struct slim_sql *sql = slim_sql_table; sql->path; sql++) {
        if (strcmp(sql->path, path) == 0) {
            return sql->text;
        }
    }
    return NULL;
}
