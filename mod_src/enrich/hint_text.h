/* Client hints as they are kept beside an agent: one short text of what names are made of, so that
 * they can be made again when lists have changed. What a client sends never gets there as it is.
 *
 *   "Google Chrome";v="131.0.6778.86","Chromium";v="131.0.6778.86"|"Windows"|"15.0.0"|m
 *
 * The brands in the order they came in, those that are nothing but noise left out, each with the
 * fullest version that was given; the platform and its version, both or none; m: a mobile one, of
 * some brand. What is missing at the end is left out with its bars. */
#ifndef SLIM_HINT_TEXT_H
#define SLIM_HINT_TEXT_H

#include "core/hit.h"

#define SLIM_HINT_TEXT_MAX 384

/* Of entries from before hints were kept: nobody knows whether there were any. */
#define SLIM_HINT_TEXT_UNKNOWN "?"

/* Makes the text of a hit's hints; its length, 0: they say nothing. Made again of a hit that it was
 * put into it is the same. */
size_t slim_hint_text_make(const struct slim_hit *hit, char out[SLIM_HINT_TEXT_MAX]);

/* Puts what the text says into a hit, in the place of its hints; fields point into the text. */
void slim_hint_text_put(struct slim_text text, struct slim_hit *hit);

#endif
