/* Which entries of the dictionaries something refers to: a bit each, as a sweep finds them
 * (maintain/sweep.c), and as the writer gives their numbers meanwhile. */
#ifndef SLIM_SQLITE_MARKS_H
#define SLIM_SQLITE_MARKS_H

#include "store/columns.h"

struct slim_sqlite_marks {
    struct {
        int64_t limit; /* entries from this number on came later: they stay */
        unsigned char *bits;
    } of[SLIM_DICTIONARIES];
};

static inline void slim_sqlite_mark(struct slim_sqlite_marks *marks, enum slim_dictionary_name name,
                                    int64_t id)
{
    if (id >= 0 && id < marks->of[name].limit) {
        marks->of[name].bits[id / 8] |= (unsigned char)(1u << id % 8);
    }
}

/* Whether an entry stays. The empty one and "(other)" always do. */
static inline int slim_sqlite_is_marked(const struct slim_sqlite_marks *marks,
                                        enum slim_dictionary_name name, int64_t id)
{
    return id <= SLIM_OTHER || id >= marks->of[name].limit
           || marks->of[name].bits[id / 8] >> id % 8 & 1;
}

#endif
