/* What is true of a journal that is written to. */
#include "journal_internal.h"

static const char *validate_buffer(const struct slim_journal *j)
{
    if (j->used > j->size || (j->used > 0 && !j->buffer)) {
        return "frames stand behind the buffer's end";
    }
    if (j->used % 8 != 0) {
        return "a frame's length is no multiple of 8";
    }
    if (j->used == 0 && j->added > 0) {
        return "records without a frame";
    }
    return NULL;
}

static const char *validate_newest(const struct slim_journal *j)
{
    if (j->end.segment != j->segment) {
        return "the end is not in the newest segment";
    }
    if (j->end.offset < SEGMENT_HEADER || j->end.offset % 8 != 0) {
        return "the end is within a header or a frame";
    }
    if (j->synced > j->end.offset) {
        return "more of the newest segment is synced than it has";
    }
    if (j->segment_first > j->end.record) {
        return "the newest segment begins behind its end";
    }
    return NULL;
}

static const char *validate_unsynced(const struct slim_journal *j)
{
    if (j->unsynced_count < 0 || j->unsynced_count > UNSYNCED_MAX) {
        return "more closed segments wait for a sync than there is room for";
    }
    for (int i = 0; i < j->unsynced_count; i++) {
        if (j->unsynced[i].fd < 0 || j->unsynced[i].from > j->unsynced[i].to) {
            return "a closed segment that waits for a sync has no bytes";
        }
    }
    return NULL;
}

const char *slim_journal_validate(const struct slim_journal *j)
{
    const char *broken = validate_buffer(j);

    if (!broken && j->fd >= 0) {
        broken = validate_newest(j);
    }
    return broken ? broken : validate_unsynced(j);
}
