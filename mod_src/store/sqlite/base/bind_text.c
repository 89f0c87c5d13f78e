/* The one place where bytes become texts of the store. */
#include "core/text.h"
#include "statement.h"

#define MENDED_MAX 8192 /* bytes of a text that was no UTF-8 */

void slim_sql_bind_text(sqlite3_stmt *statement, int place, struct slim_text text)
{
    char mended[MENDED_MAX];

    if (slim_utf8_is_valid(text.at, text.length)) {
        sqlite3_bind_text(statement, place, text.at ? text.at : "", (int)text.length,
                          SQLITE_STATIC);
        return;
    }
    size_t length = slim_utf8_mend(text, mended, sizeof mended);
    sqlite3_bind_text(statement, place, mended, (int)length, SQLITE_TRANSIENT);
}
