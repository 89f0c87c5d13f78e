/* Answers that are kept for whoever asks the same again, by all of httpd's children together; and
 * equal questions that are asked once: the first asker makes the answer, the others wait for it. */
#ifndef SLIM_KEPT_H
#define SLIM_KEPT_H

#include "core/buffer.h"

enum slim_kept {
    SLIM_KEPT_FOUND, /* the body is the answer */
    SLIM_KEPT_MAKE,  /* the asker makes it, and leaves the place that it has got */
    SLIM_KEPT_ALONE, /* the same, but it is for this asker alone: there is no place to leave */
    SLIM_KEPT_BUSY,  /* somebody else makes it, and no more may wait, or not any longer */
    SLIM_KEPT_LATE   /* who made it while this asker waited was stopped for the time it took */
};

/* Called by the parent, before there are children; gone with parent. 16 answers of up to 256 KiB
 * are kept; without memory for them each asker is alone. */
void slim_kept_make(apr_pool_t *parent);

/* Looks for the answer with a key: all that an answer depends on; with more than 8 KiB each asker
 * is alone. While somebody else makes it, up to waiting_max askers on the
 * whole server, 64 at most, wait for it, for seven seconds: the time that a question may take, and
 * may wait for its turn. Whoever dies or fails while making it is followed by another. Nothing is
 * added to the body but what was found. */
enum slim_kept slim_kept_enter(struct slim_text key, int waiting_max, struct slim_buffer *body,
                               int *place);

/* Leaves a place, by the thread that has got it, with the answer; body NULL: it could not be made,
 * is_late: since it takes too long, so that those who wait now need not try. One that is larger is
 * not kept, and those who ask for it next are alone. */
void slim_kept_leave(int place, const struct slim_buffer *body, int is_late);

#endif
