/* The last good version of each file of a list, in memory. */
#include "list_keeper.h"

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "core/crc32c.h"

static void forget_newest(struct slim_kept_list *list)
{
    if (list->newest_pool) {
        apr_pool_destroy(list->newest_pool);
    }
    list->newest_pool = NULL;
    list->newest = (struct slim_list_file){.path = list->path};
    list->is_new = 0;
}

/* A file that went away took a mistake with it; one that has to be there did not. */
static void load(struct slim_kept_list *list, apr_pool_t *parent)
{
    forget_newest(list);
    list->status = apr_pool_create(&list->newest_pool, parent);
    if (list->status != APR_SUCCESS) {
        list->newest_pool = NULL;
        return;
    }
    list->fault = NULL;
    list->status = slim_list_file_load(&list->newest, list->newest_pool);
    if (list->is_optional && APR_STATUS_IS_ENOENT(list->status)) {
        list->status = APR_SUCCESS;
        list->newest.fault = NULL;
    }
    list->fault = list->newest.fault;
    list->is_new = list->status == APR_SUCCESS;
}

/* Whether there is something new to it. */
static int look_again(struct slim_kept_list *list, apr_pool_t *parent)
{
    int failed = slim_watch_failed_for_now(list->status);
    apr_status_t before = list->status;

    if (!slim_watch_changed(&list->watch, list->path) && !failed) {
        return 0;
    }
    load(list, parent);
    return !failed || list->status != before || APR_STATUS_IS_ENOMEM(before);
}

int slim_kept_lists_look(struct slim_kept_list *lists, int count, apr_pool_t *parent)
{
    int changed = 0;

    for (int i = 0; i < count; i++) {
        changed |= lists[i].path && look_again(&lists[i], parent);
        changed |= lists[i].is_new; /* there was no memory to read it */
    }
    return changed;
}

int slim_kept_lists_choose(const struct slim_kept_list *lists, int first, int last,
                           struct slim_list_file *files, int *which)
{
    int count = 0;

    for (int i = first; i <= last; i++) {
        const struct slim_list_file *file = lists[i].is_new ? &lists[i].newest : &lists[i].good;
        if (file->bytes) {
            files[count] = *file;
            files[count].is_own = lists[i].is_optional;
            files[count].fault = NULL;
            which[count++] = i;
        }
    }
    return count;
}

int slim_kept_lists_refuse(struct slim_kept_list *lists, const struct slim_list_file *files,
                           const int *which, int count, apr_status_t rv)
{
    for (int i = 0; i < count && !APR_STATUS_IS_ENOMEM(rv); i++) {
        struct slim_kept_list *list = &lists[which[i]];
        if (!files[i].fault || files[i].only_good || !list->is_new) {
            continue;
        }
        list->status = rv;
        list->fault = apr_pstrdup(list->newest_pool, files[i].fault);
        if (list->good.bytes) {
            list->is_new = 0; /* newest stays for its fault */
        } else {
            list->newest.only_good = 1;
        }
        return 1;
    }
    return 0;
}

void slim_kept_lists_keep(struct slim_kept_list *lists, int count)
{
    for (int i = 0; i < count; i++) {
        struct slim_kept_list *list = &lists[i];
        if (!list->is_new) {
            continue;
        }
        if (list->pool) {
            apr_pool_destroy(list->pool);
        }
        list->pool = list->newest_pool;
        list->good = list->newest;
        list->newest_pool = NULL;
        list->newest = (struct slim_list_file){.path = list->path};
        list->is_new = 0;
    }
}

int slim_kept_lists_faults(const struct slim_kept_list *lists, int count, slim_tell_fault *tell,
                           void *baton)
{
    int faults = 0;

    for (int i = 0; i < count; i++) {
        if (lists[i].status != APR_SUCCESS) {
            tell(baton, lists[i].fault ? lists[i].fault : lists[i].path);
            faults++;
        }
    }
    return faults;
}

uint32_t slim_kept_lists_sum(const struct slim_kept_list *lists, int count, uint32_t sum)
{
    for (int i = 0; i < count; i++) {
        if (lists[i].good.bytes) {
            sum = slim_crc32c(sum, lists[i].good.bytes, lists[i].good.length);
        }
    }
    return sum;
}

apr_status_t slim_kept_lists_status(const struct slim_kept_list *lists, int count, char *reason,
                                    size_t size)
{
    apr_status_t status = APR_SUCCESS;
    int faults = 0;

    reason[0] = '\0';
    for (int i = 0; i < count; i++) {
        if (lists[i].status == APR_SUCCESS) {
            continue;
        }
        if (faults++ == 0) {
            status = lists[i].status;
            snprintf(reason, size, "%s", lists[i].fault ? lists[i].fault : lists[i].path);
        }
    }
    size_t used = strlen(reason);
    if (faults > 1) {
        snprintf(reason + used, size - used, "; and %d more", faults - 1);
    }
    return status;
}
