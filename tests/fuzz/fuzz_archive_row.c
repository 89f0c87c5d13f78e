/* Archives of stores: whatever a line says, its texts stay within what they were read from, and its
 * numbers are possible ones. */
#include "fuzz.h"

#include "import/archive_row.h"

static void check_text(struct slim_text text, const char *scratch, size_t length)
{
    CHECK(text.length == 0 || fuzz_is_within(text, (struct slim_text){scratch, length}));
}

static void check_record(const struct slim_archive_record *record, const char *scratch,
                         size_t length)
{
    if (record->sort == SLIM_ARCHIVE_HIT) {
        CHECK(record->hit.time_us >= 0 && record->hit.time_us <= SLIM_TIME_MAX);
        CHECK(record->facts.kind < SLIM_KINDS && record->client.robot < SLIM_ROBOT_OWN);
        CHECK(record->facts.channel < SLIM_CHANNELS);
        check_text(record->facts.resource, scratch, length);
        check_text(record->hit.field[SLIM_AGENT], scratch, length);
        check_text(record->client.hints, scratch, length);
    } else if (record->sort == SLIM_ARCHIVE_TITLE) {
        check_text(record->title, scratch, length);
    } else if (record->sort == SLIM_ARCHIVE_NOTE) {
        CHECK(slim_note_is_good(&record->note));
        check_text(record->note.text, scratch, length);
    } else if (record->sort == SLIM_ARCHIVE_LOG) {
        CHECK(strlen(record->import.name) < sizeof record->name);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct slim_archive_record record;
    struct slim_text text = fuzz_text(data, size);
    struct slim_archive archive;
    char *scratch = malloc(size + 1);

    CHECK(scratch);
    (void)slim_archive_is(text);
    if (!slim_archive_begin(&archive, text)) {
        while (text.length > 0) {
            const char *stop = memchr(text.at, '\n', text.length);
            struct slim_text line = {text.at, stop ? (size_t)(stop - text.at) : text.length};
            if (!slim_archive_read(&archive, line, scratch, &record)) {
                check_record(&record, scratch, line.length);
            }
            text.at += line.length + (stop != NULL);
            text.length -= line.length + (stop != NULL);
        }
    }
    free(scratch);
    return 0;
}
