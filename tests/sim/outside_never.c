/* What the spine's objects call, but not in what is simulated: a history that comes here fails. */
#include "outside.h"
#include "world.h"

#define NEVER(name)                                                                                \
    SIM_OUTSIDE void sim_never_##name(void) __asm__(#name);                                        \
    void sim_never_##name(void)                                                                    \
    {                                                                                              \
        sim_failed("%s is called, which is not simulated", #name);                                 \
    }

NEVER(fopen)        /* building a country file */
NEVER(memfd_create) /* the copy of a country or network file */
NEVER(lchown)       /* root makes the state directory */
NEVER(fchown)       /* SQLite as root */
NEVER(getcwd)       /* SQLite, of a path that does not begin with / */
NEVER(rmdir)        /* SQLite's other kinds of locks */
NEVER(utime)
NEVER(mremap) /* SQLite with mmap_size */
