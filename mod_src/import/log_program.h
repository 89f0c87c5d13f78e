/* A compiled LogFormat: what log_compile.c makes and log_line.c runs. */
#ifndef SLIM_LOG_PROGRAM_H
#define SLIM_LOG_PROGRAM_H

#include "log_client.h"
#include "log_format.h"
#include "log_time.h"

enum slim_log_item {
    LOG_SKIP,
    LOG_SKIP_WORD, /* nothing of interest, without a space in it */
    LOG_CLIENT,    /* an address, or a name */
    LOG_USER,      /* %u: no word that the line has one too few of */
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
    LOG_FLAG,  /* a header of which only "1" counts */
    /* of W3C's extended format */
    LOG_DATE,
    LOG_CLOCK,
    LOG_QUERY, /* without its question mark */
    LOG_SCHEME,
    LOG_TAKEN,          /* milliseconds, or seconds with a point */
    LOG_SITE_PREFERRED, /* before what else names one */
};

/* One thing of the line, and the text behind it. */
struct slim_log_step {
    enum slim_log_item item;
    char piece;                  /* of LOG_PIECE */
    enum slim_field field;       /* of LOG_FIELD */
    int fact;                    /* of LOG_FACT (log_fact.h) */
    uint32_t flag;               /* of LOG_FLAG */
    enum slim_log_client client; /* of LOG_CLIENT */
    int is_packed;               /* without spaces, as W3C's extended format has them */
    int quoted;                  /* between double quotes */
    struct slim_text until;
};

#define SLIM_LOG_STEPS_MAX 64

enum slim_log_kind { LOG_LINES, LOG_W3C, LOG_JSON };

#define SLIM_LOG_TOLD_MAX 512

struct slim_log_format {
    enum slim_log_kind kind;
    char separator[2];  /* of W3C's values: a space or a tab; "": not known yet */
    int site_of_target; /* a proxy's log: requests have the site's name */
    int tells;          /* lines whose fields are still to be told */
    char used[SLIM_LOG_TOLD_MAX], dropped[SLIM_LOG_TOLD_MAX];
    struct slim_text first; /* what each line begins with */
    struct slim_log_step step[SLIM_LOG_STEPS_MAX];
    int steps;
    int has_all_bytes; /* %O */
    int may_go_on;     /* a space and anything may follow the last step */
    struct slim_log_clock clock;
};

/* Notes that a field is used, or of no use, by what it is read as. */
void slim_log_format_tell(struct slim_log_format *format, struct slim_text name,
                          enum slim_log_item item);

#endif
