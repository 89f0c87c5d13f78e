/* A compiled LogFormat: what log_compile.c makes and log_line.c runs. */
#ifndef SLIM_LOG_PROGRAM_H
#define SLIM_LOG_PROGRAM_H

#include "log_format.h"
#include "log_time.h"

enum slim_log_item {
    LOG_SKIP,
    LOG_SKIP_WORD, /* nothing of interest, without a space in it */
    LOG_ADDRESS,   /* %a */
    LOG_HOST,      /* %h: an address, or a name */
    LOG_TIME,      /* %t */
    LOG_PIECE,     /* of %{format}t */
    LOG_REQUEST,
    LOG_METHOD,
    LOG_URI, /* %U, %q, or both */
    LOG_PROTOCOL,
    LOG_STATUS,
    LOG_BYTES_BODY,
    LOG_BYTES_ALL, /* %O */
    LOG_MICROSECONDS,
    LOG_MILLISECONDS,
    LOG_SECONDS,
    LOG_SITE,
    LOG_SITE_HEADER, /* %{Host}i */
    LOG_PORT,
    LOG_FIELD, /* a header kept as it is */
    LOG_FACT,  /* one kept as a code, or a bit */
};

/* One thing of the line, and the text behind it. */
struct slim_log_step {
    enum slim_log_item item;
    char piece;            /* of LOG_PIECE */
    enum slim_field field; /* of LOG_FIELD */
    int fact;              /* of LOG_FACT (log_fact.h) */
    int quoted;            /* between double quotes */
    struct slim_text until;
};

#define SLIM_LOG_STEPS_MAX 64

struct slim_log_format {
    struct slim_text first; /* what each line begins with */
    struct slim_log_step step[SLIM_LOG_STEPS_MAX];
    int steps;
    int may_go_on; /* a space and anything may follow the last step */
    struct slim_log_clock clock;
};

#endif
