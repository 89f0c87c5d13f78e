/* State and ledger, put together and shown. */
#include "health.h"

#include <inttypes.h>
#include <string.h>

#include <apr_time.h>

#include "core/clock.h"
#include "core/version.h"
#include "escape.h"
#include "render.h"
#include "render_json.h"

/* Of what waits in the journal the recorder knows since when; what waits in the ring came after it
 * looked there last. */
static int64_t lag_us(const struct slim_health *h)
{
    int64_t journal = h->waiting_journal > 0 && h->status.behind_ticks > 0
                          ? h->now_ticks - h->status.behind_ticks
                          : 0;
    int64_t ring =
        h->waiting_ring > 0 && h->status.drain_ticks > 0 ? h->now_ticks - h->status.drain_ticks : 0;

    return journal > ring ? journal : ring > 0 ? ring : 0;
}

static void read_ring(const struct slim_ring *ring, struct slim_health *h)
{
    struct slim_ledger now;
    uint64_t pushed;

    slim_ring_ledger(ring, &now, &pushed);
    if (!slim_ring_read_status(ring, &h->status)) {
        memset(&h->status, 0, sizeof h->status);
    }
    slim_status_ledger(&h->status, &now, pushed, &h->ledger, &h->waiting_ring, &h->waiting_journal);
    h->has_ring = 1;
    h->ring_used = slim_ring_used(ring);
    h->ring_size = (uint64_t)ring->shape.slots * ring->shape.slot_size;
    h->stored = h->status.stored;
    h->imports = h->status.imports;
    h->heard_count = h->status.heard_count;
    memcpy(h->heard, h->status.heard, sizeof h->heard);
    h->lag_us = lag_us(h);
    h->heartbeat_age_us = h->status.heartbeat_ticks > 0 && h->now_ticks > h->status.heartbeat_ticks
                              ? h->now_ticks - h->status.heartbeat_ticks
                              : 0;
    h->state = slim_status_state(&h->status, h->now_ticks, &h->since_us);
}

void slim_health_read(const struct slim_ring *ring, struct slim_store *store, struct slim_health *h)
{
    struct slim_store_ledger known;

    memset(h, 0, sizeof *h);
    h->now_ticks = slim_ticks();
    h->now_s = apr_time_sec(apr_time_now());
    h->state = SLIM_STATE_RECORDER_DOWN;
    h->leaks = -1;
    if (ring) {
        read_ring(ring, h);
    } else if (store && store->engine->ledger(store, 0, &known) == APR_SUCCESS) {
        h->ledger = known.before;
        h->stored = known.stored;
        h->imports = known.imports;
        if (store->engine->list_heard(store, h->now_s - SLIM_HEARD_KEPT_S, h->heard,
                                      &h->heard_count)
            != APR_SUCCESS) {
            h->heard_count = 0;
        }
    }
    h->unaccounted =
        (int64_t)(h->ledger.seen - h->stored - h->waiting_ring - h->waiting_journal
                  - slim_ledger_excluded(&h->ledger) - slim_ledger_dropped(&h->ledger));
}

/* --- JSON --- */

static json_t *time_json(int64_t us)
{
    char text[SLIM_TIME_TEXT];

    return us > 0 ? json_string(slim_render_time(us / 1000000, text)) : json_null();
}

static json_t *text_or_null(const char *text, apr_pool_t *pool)
{
    return text ? slim_json_text(text, strlen(text), pool) : json_null();
}

static json_t *areas_json(const struct slim_health *h, apr_pool_t *pool)
{
    json_t *areas = json_object();

    for (unsigned i = 0; h->has_ring && i < SLIM_AREAS; i++) {
        const struct slim_condition *area = &h->status.area[i];
        json_t *one = json_object();
        json_object_set_new(one, "state", json_string(slim_state_name(area->state)));
        json_object_set_new(one, "since", time_json(area->since_us));
        json_object_set_new(one, "code", json_integer(area->code));
        if (h->is_admins) {
            const char *what = slim_status_reason(&h->status, i);
            json_object_set_new(one, "reason", slim_json_text(what, strlen(what), pool));
        }
        json_object_set_new(areas, slim_area_name(i), one);
    }
    return areas;
}

