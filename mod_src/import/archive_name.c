/* Whose a robot is, and whether an answer was a leak: of hits that another store handed out. */
#include "archive_name.h"

#include "archive_row.h"
#include "enrich/rename.h"

void slim_archive_name(struct slim_archive_record *record, struct slim_agents *agents)
{
    const struct slim_hit *hit = &record->hit;
    struct slim_robot_naming naming = {.agent = hit->field[SLIM_AGENT],
                                       .hints = record->client.hints,
                                       .robot = record->client.robot};

    if (naming.robot != SLIM_ROBOT_NONE && record->client.operator.length == 0) {
        (void)slim_rename_robot(agents, &naming);
        record->client.operator= naming.operator;
        record->client.purpose = naming.purpose;
    }
    if (slim_rename_leak(agents, record->facts.resource, hit->status, hit->bytes)) {
        record->facts.marks |= SLIM_MARK_LEAK;
    }
}
