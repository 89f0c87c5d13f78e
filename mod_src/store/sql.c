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

const char *slim_sql_body(const char *path)
{
    const char *sql = slim_sql_find(path);

    while (sql && sql[0] == '-' && sql[1] == '-') {
        sql = strchr(sql, '\n') + 1;
    }
    return sql;
}
