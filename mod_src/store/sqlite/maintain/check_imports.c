/* The account of imports, against itself and against the rows. */
#include <inttypes.h>
#include <stdio.h>

#include "maintain.h"
#include "store/columns.h"

void slim_sqlite_check_imports(struct slim_sqlite *store, int64_t rows_from,
                               struct slim_import_account *account, char *difference, size_t size)
{
    struct slim_store_ledger ledger;
    int64_t rows = 0;

    *difference = '\0';
    slim_sql_fail(store, slim_sqlite_ledger(&store->base, 0, &ledger));
    *account = ledger.imports;
    uint64_t fates = slim_import_account_fates(account), stored = account->fate[SLIM_LINE_STORED];
    if (fates != account->lines) {
        snprintf(difference, size,
                 "the account of imports has %" PRIu64 " lines, and the fates of %" PRIu64,
                 account->lines, fates);
        return;
    }
    slim_sql_numbers(store, "maintain/count_imported",
                     SLIM_VALUES(slim_value(":imported", SLIM_ROW_FLAGS_OF_IMPORTS)), 0, &rows, 1);
    if (rows_from == 0 && (uint64_t)rows != stored) {
        snprintf(difference, size,
                 "the account of imports has %" PRIu64 " lines stored, and there are %" PRId64
                 " such rows",
                 stored, rows);
    }
}
