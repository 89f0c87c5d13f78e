/* Dumps of the old table, SQL or CSV: it always goes on, and cells stay within their row. */
#include "fuzz.h"

#include "import/dump_row.h"

static void check_row(const struct slim_dump *dump, struct slim_text row)
{
    struct slim_text column[DUMP_COLUMNS];
    char *scratch = malloc(row.length + 1);

    CHECK(scratch);
    if (!slim_dump_cells(dump, row, scratch, column)) {
        for (int i = 0; i < DUMP_COLUMNS; i++) {
            CHECK(column[i].length == 0 || fuzz_is_within(column[i], row)
                  || fuzz_is_within(column[i], (struct slim_text){scratch, row.length}));
        }
    }
    free(scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slim_text text = fuzz_text(data, size), row;
    struct slim_dump dump;
    enum slim_dump_found found;
    size_t taken;

    slim_dump_begin(&dump, text);
    do {
        int was_inside = dump.inside;
        found = slim_dump_next(&dump, text, 1, &taken, &row);
        CHECK(taken <= text.length);
        CHECK(found == DUMP_MORE || taken > 0 || (was_inside && !dump.inside));
        if (found == DUMP_ROW) {
            CHECK(row.length <= SLIM_DUMP_ROW_MAX && fuzz_is_within(row, text));
            check_row(&dump, row);
        }
        text.at += taken;
        text.length -= taken;
    } while (found != DUMP_MORE);
    return 0;
}
