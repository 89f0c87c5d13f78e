/* A text that grows, from little: a cell of a table is one, too. Old memory stays in the pool, so a
 * buffer belongs to one answer. */
#include "buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void slim_buffer_init(struct slim_buffer *b, apr_pool_t *pool)
{
    b->pool = pool;
    b->size = 64;
    b->at = apr_palloc(pool, b->size);
    b->at[0] = '\0';
    b->length = 0;
}

static char *make_room(struct slim_buffer *b, size_t length)
{
    if (b->length + length >= b->size) {
        while (b->length + length >= b->size) {
            b->size *= 2;
        }
        char *larger = apr_palloc(b->pool, b->size);
        memcpy(larger, b->at, b->length + 1);
        b->at = larger;
    }
    return b->at + b->length;
}

void slim_buffer_add(struct slim_buffer *b, const char *bytes, size_t length)
{
    if (length > 0) {
        memcpy(make_room(b, length), bytes, length);
        b->length += length;
        b->at[b->length] = '\0';
    }
}

void slim_buffer_text(struct slim_buffer *b, const char *text)
{
    slim_buffer_add(b, text, strlen(text));
}

void slim_buffer_char(struct slim_buffer *b, char c, size_t times)
{
    memset(make_room(b, times), c, times);
    b->length += times;
    b->at[b->length] = '\0';
}

void slim_buffer_format(struct slim_buffer *b, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    slim_buffer_text(b, text);
}
