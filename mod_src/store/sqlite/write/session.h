/* The sessions that a writer has at hand. The store is the state: what is remembered here is a
 * cache of one session a visitor, bounded, and whatever is not in it is looked up, so that
 * restarts, crashes and imports of old logs need no special care. */
#ifndef SLIM_SQLITE_SESSION_H
#define SLIM_SQLITE_SESSION_H

#include "store/sqlite/base/array.h"
#include "writer.h"

#define SLIM_SESSION_NEVER INT64_MAX

/* When a session began and ended: all hits count. */
struct slim_session_span {
    int64_t id; /* of the hit that opened it; 0: there is none */
    int64_t began, ended;
    int64_t rules;
};

/* Invariants: no other session of its visitor ends after `before` and begins before `now` does, or
 * begins before `after` and behind it; `stored` and `visit` are what the tables have. */
struct slim_sqlite_session {
    int64_t visitor;
    struct slim_session_span now, stored; /* stored.id == 0: not in the table yet */
    int64_t before; /* when the one before it ended; SLIM_LONG_AGO: none did */
    int64_t after;  /* when the next one began; SLIM_SESSION_NEVER: there is none */
    uint64_t used;  /* the clock when it was used last */
    int is_dirty;
    struct slim_sqlite_session *next; /* of those that are dirty */

    struct slim_session_past past;
    struct slim_session_claim claim; /* as the rows of hits that wait say */
    int claims_again;                /* some of these rows came since */
    struct slim_session_hit
        *hit; /* those at hand; row: of a new one, its place in the batch and 1 */
    uint32_t hits, hits_room;
    int64_t loaded;           /* no hit that was read from the table has a higher number */
    uint32_t enough;          /* so many hits that some should be forgotten */
    struct slim_visit *visit; /* stored ones: the past's, and those of the hits at hand */
    uint32_t visits, visits_room;
    int past_counts; /* a visit that is no longer at hand has a page view */
    enum { SEEN_UNKNOWN, SEEN, NOT_SEEN } seen; /* before this session, with a page view */
};

/* Rows of waiting hits that change their visit, once all of the batch are stored: those from
 * is.from on, up to until, are is.visit's, the others of was or is the rest's. */
struct slim_sqlite_claim {
    struct slim_session_claim was, is;
    int64_t until;
};

/* A session's row, as it is to be. */
struct slim_sqlite_span_row {
    int64_t visitor;
    struct slim_session_span span;
};

#define SETS 2048
#define WAYS 4

#define HITS_MANY 30000 /* at hand, of all: then each session forgets what it can */
#define HITS_MAX 60000  /* before a further one all sessions are written and forgotten */

struct slim_sqlite_sessions {
    struct slim_session_rules rules;
    struct slim_session_work *work;
    uint64_t clock;
    int64_t newest;    /* no session began later; SLIM_LONG_AGO: not known */
    uint32_t hits;     /* at hand, of all */
    int64_t rows_from; /* older rows are gone; -1: not known */
    sqlite3_stmt *near, *put, *visit_put, *hit_find, *hit_change;
    sqlite3_stmt *order[SLIM_SESSION_TEXTS];
    /* What sessions were made of that are written together; each row comes once. They are not in
     * the tables before slim_sqlite_sessions_settle. */
    struct slim_sql_array visits, spans;
    struct slim_visit *visit;
    struct slim_sqlite_span_row *span;
    uint32_t visits_room, spans_room;
    struct slim_sqlite_claim *claim;
    uint32_t claims, claims_room;
    struct slim_sqlite_session *dirty;
    struct slim_sqlite_session *of[SETS][WAYS];
};

/* Prepares the statements that tell the order of texts (order.c). */
void slim_sqlite_orders_open(struct slim_sqlite *store, struct slim_sqlite_sessions *sessions);

/* How the hits of a store are divided. */
struct slim_session_rules slim_sqlite_session_rules(struct slim_sqlite *store, int64_t timeout);

/* Notes that this is a store of today's rules. If it was one of older rules, days whose rows are
 * gone stay as these counted them. Writes once, in a transaction of its own. */
apr_status_t slim_sqlite_note_rules(struct slim_sqlite *store) SLIM_MUST_CHECK;

/* In a transaction: days before a time, a midnight, stay as older rules counted them. The second
 * one only if there are sessions that were divided by such, and begin before it. */
void slim_sqlite_note_older(struct slim_sqlite *store, int64_t until);
void slim_sqlite_note_older_sessions(struct slim_sqlite *store, int64_t before);

/* Adds the visits of a span of session->visitor, as the tables have them; a failure is the store's.
 */
void slim_sqlite_session_load_visits(struct slim_sqlite *store, struct slim_sqlite_session *session,
                                     const struct slim_session_span *span);

/* Then the hits, for one at second. Of one with very many hits only the last are read, and what
 * others came to is the session's past; so it is of those that are gone, before rows_from.
 * SLIM_LONG_AGO: all that are there. */
void slim_sqlite_session_load_hits(struct slim_sqlite *store, struct slim_sqlite_session *session,
                                   const struct slim_session_span *span, int64_t second,
                                   const struct slim_session_rules *rules, int64_t rows_from);

/* How many hits its visits have. */
int64_t slim_sqlite_session_hits(const struct slim_sqlite_session *session);

/* Makes room for one more of an array; 0: there is no memory. */
int slim_sqlite_make_room(void *array, uint32_t *room, uint32_t used, size_t size);

/* Adds a hit to those at hand; 0: there is no memory. */
int slim_sqlite_session_add(struct slim_sqlite_session *session,
                            const struct slim_session_hit *hit);

/* Frees what a session has at hand. */
void slim_sqlite_session_clear(struct slim_sqlite_session *session);

/* Divides a session's hits into visits, and writes what differs from the tables; rows of the batch
 * get what was made of them, and are still to be stored. Visits and the session itself are in the
 * tables once they are settled: before that, no other session of its visitor may be asked for. */
void slim_sqlite_session_write(struct slim_sqlite_writer *writer,
                               struct slim_sqlite_session *session);

/* Puts into the tables what sessions have written. */
void slim_sqlite_sessions_settle(struct slim_sqlite_writer *writer);

/* The statements that do, and what they read. */
void slim_sqlite_settling_open(struct slim_sqlite *store, struct slim_sqlite_sessions *sessions,
                               apr_pool_t *pool);
void slim_sqlite_settling_forget(struct slim_sqlite_sessions *sessions);

#endif
