/* Notes on the course of time: what happened that explains a change of the numbers. Some are made
 * by people, most by the recorder and by commands. */
#ifndef SLIM_NOTE_H
#define SLIM_NOTE_H

#include <stdint.h>

#include "hit.h"

enum slim_note_kind {
    SLIM_NOTE_NOTE,    /* by people */
    SLIM_NOTE_RELEASE, /* by people, or a deploy hook */
    SLIM_NOTE_RESTART, /* httpd was started or reloaded */
    SLIM_NOTE_CONFIG,  /* directives changed, the text names them */
    SLIM_NOTE_OUTAGE,  /* hits could not be stored, the text says why; they waited */
    SLIM_NOTE_IMPORT,  /* hits of logs were added */
    SLIM_NOTE_PURGE,   /* hits were deleted for their age, by hand */
    SLIM_NOTE_ERASE,   /* hits of a person were deleted */
    SLIM_NOTE_EXCLUDE, /* hits that a rule matches were deleted */
    SLIM_NOTE_RULES,   /* lists or data files changed, the text says which */
    SLIM_NOTE_ALERT,   /* an alert was told, from its beginning to its end; the text is its line */
    SLIM_NOTE_KINDS
};

#define SLIM_NOTE_TEXT_MAX 256
#define SLIM_NOTE_SITE_MAX 255

struct slim_note {
    int64_t number; /* of the store */
    enum slim_note_kind kind;
    int64_t at_s, until_s; /* seconds since 1970; equal: a moment */
    struct slim_text site; /* in lower case; empty: of all sites */
    struct slim_text text; /* anything that slim_note_text_is_good takes; of other kinds than those
                              by people it may be empty */
    uint64_t times;        /* how often it happened from at_s to until_s */
    uint64_t hits;         /* that it is about */
};

/* "release"; kind < SLIM_NOTE_KINDS. */
const char *slim_note_kind_name(unsigned kind);

/* -1: there is none of that name. */
int slim_note_kind_find(struct slim_text name);

/* Whether people make notes of a kind. */
int slim_note_is_by_people(enum slim_note_kind kind);

/* Whether it can be a note's text: at most SLIM_NOTE_TEXT_MAX bytes of UTF-8. */
int slim_note_text_is_good(struct slim_text text);

/* Whether a note can be kept: its text, its site, its times. */
int slim_note_is_good(const struct slim_note *note);

#endif
