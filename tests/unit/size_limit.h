/* A disk that is full: files of this process may not grow beyond a limit. */
#ifndef SLIM_SIZE_LIMIT_H
#define SLIM_SIZE_LIMIT_H

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static inline void set_file_size_limit(rlim_t bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

#endif
