/* Kinds of notes, and what a note can say. */
#include "note.h"

#include <string.h>

#include "text.h"

static const char *const names[SLIM_NOTE_KINDS] = {
    [SLIM_NOTE_NOTE] = "note",     [SLIM_NOTE_RELEASE] = "release", [SLIM_NOTE_RESTART] = "restart",
    [SLIM_NOTE_CONFIG] = "config", [SLIM_NOTE_OUTAGE] = "outage",   [SLIM_NOTE_IMPORT] = "import",
    [SLIM_NOTE_PURGE] = "purge",   [SLIM_NOTE_ERASE] = "erase",     [SLIM_NOTE_EXCLUDE] = "exclude",
    [SLIM_NOTE_RULES] = "rules",   [SLIM_NOTE_ALERT] = "alert",
};

const char *slim_note_kind_name(unsigned kind)
{
    return names[kind];
}

int slim_note_kind_find(struct slim_text name)
{
    for (int i = 0; i < SLIM_NOTE_KINDS; i++) {
        if (strlen(names[i]) == name.length && memcmp(names[i], name.at, name.length) == 0) {
            return i;
        }
    }
    return -1;
}

int slim_note_is_by_people(enum slim_note_kind kind)
{
    return kind == SLIM_NOTE_NOTE || kind == SLIM_NOTE_RELEASE;
}

int slim_note_text_is_good(struct slim_text text)
{
    return text.length <= SLIM_NOTE_TEXT_MAX && slim_utf8_is_valid(text.at, text.length);
}

int slim_note_is_good(const struct slim_note *note)
{
    return slim_note_text_is_good(note->text)
           && (note->text.length > 0 || !slim_note_is_by_people(note->kind))
           && note->site.length <= SLIM_NOTE_SITE_MAX
           && slim_utf8_is_valid(note->site.at, note->site.length) && note->at_s >= 0
           && note->until_s >= note->at_s && note->until_s <= SLIM_TIME_MAX / 1000000;
}
