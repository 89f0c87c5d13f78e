/* What only Linux has. All else is POSIX, or Linux and the BSDs have it alike (getrandom,
 * memfd_create, pipe2, posix_fallocate, setresuid); another system is another branch here. */
#ifndef SLIM_PLATFORM_H
#define SLIM_PLATFORM_H

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* A clock that nobody sets, and that goes on while the machine sleeps. */
#define SLIM_CLOCK_OF_BOOT CLOCK_BOOTTIME

/* Links to the program of this process, and to what a descriptor is open for (a format, its number
 * an int). */
#define SLIM_LINK_OF_PROGRAM "/proc/self/exe"
#define SLIM_LINK_OF_FD "/proc/self/fd/%d"

/* A file whose text is another one after each start of the machine. */
#define SLIM_FILE_OF_BOOT "/proc/sys/kernel/random/boot_id"

/* The number of the calling thread, as the system's tools show it. */
static inline long slim_thread_number(void)
{
    return (long)syscall(SYS_gettid);
}

/* Gives the calling thread alone a priority, from -20 to 19. 0: done; -1 and errno. */
static inline int slim_thread_nice(int nice)
{
    return setpriority(PRIO_PROCESS, (id_t)slim_thread_number(), nice);
}

/* Renames in a directory, but replaces nothing. 0: done; -1 and errno: EEXIST, and EINVAL or ENOSYS
 * where kernel or file system do not know how. */
static inline int slim_rename_to_free_name(int directory, const char *from, const char *to)
{
#ifdef __GLIBC__
    return renameat2(directory, from, directory, to, RENAME_NOREPLACE);
#else
    return (int)syscall(SYS_renameat2, directory, from, directory, to, 1u);
#endif
}

/* Gives back the room of the first bytes of a file, whose size stays. 0: done; -1 and errno. */
static inline int slim_give_room_back(int fd, off_t bytes)
{
    return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, bytes);
}

/* SIGTERM comes when the parent is gone; a change of user takes that away again. */
static inline void slim_end_with_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

/* Programs that are set-user-ID are ordinary ones from now on, for this process and its children.
 */
static inline void slim_no_new_privileges(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* What the C library keeps of memory that was freed, for each thread, goes back to the system. */
static inline void slim_give_memory_back(void)
{
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}

#endif