static json_t *reasons_json(const uint64_t *counters, unsigned count,
                            const char *(*name)(unsigned reason))
{
    json_t *reasons = json_object();

    for (unsigned i = 0; i < count; i++) {
        json_object_set_new(reasons, name(i), json_integer((json_int_t)counters[i]));
    }
    return reasons;
}

/* What waits is known to nobody when the ring cannot be read. */
static json_t *waiting_json(const struct slim_health *h)
{
    json_t *waiting = json_object();

    json_object_set_new(waiting, "ring",
                        h->has_ring ? json_integer((json_int_t)h->waiting_ring) : json_null());
    json_object_set_new(waiting, "journal",
                        h->has_ring ? json_integer((json_int_t)h->waiting_journal) : json_null());
    return waiting;
}

static json_t *ledger_json(const struct slim_health *h)
{
    json_t *ledger = json_object();

    json_object_set_new(ledger, "seen", json_integer((json_int_t)h->ledger.seen));
    json_object_set_new(ledger, "stored", json_integer((json_int_t)h->stored));
    json_object_set_new(ledger, "waiting", waiting_json(h));
    json_object_set_new(ledger, "excluded",
                        reasons_json(h->ledger.excluded, SLIM_EXCLUDED_REASONS,
                                     slim_excluded_name));
    json_object_set_new(ledger, "dropped",
                        reasons_json(h->ledger.dropped, SLIM_DROPPED_REASONS, slim_dropped_name));
    json_object_set_new(ledger, "unaccounted", json_integer(h->unaccounted));
    return ledger;
}

static json_t *imports_json(const struct slim_import_account *account)
{
    json_t *imports = json_object();

    json_object_set_new(imports, "lines", json_integer((json_int_t)account->lines));
    for (unsigned i = 0; i < SLIM_LINE_FATES; i++) {
        json_object_set_new(imports, slim_line_fate_name(i),
                            json_integer((json_int_t)account->fate[i]));
    }
    json_object_set_new(imports, "excluded",
                        reasons_json(account->excluded, SLIM_NOT_IMPORTED_REASONS,
                                     slim_not_imported_name));
    return imports;
}

static json_t *recorders_json(const struct slim_health *h)
{
    json_t *recorders = json_array();

    for (uint64_t i = 0; i < h->heard_count; i++) {
        const struct slim_heard *heard = &h->heard[i];
        json_array_append_new(recorders,
                              json_pack("{s:s, s:s, s:o, s:I, s:I, s:I}", "server", heard->server,
                                        "state", slim_state_name((uint32_t)heard->state), "heard",
                                        time_json(heard->heard_s * 1000000), "silent_seconds",
                                        (json_int_t)slim_heard_silence(heard, h->now_s), "waiting",
                                        (json_int_t)heard->waiting, "stored",
                                        (json_int_t)heard->stored));
    }
    return recorders;
}

void slim_health_json(const struct slim_health *h, struct slim_buffer *out)
{
    const struct slim_status *s = &h->status;
    json_t *json = json_object();

    json_object_set_new(json, "state", json_string(slim_state_name(h->state)));
    json_object_set_new(json, "since", time_json(h->since_us));
    json_object_set_new(json, "advice", json_string(slim_state_advice(h->state)));
    json_object_set_new(json, "areas", areas_json(h, out->pool));
    json_object_set_new(json, "ledger", ledger_json(h));
    json_object_set_new(json, "imports", imports_json(&h->imports));
    json_object_set_new(json, "recorders", recorders_json(h));
    json_object_set_new(json, "recorder",
                        json_pack("{s:i, s:o, s:f}", "pid", (int)s->pid, "started",
                                  time_json(s->started_us), "heartbeat_age_seconds",
                                  (double)h->heartbeat_age_us / 1e6));
    json_object_set_new(json, "journal",
                        json_pack("{s:I, s:I, s:I}", "bytes", (json_int_t)s->journal_bytes,
                                  "limit_bytes", (json_int_t)s->journal_limit, "segments",
                                  (json_int_t)s->journal_segments));
    json_object_set_new(json, "store",
                        json_pack("{s:I, s:I, s:o, s:I}", "bytes", (json_int_t)s->store_bytes,
                                  "log_bytes", (json_int_t)s->wal_bytes, "last_commit",
                                  time_json(s->commit_us), "last_commit_us",
                                  (json_int_t)s->commit_duration_us));
    if (h->is_admins) {
        json_object_set_new(json, "elsewhere", text_or_null(h->elsewhere, out->pool));
        json_object_set_new(json, "lists", text_or_null(h->lists_fault, out->pool));
    }
    json_object_set_new(json, "lag_seconds", json_real((double)h->lag_us / 1e6));
    if (h->leaks >= 0) {
        json_object_set_new(json, "leaks",
                            json_pack("{s:I, s:s}", "open", (json_int_t)h->leaks, "level",
                                      h->leaks > 0 ? "error" : "ok"));
    }
    json_object_set_new(json, "version", json_string(SLIM_VERSION));
    slim_json_dump(out, json);
}

