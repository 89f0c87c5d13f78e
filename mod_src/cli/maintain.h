/* What the maintenance commands share: they write to the store while a recorder runs, and show
 * their progress. */
#ifndef SLIM_CLI_MAINTAIN_H
#define SLIM_CLI_MAINTAIN_H

#include "cli.h"

struct slim_settings;

/* How work is shown: a line that is drawn again and again when standard error is a terminal; what
 * was found, up to a limit, on standard output. */
struct slim_maintenance {
    struct slim_store_progress progress;
    int drawn; /* a line stands there */
    int64_t drawn_us;
    unsigned shown, limit; /* findings printed, and at most */
    apr_pool_t *pool;
};

void slim_maintain_show(struct slim_maintenance *maintenance, unsigned limit, apr_pool_t *pool);
/* Wipes the line that was drawn. */
void slim_maintain_quiet(struct slim_maintenance *maintenance);

/* Reads the settings that the recorder of this state directory has left, else the defaults; prints
 * an error message and returns 0 when it cannot. */
int slim_maintain_settings(struct slim_cli *cli, struct slim_settings *settings);

/* Opens the store for writing, with the recorder's settings; prints an error message and returns
 * NULL when it cannot. Never makes one. */
struct slim_store *slim_maintain_open_writer(struct slim_cli *cli);

/* Notes on the course of time what was just done to hits, if to any. That it could not is told, and
 * no failure: what was done stays. */
void slim_maintain_note(struct slim_store *store, enum slim_note_kind kind, uint64_t hits);

/* Tells the store's last failure; returns SLIM_EXIT_FAILED. */
int slim_maintain_failed(const struct slim_store *store);

/* "2026-01-31" or "2026-01-31T10:20:00Z" of seconds since 1970, in pool. */
const char *slim_maintain_time(int64_t seconds, apr_pool_t *pool);

/* Reads options of a command that has no value options: each sets its flag. Returns 0 and *exit
 * when the command is over. */
struct slim_maintain_flag {
    int option;
    int *flag;
};
int slim_maintain_flags(struct slim_cli *cli, const struct slim_command *command, int argc,
                        const char *const *argv, const struct slim_maintain_flag *flags, int *exit);

#endif
