/* The simulator's program: histories, one after the other, in a process that is renewed when one of
 * them fails, and now and then. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>
#include <sqlite3.h>

#include "history.h"
#include "machine.h"
#include "memory.h"
#include "outside.h"
#include "world.h"

#define HANGS_S 20 /* a history takes some milliseconds */
#define FAILURES_MAX 20
#define LIVES 1000 /* of a process */
#define LISTED_MAX 10000

static enum { SHOWS_FAILURES, SHOWS_DIGESTS, SHOWS_STEPS } shows;

static uint64_t number(const char *text)
{
    return strtoull(text, NULL, 10);
}

/* Without what stands before a message. */
static void log_line(const char *line, size_t length)
{
    const char *text = memmem(line, length, ":tid ", 5);

    text = text ? memchr(text, ' ', length - (size_t)(text - line)) : NULL;
    text = text ? memchr(text + 1, ' ', length - (size_t)(text + 1 - line)) : NULL;
    text = text ? text + 1 : line;
    sim_trace("log: %.*s", (int)(line + length - text) - (line[length - 1] == '\n'), text);
}

/* --- seeds --- */

struct seeds {
    uint64_t first, count;
    uint64_t *listed; /* NULL: first and those after it */
};

static uint64_t seed_at(const struct seeds *seeds, uint64_t i)
{
    return seeds->listed ? seeds->listed[i] : seeds->first + i;
}

/* From standard input, one a line, and what they once found. */
static struct seeds read_listed(void)
{
    struct seeds seeds = {0};
    char line[256];

    seeds.listed = calloc(LISTED_MAX, sizeof *seeds.listed);
    while (seeds.count < LISTED_MAX && fgets(line, sizeof line, stdin)) {
        if (line[0] >= '0' && line[0] <= '9') {
            seeds.listed[seeds.count++] = number(line);
        }
    }
    return seeds;
}

/* --- lives --- */

static uint64_t *at; /* the seed that is lived, by its place: seen by the parent */

static void live(uint64_t seed)
{
    alarm(HANGS_S);
    sim_world_begin(seed, shows == SHOWS_STEPS);
    sim_history_live();
    if (shows == SHOWS_DIGESTS) {
        printf("%" PRIu64 " %016" PRIx64 "\n", seed, sim.digest);
    }
}

/* One after the other, until one fails, which ends the process. */
static void live_some(const struct seeds *seeds, uint64_t first)
{
    uint64_t lives = SIM_MEMORY_COMES_BACK ? LIVES : 1;

    for (*at = first; *at < seeds->count && *at - first < lives; ++*at) {
        live(seed_at(seeds, *at));
        sim_memory_return();
    }
    sim_end_history(0);
}

/* 0: all was well. */
static int try_some(const struct seeds *seeds)
{
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        live_some(seeds, *at);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        perror("sim");
        exit(2);
    }
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "seed %" PRIu64 ": ends by signal %d\n", seed_at(seeds, *at),
                WTERMSIG(status));
    }
    return status;
}

/* Gives how many failed; *at: so many were lived. */
static unsigned try_all(const struct seeds *seeds, unsigned failures_max)
{
    unsigned failed = 0;

    while (*at < seeds->count && failed < failures_max) {
        if (try_some(seeds) != 0) {
            failed++;
            ++*at;
        }
    }
    return failed;
}

/* --- the program --- */

static int usage(void)
{
    fputs("sim [--trace | --digests] --seed N | --seeds FIRST COUNT [FAILURES] | --listed <FILE\n",
          stderr);
    return 2;
}

/* Addresses are a part of chance, too; and what the linker has still to find would be found again
 * in each history. */
static void fix_addresses(char **argv)
{
    int now = personality(0xffffffff);

    if (now >= 0 && !((now & ADDR_NO_RANDOMIZE) && getenv("LD_BIND_NOW"))
        && personality((unsigned)now | ADDR_NO_RANDOMIZE) >= 0) {
        setenv("LD_BIND_NOW", "1", 1);
        execv("/proc/self/exe", argv);
    }
}

static void prepare(void)
{
    setenv("TZ", "UTC", 1);
    sim_logged = log_line;
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (apr_initialize() != APR_SUCCESS) {
        exit(2);
    }
    sim_history_prepare();
    at = mmap(NULL, sizeof *at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sim_memory_keep();
}

int main(int argc, char **argv)
{
    struct seeds seeds = {0};
    unsigned failures_max = FAILURES_MAX;

    fix_addresses(argv);
    if (argc > 1) {
        shows = strcmp(argv[1], "--trace") == 0     ? SHOWS_STEPS
                : strcmp(argv[1], "--digests") == 0 ? SHOWS_DIGESTS
                                                    : SHOWS_FAILURES;
    }
    argv += shows != SHOWS_FAILURES;
    argc -= shows != SHOWS_FAILURES;
    if (argc == 3 && strcmp(argv[1], "--seed") == 0) {
        seeds = (struct seeds){.first = number(argv[2]), .count = 1};
    } else if ((argc == 4 || argc == 5) && strcmp(argv[1], "--seeds") == 0) {
        seeds = (struct seeds){.first = number(argv[2]), .count = number(argv[3])};
        failures_max = argc == 5 ? (unsigned)number(argv[4]) : FAILURES_MAX;
    } else if (argc == 2 && strcmp(argv[1], "--listed") == 0) {
        seeds = read_listed();
    } else {
        return usage();
    }
    prepare();
    unsigned failed = try_all(&seeds, failures_max);
    printf("%" PRIu64 " histories, %u failed\n", *at, failed);
    return failed > 0;
}
