/* The text of a statement, put together from files of sql/ and from names. Nothing is left out in
 * silence: an unknown {piece}, a file that is not there and a text that does not fit are
 * remembered, and preparing such a text fails with the file's name. */
#ifndef SLIM_SQLITE_TEXT_H
#define SLIM_SQLITE_TEXT_H

#include <stddef.h>

struct slim_sql_text {
    char *at; /* size bytes, the caller's; always ends with a NUL */
    size_t used, size;
    const char *file; /* the first that was added; NULL: none */
    char wrong[160];  /* the first thing that went wrong; "": nothing did */
};

/* What a {name} stands for: adds it to the text and returns 1, or 0 when it knows no such name.
 * baton is the caller's. */
typedef int slim_sql_piece(struct slim_sql_text *text, const char *name, void *baton);

/* Begins an empty text in size bytes at buffer. */
void slim_sql_text_begin(struct slim_sql_text *text, char *buffer, size_t size);

/* Adds plain text, which is ours: a name, an operator. */
void slim_sql_text_add(struct slim_sql_text *text, const char *plain);
void slim_sql_text_format(struct slim_sql_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds the file "house/gather_hits" (sql/sqlite/house/gather_hits.sql) without the comment that it
 * begins with. piece answers for its {names}; NULL: it must have none. */
void slim_sql_text_file(struct slim_sql_text *text, const char *file, slim_sql_piece *piece,
                        void *baton);

/* Notes what went wrong, unless something did before. */
void slim_sql_text_fail(struct slim_sql_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A {piece} and the text that stands for it. */
struct slim_sql_name {
    const char *piece, *text;
};

/* A slim_sql_piece for an array of struct slim_sql_name, its baton, which ends with a NULL. */
int slim_sql_name_piece(struct slim_sql_text *text, const char *name, void *baton);

#endif
