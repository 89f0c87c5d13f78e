/* The contract of a store. An engine is one struct of functions and one line in store.c; only the
 * recorder (or a command that holds its lock) writes, everybody else opens for reading. */
#ifndef SLIM_STORE_H
#define SLIM_STORE_H

#include <stdatomic.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "core/facts.h"
#include "core/hit_rule.h"
#include "core/import_account.h"
#include "core/journal.h"
#include "core/naming.h"
#include "core/note.h"
#include "core/status.h"
#include "sums.h"

struct slim_answer;
struct slim_cell;
struct slim_query;

/* How a store failed, in words that may go to the error log: no SQL, no client's bytes. */
struct slim_store_error {
    enum slim_state state; /* what it means; SLIM_STATE_OK: no failure */
    int code;              /* the engine's own (SQLite's extended result code), or errno */
    int is_of_row;         /* what was put is refused, others may be taken */
    char what[512];        /* "cannot commit to /x/stats.db: disk I/O error" */
};

struct slim_store_sizes {
    uint64_t bytes;     /* on disk, without the log */
    uint64_t log_bytes; /* written and not yet merged (SQLite's -wal) */
};

/* What a store knows of the ledger. */
struct slim_store_ledger {
    struct slim_ledger before; /* excluded and dropped by other rings and by the recorder; seen: by
                                  other rings, and all that was ever loaded */
    struct slim_ledger base; /* what the given ring had excluded and dropped when the store began */
    uint64_t stored;
    uint64_t gap;                       /* see put_gap */
    struct slim_import_account imports; /* apart from all that was seen */
};

struct slim_store {
    const struct slim_store_engine *engine;
    struct slim_store_error error; /* of the last call that failed */
};

/* How a writer is opened. */
struct slim_store_opening {
    const char *url;
    const char *data; /* directory of slim_ids.tsv */
    const struct slim_journal_identity *identity;
    int may_create;           /* make a store where there is none */
    uint32_t visit_timeout_s; /* a longer gap between two hits of a visitor ends a visit */
    const atomic_int *stop;   /* when it becomes 1, waiting ends */
};

/* How far an access log was imported. A log is known by its bytes, not by its name: by a sum over
 * its first head_length bytes, and over the tail_length bytes before offset. */
struct slim_store_import {
    unsigned char head[32]; /* SHA-256 */
    uint64_t head_length;
    unsigned char tail[32];
    uint64_t tail_length;
    uint64_t offset; /* bytes taken, whole lines */
    uint64_t lines;  /* taken: stored and rejected */
    uint64_t rejected;
    int64_t first_s, last_s; /* times of its hits */
    const char *name;        /* as it was called last */
    uint32_t number;         /* of this log in this store, from 1 */
};

/* A hit of a log, asked about: may the recorder have stored it? */
struct slim_store_line {
    const struct slim_hit *hit; /* as it would be stored */
    struct slim_text resource;  /* likewise */
    uint8_t address[16];        /* the client's, before anything was left out of it */
    uint8_t address_length;     /* 0: not known */
    int has_all_bytes;          /* bytes are those that went over the network (%O) */
    uint32_t log;               /* the log's number */
};

/* A hit as it is kept. Its texts are in a pool, its content type and fetch metadata in evidence. */
struct slim_found_hit {
    struct slim_hit hit;
    uint32_t evidence; /* core/evidence.h */
    unsigned kind;
    int pageview, download;
};

/* Called by long work to report its progress and its findings; each function may be NULL. */
struct slim_store_progress {
    void *baton;
    void (*step)(void *baton, const char *step, uint64_t done, uint64_t total);
    void (*found)(void *baton, const char *difference); /* may hold a client's bytes: escape */
};

/* What a check looked at, and how many differences it found. */
struct slim_store_checked {
    uint64_t hits, visits, rollups, sets;
    int64_t rows_from;   /* seconds: what lies before has no rows any more; 0: all have */
    int64_t older_until; /* days before were counted by older rules for good; 0: none was */
    struct slim_import_account imports;
    uint64_t differences; /* of all kinds; 0: the store is well */
};

/* The most texts that a key of totals has, with those of entries that it refers to. */
#define SLIM_TOTAL_TEXTS 11

