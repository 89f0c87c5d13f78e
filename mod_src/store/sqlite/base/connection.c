/* Safety settings of every connection: the file may have been made by somebody else. */
#include "connection.h"

#include "sql.h"

void slim_sqlite_harden(sqlite3 *db)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_exec(db, slim_sql_find("sqlite/connection/careful.sql"), NULL, NULL, NULL);
}

const char *slim_sqlite_file(const char *url)
{
    static const char scheme[] = SLIM_SQLITE_SCHEME ":";

    if (strncmp(url, scheme, sizeof scheme - 1) != 0 || !url[sizeof scheme - 1]) {
        return NULL;
    }
    return url + sizeof scheme - 1;
}
