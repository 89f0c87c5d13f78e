/* The dimensions that hits and visits are counted by, and the classes of hits. Each is defined
 * once: the writer, which adds up rollups, makes its keys of rows by this table, and the reader,
 * which may count rows, its SQL, so that the two ways give the same numbers.
 * Explained in mod_src/manual/how-rollups.md. */
#ifndef SLIM_SQLITE_DIMENSION_H
#define SLIM_SQLITE_DIMENSION_H

#include <stddef.h>
#include <stdint.h>

#include "columns.h"

/* Which hits a dimension counts: bits, as a hit has them. */
enum slim_hit_class {
    SLIM_CLASS_HIT = 1u << 0, /* every hit */
    SLIM_CLASS_PAGEVIEW = 1u << 1,
    SLIM_CLASS_DOWNLOAD = 1u << 2,
    SLIM_CLASS_NOTFOUND = 1u << 3, /* 404, 410 */
    SLIM_CLASS_ERROR = 1u << 4,    /* 400 and above */
    SLIM_CLASS_ROBOT = 1u << 5,
    SLIM_CLASS_REFERRED = 1u << 6, /* a page view from another site's page */
    SLIM_CLASS_SEARCHED = 1u << 7, /* a page view with an engine's search terms */
    SLIM_CLASS_LOCAL = 1u << 8,    /* a visit's first search for its words on the site */
    SLIM_CLASS_PAGE = 1u << 9,     /* a page view, or a prefetch that was never shown */
};

/* The classes of a hit's row. */
unsigned slim_hit_classes(const struct slim_hit_row *row);

/* How a dimension counts prefetches that were never shown. */
enum slim_unshown {
    SLIM_UNSHOWN_NOT,
    SLIM_UNSHOWN_AMONG, /* they are some of its hits */
    SLIM_UNSHOWN_APART  /* beside its hits: they add to nothing else */
};

/* A number of a row within a key: whole, or one bit of it, shifted into position. */
struct slim_key_part {
    size_t at;      /* in the row; the key's parts end with 0 */
    unsigned shift; /* its lowest bit in the key; dictionaries' numbers stay far below 2^31 */
    unsigned bit;   /* 0: all of it; else this bit alone */
};

#define SLIM_KEY_PARTS_MAX 3

/* What a row is counted under. Parts come from the highest bits down. */
struct slim_key {
    int counts; /* rows of this sort are counted; without parts, all under 0 */
    struct slim_key_part part[SLIM_KEY_PARTS_MAX + 1];
};

int64_t slim_key_of(const struct slim_key *key, const void *row);

struct slim_dimension {
    int number; /* in the store's tables; never given to another */
    const char *name;
    int64_t unit;     /* seconds of a bucket */
    int finer;        /* the number of the one that counts the same by smaller buckets; 0: none */
    int has_visitors; /* sets of visitors are kept */
    int is_large;     /* has so many keys that visitors are counted only for those shown */

    struct slim_key hit; /* of struct slim_hit_row, */
    unsigned hit_class;  /* of which hits */

    struct slim_key visit; /* of struct slim_visit, of visits with a page view */
    int sums_visits;       /* hits and page views are those of its visits */
    int sums_time;         /* the duration is the time that its hits took, in microseconds */
    enum slim_unshown unshown;
};

/* Ends with number 0. */
extern const struct slim_dimension slim_dimension_table[];

#define SLIM_HOUR 3600 /* the smallest unit */
#define SLIM_DIMENSIONS_MAX 32

const struct slim_dimension *slim_dimension_find(const char *name);

/* The key of a dimension's rows: of hits, or of visits where it counts no hits. Its parts, and the
 * dictionary that the number of one is of. */
const struct slim_key *slim_dimension_key(const struct slim_dimension *dimension);
enum slim_dictionary_name slim_dimension_dictionary(const struct slim_dimension *dimension,
                                                    int part);

/* The numbers of a key's parts, and back. Returns how many there are. */
int slim_key_split(const struct slim_key *key, int64_t value, int64_t number[SLIM_KEY_PARTS_MAX]);
int64_t slim_key_join(const struct slim_key *key, const int64_t number[SLIM_KEY_PARTS_MAX]);

/* "pageview", …: what an engine knows the condition of a class by; "": there is none. */
const char *slim_class_name(unsigned hit_class);

#endif
