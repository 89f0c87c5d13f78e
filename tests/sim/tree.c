/* Finding files by their paths, and copies of whole directories. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "world.h"

/* Takes the next name off a path; 0: there is none. */
static int next_name(const char **path, char name[SIM_NAME])
{
    size_t length;

    do {
        *path += strspn(*path, "/");
        length = strcspn(*path, "/");
        snprintf(name, SIM_NAME, "%.*s", (int)length, *path);
        *path += length;
    } while (strcmp(name, ".") == 0);
    return length > 0;
}

static struct sim_inode *fail(int error)
{
    errno = error;
    return NULL;
}

struct sim_inode *sim_disk_find(struct sim_inode *from, const char *path, struct sim_inode **parent,
                                char *name)
{
    struct sim_inode *at = *path == '/' ? sim_disk_root() : from, *directory = NULL;
    char next[SIM_NAME], last[SIM_NAME] = ".";

    if (parent) {
        *parent = NULL;
    }
    while (at && next_name(&path, next)) {
        if (!at->is_directory) {
            return fail(ENOTDIR);
        }
        directory = at;
        at = sim_name_find(at, next);
        memcpy(last, next, sizeof last);
    }
    if (next_name(&path, next)) {
        return fail(ENOENT);
    }
    if (parent) {
        *parent = directory;
        memcpy(name, last, SIM_NAME);
    }
    return at ? at : fail(ENOENT);
}

static void choose_below(struct sim_inode *inode, enum sim_disk disk, uint64_t *seen,
                         struct sim_inode **chosen)
{
    if (!inode->is_directory && inode->disk == disk && sim_one_in(++*seen)) {
        *chosen = inode;
    }
    for (size_t i = 0; i < inode->names.count; i++) {
        choose_below(inode->names.entry[i].inode, disk, seen, chosen);
    }
}

struct sim_inode *sim_disk_any(struct sim_inode *directory, enum sim_disk disk)
{
    struct sim_inode *chosen = NULL;
    uint64_t seen = 0;

    choose_below(directory, disk, &seen, &chosen);
    return chosen;
}

static uint64_t used_below(const struct sim_inode *inode, enum sim_disk disk)
{
    uint64_t used = inode->disk == disk ? inode->now.size : 0;

    for (size_t i = 0; i < inode->names.count; i++) {
        used += used_below(inode->names.entry[i].inode, disk);
    }
    return used;
}

uint64_t sim_disk_used(enum sim_disk disk)
{
    return used_below(sim_disk_root(), disk);
}

/* --- copies --- */

struct sim_copy {
    struct sim_copy *next, *below; /* of a directory */
    char name[SIM_NAME];
    int is_directory;
    char *bytes;
    size_t size;
};

struct sim_copy *sim_disk_copy(const struct sim_inode *directory)
{
    struct sim_copy *first = NULL;

    for (size_t i = 0; i < directory->names.count; i++) {
        const struct sim_inode *inode = directory->names.entry[i].inode;
        struct sim_copy *copy = calloc(1, sizeof *copy);
        memcpy(copy->name, directory->names.entry[i].name, SIM_NAME);
        copy->is_directory = inode->is_directory;
        if (inode->is_directory) {
            copy->below = sim_disk_copy(inode);
        } else {
            copy->size = inode->now.size;
            copy->bytes = malloc(copy->size + 1);
            sim_file_read(inode, 0, copy->bytes, copy->size);
        }
        copy->next = first;
        first = copy;
    }
    return first;
}

void sim_disk_put_back(struct sim_inode *directory, const struct sim_copy *copy)
{
    while (directory->names.count > 0) {
        sim_name_remove(directory, directory->names.entry[0].name);
    }
    for (; copy; copy = copy->next) {
        struct sim_inode *inode = sim_file_make(directory, copy->name, copy->is_directory);
        if (copy->is_directory) {
            sim_disk_put_back(inode, copy->below);
        } else {
            sim_file_write(inode, 0, copy->bytes, copy->size);
        }
        sim_file_sync(inode);
    }
    sim_file_sync(directory);
}
