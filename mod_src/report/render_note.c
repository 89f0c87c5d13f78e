/* Notes as lines, and as a list. */
#include "render_note.h"

#include <inttypes.h>

#include "escape.h"

typedef void add_text(struct slim_buffer *out, const char *bytes, size_t length);

static void add_note(const struct slim_note *note, const struct slim_zone *zone, add_text *add,
                     struct slim_buffer *out)
{
    char time[SLIM_TIME_TEXT];

    slim_buffer_text(out, slim_zone_time(zone, note->at_s, time));
    if (note->until_s > note->at_s) {
        slim_buffer_format(out, " to %s", slim_zone_time(zone, note->until_s, time));
    }
    slim_buffer_format(out, "  %s", slim_note_kind_name(note->kind));
    if (note->site.length > 0) {
        slim_buffer_text(out, "  ");
        add(out, note->site.at, note->site.length);
    }
    if (note->text.length > 0) {
        slim_buffer_text(out, "  ");
        add(out, note->text.at, note->text.length);
    }
    if (note->times > 1) {
        slim_buffer_format(out, "  %" PRIu64 " times", note->times);
    }
    if (note->hits > 0) {
        slim_buffer_format(out, "  %" PRIu64 " hits", note->hits);
    }
}

static int count(const struct slim_answer *answer)
{
    return answer->notes ? answer->notes->nelts : 0;
}

void slim_render_notes_plain(const struct slim_answer *answer, struct slim_buffer *out)
{
    slim_buffer_text(out, count(answer) > 0 ? "\nnotes:\n" : "");
    for (int i = 0; i < count(answer); i++) {
        add_note(&APR_ARRAY_IDX(answer->notes, i, struct slim_note), answer->query->zone,
                 slim_escape_plain, out);
        slim_buffer_char(out, '\n', 1);
    }
}

void slim_render_notes_html(const struct slim_answer *answer, struct slim_buffer *out)
{
    slim_buffer_text(out, count(answer) > 0 ? "<ul>\n" : "");
    for (int i = 0; i < count(answer); i++) {
        slim_buffer_text(out, "<li>");
        add_note(&APR_ARRAY_IDX(answer->notes, i, struct slim_note), answer->query->zone,
                 slim_escape_html, out);
        slim_buffer_text(out, "</li>\n");
    }
    slim_buffer_text(out, count(answer) > 0 ? "</ul>\n" : "");
}
