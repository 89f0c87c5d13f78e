/* The user that a command runs as: its caller, or the owner of the store. */
#ifndef SLIM_OWNER_H
#define SLIM_OWNER_H

/* To be called before slim_cli_become_owner: the command keeps a way back, because it has yet to
 * give a file its name as whoever called. Who could make it run code of their own could take that
 * way, too: it is kept by commands that only read the store, and only while such a file is open. */
void slim_owner_keep_way_back(void);

/* Takes the way back, if there is one. It may be called from a signal's handler. */
void slim_owner_go_back(void);

/* Gives the way back up: the command is the owner for good. */
void slim_owner_leave(void);

#endif
