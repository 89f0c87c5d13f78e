/* What was told of alerts, in a file of the state directory: lines of columns with tabulators
 * between, "looked TIME", then "NAME SEVERITY SINCE TOLD AT DROPPED AT DROPPED". */
#include "watch.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "core/setting_table.h"
#include "core/tsv.h"
#include "core/write_all.h"
#include "query/segment.h"

/* --- reading --- */

static int read_number(const char *text, int64_t *number)
{
    char *end;

    *number = strtoll(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && *number < INT64_MAX;
}

static const char *take(void *baton, const char *path, struct slim_tsv *row, apr_pool_t *pool)
{
    struct slim_watch_memory *memory = baton;
    struct slim_watched *one = &memory->watched[memory->count];
    int64_t number[6];

    (void)path;
    (void)pool;
    if (row->columns == 2 && strcmp(row->column[0], "looked") == 0) {
        return read_number(row->column[1], &memory->looked) ? NULL : "this is no time";
    }
    int good = row->columns == 8 && slim_setting_is_name(row->column[0])
               && memory->count < SLIM_WATCHED_MAX;
    for (int i = 0; i < 6 && good; i++) {
        good = read_number(row->column[i + 2], &number[i]);
    }
    if (!good || (number[1] && !number[0])) {
        return "this is nothing that was kept";
    }
    *one = (struct slim_watched){
        .severity = strcmp(row->column[1], slim_alert_severity_name(SLIM_ALERT_CRITICAL)) == 0,
        .since = number[0],
        .told = number[1],
        .sample = {{number[2], (uint64_t)number[3]}, {number[4], (uint64_t)number[5]}},
    };
    apr_cpystrn(one->name, row->column[0], sizeof one->name);
    memory->count++;
    return NULL;
}

void slim_watch_remember(const char *state, struct slim_watch_memory *memory, apr_pool_t *pool)
{
    memset(memory, 0, sizeof *memory);
    slim_lists_each(state, SLIM_WATCH_FILE, take, memory, pool);
}

/* --- writing --- */

apr_status_t slim_watch_begin(const char *state, struct slim_whole_file *file, apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, state, "/" SLIM_WATCH_FILE, NULL);

    return slim_whole_file_begin(file, AT_FDCWD, path, SLIM_OVER_ANYTHING, 0600);
}

apr_status_t slim_watch_keep(struct slim_whole_file *file, const struct slim_watch_memory *memory)
{
    char line[256];
    int length = snprintf(line, sizeof line, "looked\t%" PRId64 "\n", memory->looked);
    apr_status_t rv = slim_write_all(file->fd, line, (size_t)length);

    for (int i = 0; i < memory->count && rv == APR_SUCCESS; i++) {
        const struct slim_watched *one = &memory->watched[i];
        length = snprintf(line, sizeof line,
                          "%s\t%s\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRIu64 "\t%" PRId64
                          "\t%" PRIu64 "\n",
                          one->name, slim_alert_severity_name(one->severity), one->since, one->told,
                          one->sample[0].at, one->sample[0].dropped, one->sample[1].at,
                          one->sample[1].dropped);
        rv = slim_write_all(file->fd, line, (size_t)length);
    }
    if (rv != APR_SUCCESS) {
        slim_whole_file_drop(file);
        return rv;
    }
    return slim_whole_file_end(file);
}

/* --- one of them --- */

struct slim_watched *slim_watch_of(struct slim_watch_memory *memory, const struct slim_alert *alert)
{
    struct slim_watched *one = memory->watched;

    while (one < memory->watched + memory->count && strcmp(one->name, alert->name) != 0) {
        one++;
    }
    if (one == memory->watched + SLIM_WATCHED_MAX) {
        return NULL;
    }
    if (one == memory->watched + memory->count) {
        *one = (struct slim_watched){.since = 0};
        apr_cpystrn(one->name, alert->name, sizeof one->name);
        memory->count++;
    }
    one->severity = alert->severity;
    return one;
}

/* Two samples are enough: the older one lies a window back, to twice a window. */
uint64_t slim_watch_sample(struct slim_watched *watched, const struct slim_alert *alert,
                           int64_t now, uint64_t dropped)
{
    struct slim_watch_sample *older = &watched->sample[0], *newer = &watched->sample[1];

    if (!older->at || older->at > now || older->dropped > dropped || newer->dropped > dropped) {
        *older = *newer =
            (struct slim_watch_sample){now, dropped}; /* the first, or another account */
    }
    if (now - newer->at >= alert->window) {
        *older = *newer;
        *newer = (struct slim_watch_sample){now, dropped};
    }
    return older->dropped;
}

int slim_watch_step(struct slim_watched *watched, const struct slim_alert *alert,
                    const struct slim_watch_look *look, int64_t now)
{
    int was_told = watched->told != 0;

    if (!look->is_judged || !look->holds) {
        watched->since = watched->told = 0;
        return was_told ? -1 : 0;
    }
    if (!watched->since || watched->since > now) {
        watched->since = now;
    }
    if (was_told || now - watched->since < alert->hold) {
        return 0;
    }
    watched->told = now;
    return 1;
}
