/* Asks the store what it has, and the ring what was counted. */
#include "oracle.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "core/clock.h"
#include "event.h"
#include "httpd.h"
#include "store/sqlite/base/connection.h"
#include "world.h"

static struct {
    unsigned answered;
    int64_t safe_until;
    int wrong_clock, files_were_lost;
    struct {
        int64_t at;
        unsigned stored;
        char is_doubtful, is_excused, is_dated_wrong;
    } hit[SIM_HITS_MAX + 1];
} oracle;

static char finding[1024];

static const char *find(const char *format, ...) __attribute__((format(printf, 1, 2)));

static const char *find(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(finding, sizeof finding, format, args);
    va_end(args);
    return finding;
}

/* --- what was answered --- */

void sim_oracle_begin(void)
{
    memset(&oracle, 0, sizeof oracle);
}

unsigned sim_oracle_next(void)
{
    if (oracle.answered == SIM_HITS_MAX) {
        return 0;
    }
    unsigned n = ++oracle.answered;
    oracle.hit[n].at = sim.ticks;
    oracle.hit[n].is_dated_wrong = (char)oracle.wrong_clock;
    return n;
}

unsigned sim_oracle_answered(void)
{
    return oracle.answered;
}

void sim_oracle_safe_until(int64_t ticks)
{
    oracle.safe_until = ticks > oracle.safe_until ? ticks : oracle.safe_until;
}

void sim_oracle_doubt_unsafe(void)
{
    for (unsigned n = oracle.answered; n > 0 && oracle.hit[n].at >= oracle.safe_until; n--) {
        oracle.hit[n].is_doubtful = 1;
    }
}

void sim_oracle_files_were_lost(void)
{
    oracle.files_were_lost = 1;
}

void sim_oracle_excuse_unsafe(void)
{
    sim_oracle_doubt_unsafe();
    for (unsigned n = 1; n <= oracle.answered; n++) {
        oracle.hit[n].is_excused |= oracle.hit[n].is_doubtful;
    }
}

void sim_oracle_excuse_all(void)
{
    for (unsigned n = 1; n <= oracle.answered; n++) {
        oracle.hit[n].is_excused = 1;
    }
}

void sim_oracle_wrong_clock(int is_wrong, int is_unsure)
{
    oracle.wrong_clock = is_wrong;
    for (unsigned n = 1; is_unsure && n <= oracle.answered; n++) {
        oracle.hit[n].is_dated_wrong = 1;
    }
}

/* --- what is stored --- */

/* The looker is a process of its own, which nothing happens to. */
static void begin_looking(void)
{
    sim_process = sim_process_make(NULL);
}

static void end_looking(void)
{
    sim_process_end(sim_process, 0);
    sim_process = NULL;
}

static const char *count_stored(sqlite3 *db)
{
    static const char sql[] = "select name from hit join resource on resource.id = hit.resource";
    sqlite3_stmt *rows = NULL;
    const char *found = NULL;
    int rc;

    for (unsigned n = 1; n <= oracle.answered; n++) {
        oracle.hit[n].stored = 0;
    }
    rc = sqlite3_prepare_v2(db, sql, -1, &rows, NULL);
    while (rc == SQLITE_OK && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        unsigned long n = strtoul((const char *)sqlite3_column_text(rows, 0) + 1, NULL, 10);
        if (n == 0 || n > oracle.answered) {
            found = find("hit %lu is stored, which nobody sent", n);
        } else if (++oracle.hit[n].stored > 1) {
            found = find("hit %lu is stored twice", n);
        }
        rc = SQLITE_OK;
    }
    if (rc != SQLITE_DONE && !found) {
        found = find("the store cannot be read: %s", sqlite3_errmsg(db));
    }
    sqlite3_finalize(rows);
    return found;
}

static void note_difference(void *baton, const char *difference)
{
    char *first = baton;

    if (!first[0]) {
        snprintf(first, 256, "%s", difference);
    }
}

/* `slimstats check`. */
static const char *check_store(struct slim_store *store)
{
    char first[256] = "";
    const struct slim_store_progress progress = {.baton = first, .found = note_difference};
    struct slim_store_checked checked = {0};
    apr_status_t rv = store->engine->check(store, 1, &progress, &checked);

    if (rv != APR_SUCCESS) {
        return find("the store cannot be checked: %s", store->error.what);
    }
    return checked.differences == 0
               ? NULL
               : find("check finds %llu differences: %s", (unsigned long long)checked.differences,
                      first);
}

