/* Runs a compiled LogFormat over one line. No allocation, no I/O but of JSON's parser; every byte
 * of a line is looked at a bounded number of times. */
#include <string.h>

#include "core/record.h"
#include "log_fact.h"
#include "log_fields.h"
#include "log_reading.h"

/* --- finding the end of a value --- */

static int is_escaped(const char *begin, const char *at)
{
    const char *back = at;

    while (back > begin && back[-1] == '\\') {
        back--;
    }
    return (at - back) & 1;
}

/* Whether the line may end behind the last step's text. */
static int ends_well(const struct reading *r, const char *at)
{
    return at == r->end || (r->format->may_go_on && *at == ' ');
}

/* Where the value that begins at r->at ends, NULL: nowhere. A quote that is not followed by what
 * the format wants is part of the value: not everybody who writes such logs escapes them. */
static const char *find_end(const struct reading *r, const struct slim_log_step *step, int is_last)
{
    struct slim_text until = step->until;
    const char *at = r->at;

    if (until.length == 0) {
        const char *space =
            r->format->may_go_on && at < r->end ? memchr(at, ' ', (size_t)(r->end - at)) : NULL;
        return space ? space : r->end;
    }
    while (at < r->end && (at = memchr(at, until.at[0], (size_t)(r->end - at))) != NULL) {
        if ((size_t)(r->end - at) < until.length) {
            return NULL;
        }
        if (memcmp(at, until.at, until.length) == 0 && !(step->quoted && is_escaped(r->at, at))
            && !(step->item == LOG_CLIENT && until.at[0] == ' ' && at > r->at && at[-1] == ',')
            && (!is_last || ends_well(r, at + until.length))) {
            return at;
        }
        at++;
    }
    return NULL;
}

static const char *take_time(struct reading *r)
{
    int64_t seconds;

    if (r->end - r->at < SLIM_LOG_CLF_LENGTH
        || !slim_log_time_clf(&r->format->clock, r->at, &seconds)) {
        return "no time";
    }
    r->hit->time_us = seconds * 1000000;
    r->at += SLIM_LOG_CLF_LENGTH;
    return NULL;
}

static const char *take_piece(struct reading *r, const struct slim_log_step *step)
{
    size_t taken = slim_log_time_piece(step->piece, r->at, (size_t)(r->end - r->at), &r->moment);

    r->at += taken;
    r->has_moment = 1;
    return taken ? NULL : "no time";
}

static const char *pass_text(struct reading *r, struct slim_text text, const char *reason)
{
    if ((size_t)(r->end - r->at) < text.length || memcmp(r->at, text.at, text.length) != 0) {
        return reason;
    }
    r->at += text.length;
    return NULL;
}

static const char *const missing_end[] = {
    [LOG_REQUEST] = "a request that does not end",
    [LOG_FIELD] = "a header that does not end",
};

static const char *run_step(struct reading *r, const struct slim_log_step *step, int is_last)
{
    const char *wrong;

    if (step->item == LOG_TIME || step->item == LOG_PIECE) {
        wrong = step->item == LOG_TIME ? take_time(r) : take_piece(r, step);
        return wrong ? wrong : pass_text(r, step->until, "no end of the time");
    }
    while (step->item == LOG_MILLISECONDS && r->at < r->end && *r->at == ' ') {
        r->at++; /* a column of numbers */
    }
    const char *end = find_end(r, step, is_last);
    if (!end) {
        size_t item = step->item;
        wrong = item < sizeof missing_end / sizeof missing_end[0] ? missing_end[item] : NULL;
        return wrong     ? wrong
               : is_last ? "a line that does not end as it should"
                         : "a line that is cut";
    }
    wrong = slim_log_take(r, step, (struct slim_text){r->at, (size_t)(end - r->at)});
    if (!wrong) {
        r->at = end + step->until.length;
    }
    return wrong;
}

static const char *run(struct reading *r)
{
    const struct slim_log_format *f = r->format;
    const char *wrong = pass_text(r, f->first, "not what the format begins with");

    for (int i = 0; i < f->steps && !wrong; i++) {
        wrong = run_step(r, &f->step[i], i == f->steps - 1);
    }
    if (!wrong && !ends_well(r, r->at)) {
        wrong = "more than the format has";
    }
    r->said->goes_on = r->at != r->end;
    if (!wrong && r->has_moment && !slim_log_time_of_moment(&r->moment, &r->hit->time_us)) {
        wrong = "no such day";
    }
    if (!wrong && f->site_of_target) {
        slim_log_take_site_of_target(r);
    }
    if (!wrong && (r->hit->time_us < 0 || r->hit->time_us > SLIM_TIME_MAX)) {
        wrong = "a time before 1970 or after 9999";
    }
    return wrong;
}

/* W3C's lines, and what stands between them. NULL: it is to be read; "": a remark. */
static const char *look_at_w3c(struct slim_log_format *format, struct slim_text line)
{
    if (line.length > 0 && line.at[0] == '#') {
        slim_log_w3c_note(format, line);
        return "";
    }
    if (format->separator[0] == '\0') {
        format->separator[0] = line.length && memchr(line.at, '\t', line.length) ? '\t' : ' ';
    }
    return format->steps > 0 ? NULL : "no #Fields line before it";
}

int slim_log_format_parse(struct slim_log_format *format, const char *line, size_t length,
                          char *scratch, struct slim_hit *hit, struct slim_log_said *said,
                          struct slim_log_error *error)
{
    struct slim_text text = {line, length};
    struct reading r = {.format = format,
                        .begin = line,
                        .at = line,
                        .end = line + length,
                        .scratch = scratch,
                        .hit = hit,
                        .said = said,
                        .moment = {.epoch_us = -1}};

    memset(hit, 0, sizeof *hit);
    memset(said, 0, sizeof *said);
    if (format->kind == LOG_JSON) {
        return slim_log_json_parse(format, text, scratch, hit, said, error);
    }
    const char *wrong = format->kind == LOG_W3C ? look_at_w3c(format, text) : NULL;
    wrong = wrong ? wrong : run(&r);
    slim_log_fact_end(hit);
    if (wrong) {
        error->reason = *wrong ? wrong : NULL;
        error->column = (size_t)(r.at - r.begin) + 1;
    }
    return !wrong;
}

int slim_log_format_has_agents(const struct slim_log_format *f)
{
    int has = f->kind == LOG_JSON;

    for (int i = 0; i < f->steps; i++) {
        has |= f->step[i].item == LOG_FIELD && f->step[i].field == SLIM_AGENT;
    }
    return has;
}