/* The totals of a key of a day whose hits are gone, as an archive has them. */
struct slim_store_total {
    int64_t dimension, bucket, robot; /* as store/dimension.h has them */
    struct slim_text site;
    int64_t measure[SLIM_MEASURES];          /* enum slim_measure */
    struct slim_text visitors;               /* the bytes of their set (store/hll.h) */
    struct slim_text text[SLIM_TOTAL_TEXTS]; /* that the key is made of; numbers as digits */
};

struct slim_store_rebuilt {
    uint64_t days, rollups, sets;
    int64_t rows_from; /* older days were left alone; 0: there are none */
};

/* What was deleted for its age. */
struct slim_store_purged {
    uint64_t hits, visits;
    int more; /* there are more */
};

/* A search for texts that nothing refers to any more, and what it did by now. */
struct slim_store_sweep;

struct slim_store_swept {
    uint64_t rows;  /* looked at */
    uint64_t texts; /* deleted */
    int more;       /* there are more to be looked at */
    int is_void;    /* another program has written: it has to begin again */
};

/* How far rows are deleted for their age. */
struct slim_store_horizon {
    int64_t second;       /* rows before it; a UTC midnight; 0: none yet */
    unsigned retain_days; /* what was asked for when it was set */
    int64_t middle;       /* time of the middle one of the last 1,000 hits; 0: there are none */
};

/* What was brought to today's rules. */
struct slim_store_renewed {
    uint64_t sessions; /* divided into visits anew */
    uint64_t left;     /* that still are to be */
    uint64_t days;     /* whose sets of visitors were made anew */
};

/* Hits that are removed as if they had never been recorded. */
struct slim_store_removal {
    const struct slim_hit_rule *rule; /* which, and what the ledger counts them as */
    int forgets_texts; /* addresses and visits are not all: agents, referers, … too */
    unsigned rows_max; /* hits looked for at a time; 0: the engine's own number */
};

struct slim_store_removed {
    uint64_t hits;
    uint64_t visits; /* that had one of them; their remaining hits were divided into visits again */
    uint64_t texts;
};

/* Who gets rows that are exported: the names of the columns, once (of an archive once for each sort
 * of rows), and before any row; then as many cells a row, a text that is NULL stands for null. Each
 * returns 0 to end it. */
struct slim_store_export {
    int (*begin)(void *baton, int columns, const char *const *names);
    int (*row)(void *baton, int columns, const char *const *names, const struct slim_cell *cells);
    void *baton;
};

/* Naming stored hits anew. */
struct slim_store_naming {
    slim_name_hit *name;
    void *baton;
    uint32_t sum;      /* of what it names by: only work begun with the same goes on */
    unsigned rows_max; /* hits looked at between transactions; 0: the engine's own number */
};

/* Naming robots anew: whose they are, and what for. */
struct slim_store_robots {
    slim_name_robot *name;
    void *baton;
    uint32_t sum;  /* of what it names by: what was named by the same is not named again */
    unsigned rows; /* agents that are looked at in one transaction */
};

/* Finding leaks among stored hits: 1 when a resource that was answered so may be one. */
struct slim_store_leaks {
    int (*is_leak)(void *baton, struct slim_text resource, unsigned status, uint64_t bytes);
    void *baton;
    uint32_t sum;  /* of what it is told by: what was looked at by the same is not again */
    unsigned rows; /* hits that are looked at in one transaction */
};

struct slim_store_named {
    uint64_t hits;    /* looked at */
    uint64_t changed; /* of them */
    uint64_t unknown; /* of them: what decided their kinds was not kept */
    uint64_t kept;    /* of them: called by client hints that were not kept, and still so */
    int64_t from;     /* seconds: where work that was begun earlier went on; 0: at the beginning */
};

struct slim_store_engine {
    const char *scheme; /* of its URLs: "sqlite" */
    const char *form;   /* of its URLs, for people: "sqlite:PATH" */

    /* Where the store at a URL is: its file, which stands in the URL; who owns the file, or, before
     * it is made, its directory, owns the store. NULL: it is no URL of this engine. */
    const char *(*file)(const char *url);

    /* --- writing; a function that fails leaves store->error --- */

