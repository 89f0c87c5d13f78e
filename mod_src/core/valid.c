/* The end of a program that is about to write what cannot be. */
#include "valid.h"

#include <stdlib.h>

#include "log.h"

void slim_should_be_valid(const char *what, const char *broken)
{
    static int is_told;

    if (broken && !is_told) {
        is_told = 1;
        slim_log(SLIM_LOG_ERROR, "a %s of the store cannot be right: %s; run slimstats check", what,
                 broken);
    }
}

void slim_must_be_valid(const char *what, const char *broken)
{
    if (broken) {
        slim_log(SLIM_LOG_ERROR,
                 "a mistake of this program, not of its data: %s: %s; it ends rather than write it",
                 what, broken);
        abort();
    }
}
