/* The SQLite store, as store.h wants it. */
#include "store/sqlite/maintain/maintain.h"
#include "store/sqlite/read/reader.h"
#include "store/sqlite/write/writer.h"

const struct slim_store_engine slim_store_sqlite = {
    .scheme = "sqlite",
    .open = slim_sqlite_open,
    .uuid = slim_sqlite_uuid,
    .position = slim_sqlite_position,
    .begin = slim_sqlite_begin,
    .put = slim_sqlite_put,
    .put_ledger = slim_sqlite_put_ledger,
    .put_lost = slim_sqlite_put_lost,
    .commit = slim_sqlite_commit,
    .rollback = slim_sqlite_rollback,
    .list_imports = slim_sqlite_list_imports,
    .commit_import = slim_sqlite_commit_import,
    .checkpoint = slim_sqlite_checkpoint,
    .ledger = slim_sqlite_ledger,
    .sizes = slim_sqlite_sizes,
    .close = slim_sqlite_close,
    .open_reader = slim_sqlite_open_reader,
    .report = slim_sqlite_report,
    .export_rows = slim_sqlite_export,
    .check = slim_sqlite_check,
    .rebuild = slim_sqlite_rebuild,
    .renew = slim_sqlite_renew,
    .renew_sets = slim_sqlite_renew_sets,
    .purge = slim_sqlite_purge,
    .count_purge = slim_sqlite_count_purge,
    .remove = slim_sqlite_remove,
    .count_removal = slim_sqlite_count_removal,
    .backup = slim_sqlite_backup,
    .restore = slim_sqlite_restore,
};
