/* Writing JSON: the rules of render.h in one place. */
#ifndef SLIM_RENDER_JSON_H
#define SLIM_RENDER_JSON_H

#include <jansson.h>

#include "core/buffer.h"

/* A JSON string of bytes; those that are not UTF-8 become U+FFFD. */
json_t *slim_json_text(const char *bytes, size_t length, apr_pool_t *pool);

/* Writes json and a newline, and gives json back. */
void slim_json_dump(struct slim_buffer *out, json_t *json);

/* Appends JSON text with <, > and & escaped, for pages, and what slim_escape_misleads, for
 * terminals; who reads it as JSON gets the same text. */
void slim_json_add(struct slim_buffer *out, const char *json);

#endif