    /* Opens, makes or migrates the store. *store is set even on failure, so that its error can be
     * read; it lives in pool. */
    apr_status_t (*open)(const struct slim_store_opening *opening, struct slim_store **store,
                         apr_pool_t *pool);
    const unsigned char *(*uuid)(const struct slim_store *store);
    /* How far the journal of opening->identity was loaded; zero: not at all. */
    apr_status_t (*position)(struct slim_store *store, struct slim_journal_position *position);
    apr_status_t (*begin)(struct slim_store *store);
    apr_status_t (*put)(struct slim_store *store, const struct slim_hit *hit,
                        const struct slim_facts *facts);
    /* Writes what was put so far, within the transaction: what is refused is known then. */
    apr_status_t (*flush)(struct slim_store *store);
    /* Notes a ring's counters; the recorder's own losses are added with put_lost. */
    apr_status_t (*put_ledger)(struct slim_store *store, uint64_t epoch,
                               const struct slim_ledger *ledger);
    apr_status_t (*put_lost)(struct slim_store *store, const struct slim_ledger *lost);
    /* Counts records of a ring that were taken from the journal. */
    apr_status_t (*add_drained)(struct slim_store *store, uint64_t epoch, uint64_t records);
    /* A ring has said how many of its records are in the journal by now: *missing becomes how many
     * of them never came; they are not missed again. To be called before put_ledger. */
    apr_status_t (*put_drained)(struct slim_store *store, uint64_t epoch, uint64_t drained,
                                uint64_t *missing);
    /* Keeps how many records were counted as lost by their numbers and are not yet found missing
     * by their ring. */
    apr_status_t (*put_gap)(struct slim_store *store, uint64_t records);
    /* Notes in a transaction how the recorder of opening->identity is; its stored is not looked at.
     */
    apr_status_t (*put_heard)(struct slim_store *store, const struct slim_heard *heard);
    /* Ends the transaction with the journal position that belongs to it, and the number of records
     * taken from the journal: all or nothing. */
    apr_status_t (*commit)(struct slim_store *store, const struct slim_journal_position *position,
                           uint64_t loaded);
    void (*rollback)(struct slim_store *store);
    /* Imports: the logs known by now, as an array of struct slim_store_import in pool; and what is
     * noted of one, and added to the account, within a transaction, which commit_import then ends.
     */
    apr_status_t (*list_imports)(struct slim_store *store, apr_array_header_t **imports,
                                 apr_pool_t *pool);
    apr_status_t (*commit_import)(struct slim_store *store, const struct slim_store_import *import,
                                  const struct slim_import_account *account);
    /* Within a transaction: whether the recorder has stored the hit of a line: one of the same
     * second, site, request and status, the same address as far as it was kept, and the same bytes
     * where both are those of the network. It is noted as this line of this log, so that the next
     * line that is equal is another hit. */
    apr_status_t (*find_recorded)(struct slim_store *store, const struct slim_store_line *line,
                                  int *found);
    /* Within a transaction, of an archive (export_archive): puts a hit of another store, unless it
     * is here already, *stored: 0: one of the same second, visitor, server, request and answer that
     * no other line of this archive is, which is noted. facts->archive is the archive's number. */
    apr_status_t (*put_archived)(struct slim_store *store, const struct slim_hit *hit,
                                 const struct slim_facts *facts, int *stored);
    /* What a site's page was called at a time; a newer title stays. */
    apr_status_t (*put_title)(struct slim_store *store, struct slim_text site,
                              struct slim_text page, struct slim_text title, int64_t time_us);
    /* That a visitor had come, last at a time: who comes again is no new visitor. */
    apr_status_t (*put_past_visitor)(struct slim_store *store, uint64_t visitor, int64_t last_s);
    /* That the other store has no hits before a time, and then its totals of the days before. They
     * are taken by a store that has nothing of these days, from the first archive that says so;
     * archive is its number. */
    apr_status_t (*put_gone)(struct slim_store *store, int64_t second, uint32_t archive);
    apr_status_t (*put_total)(struct slim_store *store, const struct slim_store_total *total,
                              uint32_t archive);
    /* How far a log was imported into the other store; here it gets a number above import->number.
     * What is known of it here stays. */
    apr_status_t (*put_import)(struct slim_store *store, const struct slim_store_import *import);
    /* The same of a note; one that is here (kind, time, site, text) is not kept twice. */
    apr_status_t (*put_note)(struct slim_store *store, const struct slim_note *note);
    /* Keeps a good note, in a transaction of its own; of what happens by itself and often there is
     * one a UTC day, which grows. Its number is not looked at. */
    apr_status_t (*add_note)(struct slim_store *store, const struct slim_note *note);
    apr_status_t (*delete_note)(struct slim_store *store, int64_t number, int *found);
    /* The second from which on all rows are there; 0: none was ever deleted for its age. */
    apr_status_t (*rows_from)(struct slim_store *store, int64_t *second);
    /* Makes what is committed durable in the store itself. *covered: everything is. */
    apr_status_t (*checkpoint)(struct slim_store *store, int *covered);
    apr_status_t (*ledger)(struct slim_store *store, uint64_t epoch,
                           struct slim_store_ledger *ledger);
    /* The recorders that were heard of since a time, one for each server, by their names; *count is
     * SLIM_HEARD_MAX at most. For readers, too. */
    apr_status_t (*list_heard)(struct slim_store *store, int64_t since_s,
                               struct slim_heard heard[SLIM_HEARD_MAX], uint64_t *count);
    void (*sizes)(struct slim_store *store, struct slim_store_sizes *sizes);
    void (*close)(struct slim_store *store);

