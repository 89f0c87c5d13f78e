/* Notes beside the course of a period, for people. */
#ifndef SLIM_RENDER_NOTE_H
#define SLIM_RENDER_NOTE_H

#include "core/buffer.h"
#include "query/answer.h"

/* A line each, escaped as texts of tables are; nothing where there are none. */
void slim_render_notes_plain(const struct slim_answer *answer, struct slim_buffer *out);

/* A list; nothing where there are none. */
void slim_render_notes_html(const struct slim_answer *answer, struct slim_buffer *out);

#endif