void slim_health_json_of_sites(const struct slim_health *h, int64_t stored, struct slim_buffer *out)
{
    json_t *json = json_object();

    json_object_set_new(json, "state", json_string(slim_state_name(h->state)));
    json_object_set_new(json, "since", time_json(h->since_us));
    json_object_set_new(json, "advice", json_string(slim_state_advice(h->state)));
    json_object_set_new(json, "stored", stored >= 0 ? json_integer(stored) : json_null());
    json_object_set_new(json, "lag_seconds", json_real((double)h->lag_us / 1e6));
    json_object_set_new(json, "version", json_string(SLIM_VERSION));
    slim_json_dump(out, json);
}

/* --- text --- */

static void add_since(const struct slim_health *h, struct slim_buffer *out)
{
    char text[SLIM_TIME_TEXT];

    if (h->since_us > 0) {
        slim_buffer_format(out, " since %s", slim_render_time(h->since_us / 1000000, text));
    }
}

static void add_reason(const struct slim_health *h, unsigned area, struct slim_buffer *out)
{
    const char *what = slim_status_reason(&h->status, area);

    if (h->is_admins && *what) {
        slim_buffer_text(out, "               ");
        slim_escape_plain(out, what, strlen(what));
        slim_buffer_text(out, "\n");
    }
}

static void add_areas(const struct slim_health *h, struct slim_buffer *out)
{
    for (unsigned i = 0; h->has_ring && i < SLIM_AREAS; i++) {
        const struct slim_condition *area = &h->status.area[i];
        char text[SLIM_TIME_TEXT];
        if (area->state != SLIM_STATE_OK) {
            slim_buffer_format(out, "  %-12s %s since %s (code %d): %s\n", slim_area_name(i),
                               slim_state_name(area->state),
                               slim_render_time(area->since_us / 1000000, text), area->code,
                               slim_state_advice(area->state));
            add_reason(h, i, out);
        }
    }
}

static void add_line(struct slim_buffer *out, const char *label, uint64_t number,
                     const char *reason)
{
    slim_buffer_format(out, "  %-10s ", label);
    struct slim_buffer text;
    slim_buffer_init(&text, out->pool);
    slim_render_number(&text, SLIM_COUNT, (int64_t)number);
    slim_buffer_format(out, "%15s%s%s\n", text.at, reason ? "  " : "", reason ? reason : "");
}

static void add_ledger(const struct slim_health *h, struct slim_buffer *out)
{
    slim_buffer_text(out, "\nledger\n");
    add_line(out, "seen", h->ledger.seen, NULL);
    add_line(out, "stored", h->stored, NULL);
    if (h->has_ring) {
        add_line(out, "waiting", h->waiting_ring, "in the ring");
        add_line(out, "waiting", h->waiting_journal, "in the journal");
    }
    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        if (h->ledger.excluded[i] > 0) {
            add_line(out, "excluded", h->ledger.excluded[i], slim_excluded_name(i));
        }
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        if (h->ledger.dropped[i] > 0) {
            add_line(out, "dropped", h->ledger.dropped[i], slim_dropped_name(i));
        }
    }
    if (h->unaccounted != 0) {
        slim_buffer_format(out, "  %-10s %15" PRId64 "  in flight, or lost with the power\n",
                           "open", h->unaccounted);
    }
}

static void add_imports(const struct slim_import_account *account, struct slim_buffer *out)
{
    if (account->lines == 0) {
        return;
    }
    slim_buffer_text(out, "\nimports\n");
    add_line(out, "lines", account->lines, NULL);
    for (unsigned i = 0; i < SLIM_LINE_FATES; i++) {
        add_line(out, slim_line_fate_name(i), account->fate[i], slim_line_fate_text(i));
    }
    for (unsigned i = 0; i < SLIM_NOT_IMPORTED_REASONS; i++) {
        if (account->excluded[i] > 0) {
            add_line(out, "excluded", account->excluded[i], slim_not_imported_name(i));
        }
    }
}