    /* --- reading --- */

    /* Opens for reading alone; time_limit_ms bounds each question, 0: none. Close it in any case.
     */
    apr_status_t (*open_reader)(const char *url, unsigned time_limit_ms, struct slim_store **store,
                                apr_pool_t *pool);
    /* Answers reports, all of them or none; see report.h: rates are left to who asks, but may be
     * sorted by. Rows that several of them count are read once. With a time limit SLIM_ETIMEOUT
     * when it took too long, and SLIM_ETOOLARGE when their texts have more than 8 MiB. */
    apr_status_t (*report)(struct slim_store *store, const struct slim_query *const *queries,
                           int number, struct slim_answer *answers, apr_pool_t *pool);

    /* A number that is another one after each transaction that changed what answers are made of: an
     * answer holds as long as it is the same. What became of hits (the ledger) does not change it.
     * 0: not known. */
    apr_status_t (*revision)(struct slim_store *store, int64_t *revision);

    /* Hands out the rows of a period that fit the query's filters, oldest first: the eleven columns
     * of the old table, then the readable ones. */
    apr_status_t (*export_rows)(struct slim_store *store, const struct slim_query *query,
                                const struct slim_store_export *export);
    /* Hands out all that is kept of hits, oldest first, those of the future included, and, where
     * the query asks for all of them, what belongs to no single one: visitors who had come, titles,
     * logs. First the names of the columns of each sort of rows, the first of which is that of the
     * sort, as is the first cell of its rows. Texts are as they are kept. */
    apr_status_t (*export_archive)(struct slim_store *store, const struct slim_query *query,
                                   const struct slim_store_export *export);

    /* Finds a hit by its number, as the view hits has it; APR_NOTFOUND: there is none. */
    apr_status_t (*find_hit)(struct slim_store *store, int64_t number, struct slim_found_hit *found,
                             apr_pool_t *pool);

    /* --- maintenance --- */

