/* Progress and totals of an import, for a terminal. */
#include "import_progress.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/buffer.h"

#define PRINTED_MAX 5 /* rejected lines */
#define DRAW_US 200000

void slim_import_progress_begin(struct slim_import_progress *p, const char *name,
                                const struct slim_log_source *source, apr_pool_t *pool)
{
    uint64_t total;

    p->name = name;
    p->printed = 0;
    p->drawn = 0;
    p->began = apr_time_now();
    p->lines = slim_log_source_lines(source);
    p->pool = pool;
    slim_log_source_progress(source, &p->began_at, &total);
}

static void wipe(const struct slim_import_progress *p)
{
    if (p->shown && p->drawn) {
        fputs("\r\033[K", stderr);
    }
}

static void keep_rejected(FILE *rejects, const struct slim_import_row *row)
{
    if (rejects && row->text.at) {
        fwrite(row->text.at, 1, row->text.length, rejects);
        fputc('\n', rejects);
    }
}

void slim_import_progress_reject(void *data, const struct slim_import_row *row)
{
    struct slim_import_progress *p = data;

    keep_rejected(p->rejects, row);
    if (++p->printed > PRINTED_MAX) {
        return;
    }
    wipe(p);
    fprintf(stderr, "slimstats: %s: line %" PRIu64 ": %s", p->name, row->number, row->reason);
    if (row->column > 0) {
        fprintf(stderr, " at column %zu", row->column);
    }
    fputs(p->printed == PRINTED_MAX ? " (further ones are only counted)\n" : "\n", stderr);
}

static void draw(struct slim_import_progress *p, const struct slim_log_source *source,
                 apr_time_t now)
{
    uint64_t done, total;
    double seconds = (double)(now - p->began) / 1e6;
    double lines = (double)(slim_log_source_lines(source) - p->lines);

    slim_log_source_progress(source, &done, &total);
    double bytes = (double)(done > p->began_at ? done - p->began_at : 0);
    wipe(p);
    fprintf(stderr, "%s: ", p->name);
    if (total > 0) {
        fprintf(stderr, "%.0f %% of ", 100.0 * (double)done / (double)total);
    }
    fprintf(stderr, "%.1f MB, %.0f lines/s", (double)(total ? total : done) / 1e6,
            lines / (seconds > 0 ? seconds : 1));
    if (total > done && bytes > 0) {
        fprintf(stderr, ", %.0f s left", seconds / bytes * (double)(total - done));
    }
    fflush(stderr);
    p->drawn = now;
}

void slim_import_progress_batch(void *data, const struct slim_log_source *source)
{
    struct slim_import_progress *p = data;
    apr_time_t now = apr_time_now();

    if (p->rejects) {
        fflush(p->rejects);
    }
    if (p->shown && now - p->drawn >= DRAW_US) {
        draw(p, source, now);
    }
}

void slim_import_progress_end(struct slim_import_progress *p)
{
    wipe(p);
    p->drawn = 0;
}

static void print_time(int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm parts;
    char text[64] = "";

    if (gmtime_r(&time, &parts)) {
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    }
    fputs(text, stdout);
}

static void print_excluded(const struct slim_import_account *account)
{
    for (unsigned i = 0; i < SLIM_NOT_IMPORTED_REASONS; i++) {
        if (account->excluded[i] > 0) {
            printf(", %" PRIu64 " excluded (%s)", account->excluded[i], slim_not_imported_name(i));
        }
    }
}

void slim_import_progress_sum(const char *name, const struct slim_import_result *result)
{
    printf("%s: ", name);
    if (result->is_older) {
        printf("an older copy of a log that is known: nothing is new\n");
        return;
    }
    const struct slim_import_account *account = &result->account;
    printf("%" PRIu64 " lines: %" PRIu64 " stored, %" PRIu64 " rejected, %" PRIu64 " known before",
           slim_import_account_lines(account), account->fate[SLIM_LINE_STORED],
           account->fate[SLIM_LINE_REJECTED], account->fate[SLIM_LINE_KNOWN]);
    print_excluded(account);
    if (account->fate[SLIM_LINE_STORED] > 0) {
        fputs("; ", stdout);
        print_time(result->first_s);
        fputs(" to ", stdout);
        print_time(result->last_s);
    }
    if (result->unfinished > 0) {
        printf("; the last line has no end yet and is left for the next time");
    }
    putchar('\n');
}
