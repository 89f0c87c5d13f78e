/* The parameters of a request's address. */
#ifndef SLIM_HANDLER_WORDS_H
#define SLIM_HANDLER_WORDS_H

#include <apr_tables.h>
#include <httpd.h>

struct slim_query;

struct slim_word {
    const char *name, *value;
};

/* All of them, struct slim_word, in their order; NULL when the error was sent. */
apr_array_header_t *slim_words_read(request_rec *r);

/* Sets words [from, to) of a query; 0 when the error was sent. */
int slim_words_set(request_rec *r, struct slim_query *query, const apr_array_header_t *words,
                   int from, int to);

/* Whether they fit together; 0 when the error was sent. */
int slim_words_check(request_rec *r, const struct slim_query *query);

#endif
