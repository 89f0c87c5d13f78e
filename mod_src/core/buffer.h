/* A text that grows, in a pool. */
#ifndef SLIM_BUFFER_H
#define SLIM_BUFFER_H

#include <apr_pools.h>

#include "hit.h"

struct slim_buffer {
    char *at; /* always terminated */
    size_t length, size;
    apr_pool_t *pool;
};

void slim_buffer_init(struct slim_buffer *buffer, apr_pool_t *pool);
void slim_buffer_add(struct slim_buffer *buffer, const char *bytes, size_t length);
void slim_buffer_text(struct slim_buffer *buffer, const char *text);
void slim_buffer_char(struct slim_buffer *buffer, char c, size_t times);
/* Formats at most 1 KiB. */
void slim_buffer_format(struct slim_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