/* "12 minutes", "3 hours", "2 days". */
static void add_duration(struct slim_buffer *out, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    size_t i = 0;

    while (seconds < units[i].seconds && i < sizeof units / sizeof units[0] - 1) {
        i++;
    }
    int64_t number = seconds / units[i].seconds;
    slim_buffer_format(out, "%" PRId64 " %s%s", number, units[i].name, number == 1 ? "" : "s");
}

/* Of a store that is only this one's there is nothing to be told. */
static void add_recorders(const struct slim_health *h, struct slim_buffer *out)
{
    for (uint64_t i = 0; h->heard_count > 1 && i < h->heard_count; i++) {
        const struct slim_heard *heard = &h->heard[i];
        int64_t silence = slim_heard_silence(heard, h->now_s);
        int64_t ago = h->now_s > heard->heard_s ? h->now_s - heard->heard_s : 0; /* by its clock */
        struct slim_buffer stored;
        slim_buffer_init(&stored, out->pool);
        slim_render_number(&stored, SLIM_COUNT, (int64_t)heard->stored);
        slim_buffer_format(out, "%s  %-20s %-14s %15s stored, %s",
                           i == 0 ? "\nrecorders of this store\n" : "",
                           *heard->server ? heard->server : "(without a name)",
                           slim_state_name((uint32_t)heard->state), stored.at,
                           silence ? "has been silent for " : "heard ");
        add_duration(out, silence ? silence : ago);
        slim_buffer_text(out, silence ? "\n" : " ago\n");
    }
}

static void add_bytes(struct slim_buffer *out, uint64_t bytes)
{
    slim_render_number(out, SLIM_BYTES, (int64_t)bytes);
}

static void add_leaks(const struct slim_health *h, struct slim_buffer *out)
{
    if (h->leaks > 0) {
        slim_buffer_format(out,
                           "\n%" PRId64 " %s that only scanners ask for %s answered: look at "
                           "slimstats report leaks\n",
                           h->leaks, h->leaks == 1 ? "path" : "paths",
                           h->leaks == 1 ? "is" : "are");
    }
}

void slim_health_text(const struct slim_health *h, struct slim_buffer *out)
{
    const struct slim_status *s = &h->status;

    slim_buffer_format(out, "state: %s", slim_state_name(h->state));
    add_since(h, out);
    slim_buffer_format(out, "\n  %s\n", slim_state_advice(h->state));
    add_areas(h, out);
    if (h->elsewhere) {
        slim_buffer_text(out, "  httpd writes to another store than this one: ");
        slim_escape_plain(out, h->elsewhere, strlen(h->elsewhere));
        slim_buffer_text(out, "\n");
    }
    if (h->lists_fault) {
        slim_buffer_text(out, "  not all of a list can be used: ");
        slim_escape_plain(out, h->lists_fault, strlen(h->lists_fault));
        slim_buffer_text(out, "\n");
    }
    add_ledger(h, out);
    add_imports(&h->imports, out);
    add_recorders(h, out);
    add_leaks(h, out);
    if (!h->has_ring) {
        slim_buffer_text(out, "\nthe ring cannot be read: httpd does not run, or belongs to "
                              "another user\n");
        return;
    }
    slim_buffer_format(out, "\nrecorder: version %s, pid %u, heartbeat %.1f s ago, lag %.1f s\n",
                       s->version, s->pid, (double)h->heartbeat_age_us / 1e6,
                       (double)h->lag_us / 1e6);
    slim_buffer_text(out, "journal: ");
    add_bytes(out, s->journal_bytes);
    slim_buffer_text(out, " of ");
    add_bytes(out, s->journal_limit);
    slim_buffer_format(out, ", %" PRIu64 " segments\nstore: ", s->journal_segments);
    add_bytes(out, s->store_bytes);
    slim_buffer_text(out, ", log ");
    add_bytes(out, s->wal_bytes);
    slim_buffer_format(out, ", last commit took %" PRIu64 " ms\n", s->commit_duration_us / 1000);
}
