/* Invariants of our own structures, asserted before they are written and after they were read.
 *
 * Each structure has a slim_…_validate() beside it: NULL, or which invariant does not hold. What
 * comes from a file or from shared memory is judged by its reader, and is no mistake of ours; what
 * the reader hands on is valid. A recorder or a command whose structure is not valid writes nothing
 * of it: it says which one and aborts, and hits wait in ring and journal. */
#ifndef SLIM_VALID_H
#define SLIM_VALID_H

/* Goes on if broken is NULL; else logs it as a mistake of the program, and aborts. what: the
 * structure, "visit". */
void slim_must_be_valid(const char *what, const char *broken);

/* The same of what began as a row of a store, which anybody may have changed: logged once a
 * process, and nothing ends, since it would again with each batch. */
void slim_should_be_valid(const char *what, const char *broken);

#endif
