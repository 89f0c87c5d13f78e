/* The simulator's program: one process a history. */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>
#include <sqlite3.h>

#include "history.h"
#include "machine.h"
#include "outside.h"
#include "world.h"

#define HANGS_S 20 /* a history takes some milliseconds */
#define FAILURES_MAX 20

static int traces;

/* Without what stands before a message. */
static void log_line(const char *line, size_t length)
{
    const char *text = memmem(line, length, ":tid ", 5);

    text = text ? memchr(text, ' ', length - (size_t)(text - line)) : NULL;
    text = text ? memchr(text + 1, ' ', length - (size_t)(text + 1 - line)) : NULL;
    text = text ? text + 1 : line;
    sim_trace("log: %.*s", (int)(line + length - text) - (line[length - 1] == '\n'), text);
}

static void live(uint64_t seed)
{
    alarm(HANGS_S);
    sim_world_begin(seed, traces);
    sim_history_live();
    sim_end_history(0);
}

/* 0: all was well. */
static int try(uint64_t seed)
{
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        live(seed);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        perror("sim");
        exit(2);
    }
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "seed %" PRIu64 ": ends by signal %d\n", seed, WTERMSIG(status));
    }
    return status;
}

/* Seeds from standard input, one a line, and what they once found. */
static unsigned try_listed(unsigned *failed)
{
    char line[256];
    unsigned count = 0;

    while (fgets(line, sizeof line, stdin)) {
        if (line[0] >= '0' && line[0] <= '9') {
            *failed += try(strtoull(line, NULL, 10)) != 0;
            count++;
        }
    }
    return count;
}

static int usage(void)
{
    fputs("sim [--trace] --seed N | --seeds FIRST COUNT [FAILURES] | --listed <FILE\n", stderr);
    return 2;
}

/* Addresses are a part of chance, too. */
static void fix_addresses(char **argv)
{
    int now = personality(0xffffffff);

    if (now >= 0 && !(now & ADDR_NO_RANDOMIZE)
        && personality((unsigned)now | ADDR_NO_RANDOMIZE) >= 0) {
        execv("/proc/self/exe", argv);
    }
}

static unsigned try_range(uint64_t first, uint64_t count, unsigned failures_max, unsigned *failed)
{
    uint64_t seed = first;

    while (seed < first + count && *failed < failures_max) {
        *failed += try(seed++) != 0;
    }
    return (unsigned)(seed - first);
}

static uint64_t number(const char *text)
{
    return strtoull(text, NULL, 10);
}

int main(int argc, char **argv)
{
    unsigned failed = 0, count = 0;

    fix_addresses(argv);
    traces = argc > 1 && strcmp(argv[1], "--trace") == 0;
    argv += traces;
    argc -= traces;
    setenv("TZ", "UTC", 1);
    mallopt(M_MMAP_THRESHOLD, 1 << 30); /* memory that is used again costs no page fault */
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    sim_logged = log_line;
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    if (apr_initialize() != APR_SUCCESS) {
        return 2;
    }
    sim_history_prepare();
    if (argc == 3 && strcmp(argv[1], "--seed") == 0) {
        count = try_range(number(argv[2]), 1, 1, &failed);
    } else if ((argc == 4 || argc == 5) && strcmp(argv[1], "--seeds") == 0) {
        unsigned failures_max = argc == 5 ? (unsigned)number(argv[4]) : FAILURES_MAX;
        count = try_range(number(argv[2]), number(argv[3]), failures_max, &failed);
    } else if (argc == 2 && strcmp(argv[1], "--listed") == 0) {
        count = try_listed(&failed);
    } else {
        return usage();
    }
    printf("%u histories, %u failed\n", count, failed);
    return failed > 0;
}
