/* A line while it is read: what log_line.c goes through, and log_take.c takes values for. */
#ifndef SLIM_LOG_READING_H
#define SLIM_LOG_READING_H

#include "log_program.h"

struct reading {
    struct slim_log_format *format;
    const char *begin, *at, *end;
    char *scratch;
    struct slim_hit *hit;
    struct slim_log_said *said;
    struct slim_log_moment moment;
    enum slim_log_client client; /* the field that told it */
    int has_moment, has_site, has_all_bytes, has_microseconds;
    int uris; /* parts of the URI that were read */
};

/* Takes the value of a step into the hit; NULL, or what is wrong with it. */
const char *slim_log_take(struct reading *r, const struct slim_log_step *step,
                          struct slim_text value);

/* The site of a request for a whole address, where the line names none: of a proxy. */
void slim_log_take_site_of_target(struct reading *r);

#endif
