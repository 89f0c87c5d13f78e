/* The simulated disks: one tree of files and directories, on several disks. What is written is
 * there for every process at once, and on the disk only when it is synced.
 *
 * A file is its bytes, what of them is on the disk for sure, and the changes in between, oldest
 * first; a directory likewise. A power cut keeps any of the changes, of a write any of its sectors:
 * each order in which a disk may bring them to its plates, and any moment to stop, is among that.
 * Nothing else is lost: no synced byte, and no byte beside a write. */
#ifndef SIM_DISK_H
#define SIM_DISK_H

#include <stddef.h>
#include <stdint.h>

enum sim_disk {
    SIM_DISK_STATE,  /* journal and all else of the recorder */
    SIM_DISK_STORE,  /* the store */
    SIM_DISK_MEMORY, /* httpd's runtime directory: gone when the power is */
    SIM_DISKS
};

#define SIM_SECTOR 512u
#define SIM_NAME 64

struct sim_change;

struct sim_entry {
    char name[SIM_NAME];
    struct sim_inode *inode;
};

struct sim_listing {
    struct sim_entry *entry;
    size_t count, room;
};

struct sim_bytes {
    char *at;
    size_t size, room;
    int is_mapped; /* they never move any more */
};

struct sim_inode {
    unsigned number;
    enum sim_disk disk;
    int is_directory;
    int links; /* names that it has */
    int opens; /* descriptors */
    int64_t changed_us;
    struct sim_bytes now, synced;
    struct sim_listing names, synced_names; /* of a directory */
    struct sim_change *first, *last;        /* not synced */
};

/* An empty tree: /state on its disk, /store on another, /run in memory, /data. */
void sim_disk_begin(void);
struct sim_inode *sim_disk_root(void);

/* Finds path, from a directory on or from the root when it begins with /. *parent and name (of
 * SIM_NAME bytes) become the directory and the last name in it, if there may be one; either may be
 * NULL. Returns NULL and sets errno when there is no such file. */
struct sim_inode *sim_disk_find(struct sim_inode *from, const char *path, struct sim_inode **parent,
                                char *name);

struct sim_inode *sim_file_make(struct sim_inode *directory, const char *name, int is_directory);
size_t sim_file_read(const struct sim_inode *file, uint64_t at, void *bytes, size_t length);
void sim_file_write(struct sim_inode *file, uint64_t at, const void *bytes, size_t length);
void sim_file_resize(struct sim_inode *file, uint64_t size);
/* The bytes of a file, at an address that stays as long as it. */
char *sim_file_map(struct sim_inode *file);
/* Bytes that all files of a disk have. */
uint64_t sim_disk_used(enum sim_disk disk);

/* One of a disk's files below a directory, by chance; NULL: there is none. */
struct sim_inode *sim_disk_any(struct sim_inode *directory, enum sim_disk disk);

/* Names in a directory; a name that is taken is replaced, one that is not there is let be. */
struct sim_inode *sim_name_find(const struct sim_inode *directory, const char *name);
void sim_name_put(struct sim_inode *directory, const char *name, struct sim_inode *inode);
void sim_name_remove(struct sim_inode *directory, const char *name);
/* At once: a cut keeps both halves or none. */
void sim_name_move(struct sim_inode *directory, const char *from, const char *to);

/* What is written so far, or named in a directory, is on the disk. */
void sim_file_sync(struct sim_inode *file);
/* The sync fails: some of it is, by chance, and of the rest nobody thinks any more. */
void sim_file_lose(struct sim_inode *file);

/* The power was cut: of the unsynced changes of each disk about so many of a hundred are kept, by
 * chance. No descriptor is open any more. */
void sim_disk_cut(const unsigned percent[SIM_DISKS]);

/* A copy of what a directory holds; puts it back in place of what is there, durable. */
struct sim_copy *sim_disk_copy(const struct sim_inode *directory);
void sim_disk_put_back(struct sim_inode *directory, const struct sim_copy *copy);

#endif
