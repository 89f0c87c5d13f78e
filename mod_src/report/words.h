/* Names of reports and columns as words for people. */
#ifndef SLIM_WORDS_H
#define SLIM_WORDS_H

#define SLIM_WORDS_SIZE 48

/* "Bounce rate" of bounce_rate, "Page views" of pageviews: the name with a capital and blanks,
 * where it is not one that reads otherwise. Returns words. */
const char *slim_words_of(const char *name, char words[SLIM_WORDS_SIZE]);

#endif
