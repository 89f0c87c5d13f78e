/* One escaper for each place where stored bytes are shown. What is stored is what was sent; nothing
 * shows it but through one of these. */
#ifndef SLIM_ESCAPE_H
#define SLIM_ESCAPE_H

#include "core/buffer.h"

/* For terminals, pipes, CSV and TSV: C0 and C1 controls, DEL and bytes that are not UTF-8 become
 * \xHH, bidi controls, characters without width and line separators \u{HHHH}, a backslash \\.
 * Reversible. */
void slim_escape_plain(struct slim_buffer *out, const char *bytes, size_t length);

/* For HTML text and quoted attributes: & < > " ' become entities; bytes that are not UTF-8 and
 * controls U+FFFD, bidi controls and characters without width \u{HHHH}. */
void slim_escape_html(struct slim_buffer *out, const char *bytes, size_t length);

/* Valid UTF-8: each byte that is not becomes U+FFFD. Returns in pool. */
const char *slim_escape_utf8(const char *bytes, size_t length, size_t *out_length,
                             apr_pool_t *pool);

/* The next character of bytes: its length, and its code in *code; -1 in *code for a byte that is
 * not UTF-8. */
size_t slim_utf8_next(const char *bytes, size_t length, long *code);

/* Whether a terminal would act on a character, or show text otherwise than it is: controls, line
 * separators, bidi controls, what has no width. */
int slim_escape_misleads(long code);

#endif
