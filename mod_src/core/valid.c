/* The end of a program that is about to write what cannot be. */
#include "valid.h"

#include <stdlib.h>

#include "log.h"

void slim_must_be_valid(const char *what, const char *broken)
{
    if (broken) {
        slim_log(SLIM_LOG_ERROR,
                 "a mistake of this program, not of its data: %s: %s; it ends rather than write it",
                 what, broken);
        abort();
    }
}