    /* Proves that the store is whole: the file (thoroughly when full), ids that point somewhere,
     * visits that are those of their hits, rollups and sets of visitors that are those of the rows
     * (for the days that have all their rows). For reader and writer; changes nothing. */
    apr_status_t (*check)(struct slim_store *store, int full,
                          const struct slim_store_progress *progress,
                          struct slim_store_checked *checked);
    /* Recomputes rollups and sets of visitors from rows, a dimension of a day a transaction; before
     * that it brings all to today's rules. */
    apr_status_t (*rebuild)(struct slim_store *store, const struct slim_store_progress *progress,
                            struct slim_store_rebuilt *rebuilt);
    /* Names hits anew, oldest first: those that are called differently now are changed, with their
     * visits, rollups and sets, in short transactions. After an interruption it goes on where it
     * was. */
    apr_status_t (*name_anew)(struct slim_store *store, const struct slim_store_naming *naming,
                              const struct slim_store_progress *progress,
                              struct slim_store_named *named, apr_pool_t *pool);
    /* Names the robots among some agents anew in one transaction, with how far it is: their rows
     * change where they stand, so that it holds for all their hits. *more: there are agents that
     * were not looked at by this sum; without any nothing is written. */
    apr_status_t (*name_robots)(struct slim_store *store, const struct slim_store_robots *robots,
                                int *more);
    /* Finds leaks among some hits in one transaction, with how far it is, as name_robots does. */
    apr_status_t (*find_leaks)(struct slim_store *store, const struct slim_store_leaks *leaks,
                               int *more);
    /* Brings what was stored by older rules to today's, newest first, some sessions in one
     * transaction: their visits are made anew of their hits, as far as those are there. Adds to
     * *renewed, and sets renewed->left; nothing is done when that is 0. */
    apr_status_t (*renew)(struct slim_store *store, unsigned sessions,
                          struct slim_store_renewed *renewed);
    /* Makes sets of visitors anew that have somebody in them who is no longer: of one day, if there
     * is one; adds to renewed->days. */
    apr_status_t (*renew_sets)(struct slim_store *store, struct slim_store_renewed *renewed);
    /* The horizon of rows that are deleted for their age; put_horizon keeps it, middle apart. */
    apr_status_t (*horizon)(struct slim_store *store, struct slim_store_horizon *horizon);
    apr_status_t (*put_horizon)(struct slim_store *store, const struct slim_store_horizon *horizon);
    /* Deletes up to rows hits and visits before a time in one transaction, a UTC midnight: visits
     * when they ended before it. Rollups stay. By hand, it is remembered who had come: they are no
     * new visitors when they come again; for their age, who has not come since is forgotten. Adds
     * to *purged, and sets purged->more. */
    apr_status_t (*purge)(struct slim_store *store, int64_t before, int by_hand, unsigned rows,
                          struct slim_store_purged *purged);
    /* What purging would delete, all of it. For readers, too. */
    apr_status_t (*count_purge)(struct slim_store *store, int64_t before,
                                struct slim_store_purged *purged);
    /* Deletes texts that nothing refers to any more, of hits that were deleted for their age: rows
     * rows are looked at in one transaction, and others may be written between. sweep_begin may
     * follow any transaction; the search ends with its pool, before the store is closed. Adds to
     * *swept. */
    apr_status_t (*sweep_begin)(struct slim_store *store, struct slim_store_sweep **sweep,
                                apr_pool_t *pool);
    apr_status_t (*sweep)(struct slim_store_sweep *sweep, unsigned rows,
                          struct slim_store_swept *swept);
    /* The same at once, in one transaction for which others wait. */
    apr_status_t (*forget_texts)(struct slim_store *store,
                                 const struct slim_store_progress *progress, uint64_t *texts,
                                 apr_pool_t *pool);
    /* Removes hits, a day or less per transaction, also from rollups and sets; visits are made
     * again without them, stored ones counted as excluded, each in its own account: the ledger, or
     * that of imports. Hits that come meanwhile
     * for days that were done stay. */
    apr_status_t (*remove)(struct slim_store *store, const struct slim_store_removal *removal,
                           const struct slim_store_progress *progress,
                           struct slim_store_removed *removed, apr_pool_t *pool);
    /* How many hits that would be, and how many visits have one. For readers, too. */
    apr_status_t (*count_removal)(struct slim_store *store,
                                  const struct slim_store_removal *removal,
                                  struct slim_store_removed *removed);
    /* Copies the store to path, a new file, while others write. The pages of the copy are checked,
     * not what they say. For readers, too. */
    apr_status_t (*backup)(struct slim_store *store, const char *path,
                           const struct slim_store_progress *progress);
    /* Replaces the store at url by a backup, a file, atomically. Nobody may have
     * that store open for writing. *store is set even on failure, so that its error and uuid can be
     * read; it is not open. The journal has to adopt the uuid. */
    apr_status_t (*restore)(const char *url, const char *from,
                            const struct slim_store_progress *progress, struct slim_store **store,
                            apr_pool_t *pool);
};

/* The engine for a URL; NULL: it is no store's. */
const struct slim_store_engine *slim_store_engine_for(const char *url);

/* The file of the store at a URL, as its engine says; NULL: it is no store's URL. */
const char *slim_store_file(const char *url);

/* How stores' URLs are written, for people: "sqlite:PATH". */
const char *slim_store_forms(apr_pool_t *pool);

extern const struct slim_store_engine slim_store_sqlite;

#endif
