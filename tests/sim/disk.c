/* The tree of files, and what of it is on the disk. */
#include "disk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "world.h"

/* Of a file: bytes at a place, or (bytes NULL) another size. Of a directory: a name that is put
 * (inode), removed (none), or moved (from). */
struct sim_change {
    struct sim_change *next;
    uint64_t at;
    size_t length;
    char *bytes;
    struct sim_inode *inode;
    char name[SIM_NAME], from[SIM_NAME];
};

static struct sim_inode *root;
static unsigned inodes;

static void *obtain(void *room, size_t size)
{
    void *got = realloc(room, size ? size : 1);

    if (!got) {
        sim_failed("the simulator has no memory");
    }
    return got;
}

/* --- files --- */

static struct sim_inode *make(enum sim_disk disk, int is_directory)
{
    struct sim_inode *inode = obtain(NULL, sizeof *inode);

    *inode = (struct sim_inode){.number = ++inodes,
                                .disk = disk,
                                .is_directory = is_directory,
                                .changed_us = sim_wall()};
    return inode;
}

static struct sim_change *note(struct sim_inode *inode)
{
    struct sim_change *change = obtain(NULL, sizeof *change);

    memset(change, 0, sizeof *change);
    if (inode->last) {
        inode->last->next = change;
    } else {
        inode->first = change;
    }
    inode->last = change;
    return change;
}

static void forget_changes(struct sim_inode *inode)
{
    while (inode->first) {
        struct sim_change *change = inode->first;
        inode->first = change->next;
        free(change->bytes);
        free(change);
    }
    inode->last = NULL;
}

/* --- bytes --- */

#define LARGEST (32u << 20)     /* more is a mistake of the simulator */
#define MAPPED_LEAST (1u << 18) /* room of a file that is mapped: it cannot move any more */

static void make_room(struct sim_bytes *bytes, size_t wanted)
{
    if (wanted > LARGEST || bytes->is_mapped) {
        sim_failed("a file is too large for the simulator: %zu bytes", wanted);
    }
    bytes->room = wanted < SIM_SECTOR ? SIM_SECTOR : wanted + wanted / 2;
    bytes->at = obtain(bytes->at, bytes->room);
}

static void resize(struct sim_bytes *bytes, size_t wanted)
{
    if (wanted > bytes->room) {
        make_room(bytes, wanted);
    }
    if (wanted > bytes->size) {
        memset(bytes->at + bytes->size, 0, wanted - bytes->size);
    }
    bytes->size = wanted;
}

static int is_tracked(const struct sim_inode *inode)
{
    return inode->disk != SIM_DISK_MEMORY;
}

size_t sim_file_read(const struct sim_inode *file, uint64_t at, void *bytes, size_t length)
{
    if (at >= file->now.size) {
        return 0;
    }
    length = length < file->now.size - at ? length : file->now.size - (size_t)at;
    memcpy(bytes, file->now.at + at, length);
    return length;
}

void sim_file_write(struct sim_inode *file, uint64_t at, const void *bytes, size_t length)
{
    if (length == 0) {
        return;
    }
    if (at + length > file->now.size) {
        resize(&file->now, (size_t)at + length);
    }
    memcpy(file->now.at + at, bytes, length);
    file->changed_us = sim_wall();
    if (is_tracked(file)) {
        struct sim_change *change = note(file);
        change->at = at;
        change->length = length;
        change->bytes = obtain(NULL, length);
        memcpy(change->bytes, bytes, length);
    }
}

void sim_file_resize(struct sim_inode *file, uint64_t size)
{
    resize(&file->now, (size_t)size);
    file->changed_us = sim_wall();
    if (is_tracked(file)) {
        note(file)->at = size;
    }
}

char *sim_file_map(struct sim_inode *file)
{
    struct sim_bytes *now = &file->now;

    if (!now->is_mapped) {
        char *before = now->at;
        now->room = now->size < MAPPED_LEAST ? MAPPED_LEAST : now->size;
        now->at = sim_memory_map(now->room, 1);
        memcpy(now->at, before ? before : "", now->size);
        now->is_mapped = 1;
        free(before);
    }
    return now->at;
}

/* --- names --- */

static struct sim_entry *find_entry(const struct sim_listing *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->entry[i].name, name) == 0) {
            return &names->entry[i];
        }
    }
    return NULL;
}

static void put_entry(struct sim_listing *names, const char *name, struct sim_inode *inode)
{
    struct sim_entry *entry = find_entry(names, name);

    if (!entry) {
        if (names->count == names->room) {
            names->room = names->room * 2 + 8;
            names->entry = obtain(names->entry, names->room * sizeof *names->entry);
        }
        entry = &names->entry[names->count++];
        memset(entry, 0, sizeof *entry);
        strncat(entry->name, name, SIM_NAME - 1);
    }
    entry->inode = inode;
}

static void remove_entry(struct sim_listing *names, const char *name)
{
    struct sim_entry *entry = find_entry(names, name);

    if (entry) {
        size_t behind = (size_t)(names->entry + names->count - (entry + 1));
        memmove(entry, entry + 1, behind * sizeof *entry);
        names->count--;
    }
}

static void copy_names(struct sim_listing *to, const struct sim_listing *from)
{
    to->count = 0;
    for (size_t i = 0; i < from->count; i++) {
        put_entry(to, from->entry[i].name, from->entry[i].inode);
    }
}

static struct sim_change *note_name(struct sim_inode *directory, const char *name)
{
    struct sim_change *change = note(directory);

    strncat(change->name, name, SIM_NAME - 1);
    return change;
}

