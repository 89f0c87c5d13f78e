/* The one table of the words of a query: parameters of the API, options of the command, and texts
 * about mistakes in either. */
#ifndef SLIM_QUERY_WORD_H
#define SLIM_QUERY_WORD_H

#include "query.h"

/* What is said of a value that cannot be used. */
struct slim_mistake {
    const char *what;    /* behind the value: "cannot be used" */
    const char *allowed; /* in words */
};

struct slim_query_word {
    const char *name;
    char letter;             /* of the command's short option */
    int may_repeat;          /* it adds up; any other is said once */
    const char *placeholder; /* for the value, in help and manual; NULL: on the command line it has
                              * none, and is on */
    const char *allowed;     /* in words */
    const char *summary;     /* a line of the command's help */
    /* 0: the value is not allowed; *mistake then may be made to say more, in pool */
    int (*set)(struct slim_query *query, const char *value, struct slim_mistake *mistake,
               apr_pool_t *pool);
};

/* Ends with a NULL name; at most as many as unsigned has bits. */
extern const struct slim_query_word slim_query_words[];

/* NULL: there is none of that name. */
const struct slim_query_word *slim_query_word_find(const char *name);

#endif
