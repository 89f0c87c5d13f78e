/* The command `slimstats`: a table of subcommands, one file each. */
#ifndef SLIM_CLI_H
#define SLIM_CLI_H

#include <apr_getopt.h>
#include <apr_pools.h>
#include <apr_tables.h>

#include "store/store.h"

enum { SLIM_EXIT_OK = 0, SLIM_EXIT_DEGRADED = 1, SLIM_EXIT_FAILED = 2 };

struct slim_cli {
    const char *store; /* URL */
    const char *state; /* directory, with a recorder's lock and journal */
    const char *data;  /* directory of sources.tsv and its like */
    apr_pool_t *pool;
};

/* An option as help and slimstats(1) show it; a test holds one against the other. */
struct slim_cli_option {
    const char *name;
    int key;                 /* what slim_cli_options_next() returns; a letter is its short name */
    const char *placeholder; /* for its value; NULL: it takes none */
    const char *text;        /* one line */
};

enum {
    SLIM_OPTION_LONG = 256,    /* keys from here on are no letters */
    SLIM_OPTION_COMMON = 1000, /* of all commands; they are taken where they are read */
    SLIM_OPTION_SETTING = 2000 /* of the table of settings */
};

struct slim_command {
    const char *name;
    const char *arguments;                 /* "NAME", "" */
    const char *summary;                   /* one line of the help */
    const struct slim_cli_option *options; /* ends with a NULL name; NULL: none of its own */
    int (*run)(struct slim_cli *cli, int argc, const char *const *argv);
    /* words of a question that are options, too: "since until"; "*": all; NULL: none */
    const char *words;
    int settings; /* 1: so are the recorder's settings */
};

extern const struct slim_command slim_command_report;
extern const struct slim_command slim_command_reports;
extern const struct slim_command slim_command_live;
extern const struct slim_command slim_command_status;
extern const struct slim_command slim_command_import;
extern const struct slim_command slim_command_country;
extern const struct slim_command slim_command_explain;
extern const struct slim_command slim_command_key;
extern const struct slim_command slim_command_note;
extern const struct slim_command slim_command_segment;
extern const struct slim_command slim_command_watch;
extern const struct slim_command slim_command_ranges;
extern const struct slim_command slim_command_goal;
extern const struct slim_command slim_command_lists;
extern const struct slim_command slim_command_record;
extern const struct slim_command slim_command_check;
extern const struct slim_command slim_command_rebuild;
extern const struct slim_command slim_command_purge;
extern const struct slim_command slim_command_erase;
extern const struct slim_command slim_command_exclude;
extern const struct slim_command slim_command_backup;
extern const struct slim_command slim_command_restore;
extern const struct slim_command slim_command_export;

/* Steps through a command's options (options.c): the words of a question, its own, settings, and
 * those of all commands (--store, --state, --data, --help). argv[0] is the command. Returns 1 with
 * the option's key and value, 0 at the end, -1 after an error message or the help;
 * options->exit is then the exit code. */
struct slim_cli_options {
    struct slim_cli *cli;
    const struct slim_command *command;
    apr_getopt_t *getopt;
    apr_array_header_t *all; /* struct slim_cli_option */
    apr_getopt_option_t *table;
    int exit;
};

void slim_cli_options_begin(struct slim_cli_options *options, struct slim_cli *cli,
                            const struct slim_command *command, int argc, const char *const *argv);
int slim_cli_options_next(struct slim_cli_options *options, int *option, const char **value);

/* The long name of an option that was returned: a word of a question or a setting has that name. */
const char *slim_cli_option_name(const struct slim_cli_options *options, int option);

/* After the options: whether no argument follows; prints an error message if one does. */
int slim_cli_options_end(const struct slim_cli_options *options);

/* Prints "slimstats: …" to standard error, controls and bidi controls escaped, at most 8 KiB;
 * returns SLIM_EXIT_FAILED. */
int slim_cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A command run by root becomes the owner of path, or of the directory that a file of root is in,
 * before it opens anything there: what the server's user can write must not steer root. */
int slim_cli_become_owner(const char *path);

/* Says that the store's URL is none, and how they are written; returns SLIM_EXIT_FAILED. */
int slim_cli_refuse_url(const struct slim_cli *cli);

/* Whether the store's file exists and may be a store; prints an error message if not. */
int slim_cli_store_is_there(struct slim_cli *cli);

/* The same for a URL of any kind; becomes the store's owner, and looks whether that user may read
 * it. */
int slim_cli_find_store(struct slim_cli *cli);

/* Opens the store for reading; NULL after an error message. */
struct slim_store *slim_cli_open_reader(struct slim_cli *cli);

struct slim_goals;
struct slim_segments;

/* The segments of the state directory, as its owner reads them; NULL after an error message. */
struct slim_segments *slim_cli_segments(struct slim_cli *cli);
/* Likewise its goals. */
struct slim_goals *slim_cli_goals(struct slim_cli *cli);

/* What is wrong with the lists that reports and alerts ask by, segments, goals and alerts: a fault
 * each, NULL where there is none. They are read as who runs. */
enum { SLIM_ASKING_LISTS = 3 };
void slim_cli_list_faults(const struct slim_cli *cli, const char *fault[SLIM_ASKING_LISTS]);

struct slim_ring;

/* Maps the running recorder's ring for reading; ring->fd is the caller's to close. 0: there is
 * none. */
int slim_cli_open_ring(struct slim_cli *cli, struct slim_ring *ring);

/* Where the state is: --state, else beside a SQLite store, else the default. */
const char *slim_cli_state(const struct slim_cli *cli);

#endif