struct sim_inode *sim_name_find(const struct sim_inode *directory, const char *name)
{
    struct sim_entry *entry = find_entry(&directory->names, name);

    return entry ? entry->inode : NULL;
}

void sim_name_put(struct sim_inode *directory, const char *name, struct sim_inode *inode)
{
    struct sim_inode *before = sim_name_find(directory, name);

    inode->links++;
    if (before) {
        before->links--;
    }
    put_entry(&directory->names, name, inode);
    note_name(directory, name)->inode = inode;
}

void sim_name_remove(struct sim_inode *directory, const char *name)
{
    struct sim_inode *inode = sim_name_find(directory, name);

    if (inode) {
        inode->links--;
        remove_entry(&directory->names, name);
        note_name(directory, name);
    }
}

void sim_name_move(struct sim_inode *directory, const char *from, const char *to)
{
    struct sim_inode *inode = sim_name_find(directory, from);
    struct sim_inode *before = sim_name_find(directory, to);

    if (!inode || inode == before) {
        return;
    }
    if (before) {
        before->links--;
    }
    remove_entry(&directory->names, from);
    put_entry(&directory->names, to, inode);
    struct sim_change *change = note_name(directory, to);
    change->inode = inode;
    strncat(change->from, from, SIM_NAME - 1);
}

struct sim_inode *sim_file_make(struct sim_inode *directory, const char *name, int is_directory)
{
    struct sim_inode *inode = make(directory->disk, is_directory);

    sim_name_put(directory, name, inode);
    return inode;
}

/* --- syncing, and the power --- */

static void apply_names(struct sim_inode *directory, const struct sim_change *change)
{
    if (change->from[0]) {
        remove_entry(&directory->synced_names, change->from);
    }
    if (change->inode) {
        put_entry(&directory->synced_names, change->name, change->inode);
    } else {
        remove_entry(&directory->synced_names, change->name);
    }
}

static void apply_bytes(struct sim_inode *file, uint64_t at, const char *bytes, size_t length)
{
    if (at + length > file->synced.size) {
        resize(&file->synced, (size_t)at + length);
    }
    memcpy(file->synced.at + at, bytes, length);
}

void sim_file_sync(struct sim_inode *file)
{
    if (!is_tracked(file)) {
        return;
    }
    for (const struct sim_change *c = file->first; c; c = c->next) {
        if (file->is_directory) {
            apply_names(file, c);
        } else if (c->bytes) {
            apply_bytes(file, c->at, c->bytes, c->length);
        } else {
            resize(&file->synced, (size_t)c->at);
        }
    }
    forget_changes(file);
}

static int is_kept(unsigned percent)
{
    return sim_below(100) < percent;
}

/* Of a write any of its sectors, of the last and first the bytes that were written. */
static void keep_sectors(struct sim_inode *file, const struct sim_change *c, unsigned percent)
{
    for (size_t done = 0; done < c->length;) {
        size_t part = SIM_SECTOR - (size_t)((c->at + done) % SIM_SECTOR);
        part = part < c->length - done ? part : c->length - done;
        if (is_kept(percent)) {
            apply_bytes(file, c->at + done, c->bytes + done, part);
        }
        done += part;
    }
}

static void cut_changes(struct sim_inode *file, unsigned percent)
{
    for (const struct sim_change *c = file->first; c; c = c->next) {
        if (file->is_directory) {
            if (is_kept(percent)) {
                apply_names(file, c);
            }
        } else if (c->bytes) {
            keep_sectors(file, c, percent);
        } else if (is_kept(percent)) {
            resize(&file->synced, (size_t)c->at);
        }
    }
    forget_changes(file);
}

void sim_file_lose(struct sim_inode *file)
{
    cut_changes(file, (unsigned)sim_below(101));
}

/* What is there after the power was cut is what the disk has. */
static void read_disk(struct sim_inode *inode)
{
    inode->opens = 0;
    inode->links = 0;
    if (inode->is_directory) {
        copy_names(&inode->names, &inode->synced_names);
        return;
    }
    resize(&inode->now, inode->synced.size);
    if (inode->now.size > 0) {
        memcpy(inode->now.at, inode->synced.at, inode->now.size);
    }
}

/* Directories first: what is found in them then is what their disk knows. */
static void cut_tree(struct sim_inode *inode, const unsigned percent[SIM_DISKS])
{
    if (inode != root) {
        cut_changes(inode, percent[inode->disk]);
        read_disk(inode);
    }
    for (size_t i = 0; i < inode->names.count; i++) {
        cut_tree(inode->names.entry[i].inode, percent);
    }
}

static void count_links(struct sim_inode *directory)
{
    for (size_t i = 0; i < directory->names.count; i++) {
        directory->names.entry[i].inode->links++;
        count_links(directory->names.entry[i].inode);
    }
}

void sim_disk_cut(const unsigned percent[SIM_DISKS])
{
    cut_tree(root, percent);
    count_links(root);
}

/* --- the tree --- */

struct sim_inode *sim_disk_root(void)
{
    return root;
}

void sim_disk_begin(void)
{
    static const struct {
        const char *name;
        enum sim_disk disk;
    } places[] = {{"state", SIM_DISK_STATE},
                  {"store", SIM_DISK_STORE},
                  {"run", SIM_DISK_MEMORY},
                  {"data", SIM_DISK_STATE}};

    root = make(SIM_DISK_STATE, 1);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        sim_name_put(root, places[i].name, make(places[i].disk, 1));
    }
    sim_file_sync(root);
}
