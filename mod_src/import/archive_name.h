/* What archives of before do not say of their hits. */
#ifndef SLIM_ARCHIVE_NAME_H
#define SLIM_ARCHIVE_NAME_H

struct slim_agents;
struct slim_archive_record;

/* Names a hit's robot by the lists in use, where the archive does not, and marks a leak. */
void slim_archive_name(struct slim_archive_record *record, struct slim_agents *agents);

#endif