/* --- what was counted --- */

struct account {
    struct slim_status status;
    struct slim_ledger total;
    uint64_t in_ring, in_journal, dropped;
    enum slim_state state;
};

/* `slimstats status`. */
static const char *read_account(struct account *a)
{
    struct slim_ring ring;
    struct slim_ledger counted;
    uint64_t pushed;
    int64_t since;
    int fd = open("/run/slimstats.ring", O_RDONLY);

    if (fd < 0 || slim_ring_map(fd, 0, &ring) != APR_SUCCESS
        || !slim_ring_read_status(&ring, &a->status)) {
        return find("the ring has no status");
    }
    slim_ring_ledger(&ring, &counted, &pushed);
    slim_status_ledger(&a->status, &counted, pushed, &a->total, &a->in_ring, &a->in_journal);
    a->state = slim_status_state(&a->status, slim_ticks(), &since);
    a->dropped = slim_ledger_dropped(&a->total);
    close(fd);
    return NULL;
}

/* Each hit that was answered is stored, or counted as dropped, or excused; stored ones that are
 * gone again were deleted for their age, if the clock was wrong when they came. */
static const char *settle(const struct account *a)
{
    uint64_t rows = 0, excused = 0, dated_wrong = 0, stored = a->status.stored;
    unsigned first = 0;

    for (unsigned n = 1; n <= oracle.answered; n++) {
        if (oracle.hit[n].stored) {
            rows++;
            continue;
        }
        excused += (uint64_t)oracle.hit[n].is_excused;
        dated_wrong += (uint64_t)oracle.hit[n].is_dated_wrong;
        first = first ? first : n;
    }
    if (a->total.seen != stored + a->dropped) {
        return find("the ledger does not add up: %llu seen, %llu stored, %llu dropped",
                    (unsigned long long)a->total.seen, (unsigned long long)stored,
                    (unsigned long long)a->dropped);
    }
    uint64_t lost =
        a->total.dropped[SLIM_DROPPED_JOURNAL_GAP] + a->total.dropped[SLIM_DROPPED_UNREADABLE]
        + a->total.dropped[SLIM_DROPPED_REFUSED] + a->total.dropped[SLIM_DROPPED_CHILD_KILLED];
    if (lost > 0 && !oracle.files_were_lost) {
        return find("%llu hits are counted as lost, and no file is", (unsigned long long)lost);
    }
    uint64_t fates = stored + a->dropped;
    if (rows > stored || stored - rows > dated_wrong || fates > oracle.answered
        || oracle.answered - fates > excused) {
        return find("%u answered, %llu counted as stored and %llu as dropped, %llu excused; %llu "
                    "are stored; the first that is not is %u",
                    oracle.answered, (unsigned long long)stored, (unsigned long long)a->dropped,
                    (unsigned long long)excused, (unsigned long long)rows, first);
    }
    return NULL;
}

static const char *look_at_store(const struct account *a)
{
    const struct slim_store_engine *engine = slim_store_engine_for(SIM_URL);
    struct slim_store *store;
    apr_pool_t *pool;
    const char *found;

    apr_pool_create(&pool, NULL);
    if (engine->open_reader(SIM_URL, 0, &store, pool) != APR_SUCCESS) {
        found = find("the store cannot be opened: %s", store->error.what);
    } else {
        found = count_stored(((struct slim_sqlite *)store)->db);
        found = found ? found : settle(a);
        found = found ? found : check_store(store);
    }
    engine->close(store);
    apr_pool_destroy(pool);
    return found;
}

const char *sim_oracle_look(void)
{
    struct account a;

    begin_looking();
    const char *found = read_account(&a);
    if (!found && !sim_event_may_be_state(a.state)) {
        found = find("the recorder says %s", slim_state_name(a.state));
    }
    if (!found && a.in_ring + a.in_journal > 0) {
        found = find("%llu wait in the ring, %llu in the journal", (unsigned long long)a.in_ring,
                     (unsigned long long)a.in_journal);
    }
    found = found ? found : look_at_store(&a);
    end_looking();
    return found;
}
