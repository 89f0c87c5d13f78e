/* Entering, leaving and logging states. */
#include "condition.h"

#include <stdio.h>
#include <string.h>

#include <apr_time.h>

#include "core/clock.h"
#include "core/log.h"

#define REMIND_US (INT64_C(3600) * 1000000)
#define BUSY_GRACE_US (INT64_C(30) * 1000000)
#define PAIRS_MAX 2 /* of lines in and out that an area may log within REMIND_US */

/* Ticks of a time before: what the machine's clock cannot have shown is nothing. */
static int64_t ticks_before(int64_t ticks)
{
    return ticks > 0 && ticks <= slim_ticks() ? ticks : 0;
}

static void take_told(struct slim_told *told, const struct slim_told *before)
{
    *told = *before;
    told->counted = ticks_before(before->counted);
    told->reminded = ticks_before(before->reminded);
    told->is_out = before->is_out == 1;
    told->silent = before->silent < UINT32_MAX ? before->silent : 0;
}

void slim_conditions_init(struct slim_conditions *c, const struct slim_status *before)
{
    memset(c, 0, sizeof *c);
    pthread_mutex_init(&c->mutex, NULL);
    for (int i = 0; before && i < SLIM_AREAS; i++) {
        take_told(&c->area[i].told, &before->told[i]);
        if (before->area[i].state != SLIM_STATE_OK && before->area[i].state < SLIM_STATES) {
            c->area[i].now = before->area[i];
            snprintf(c->area[i].what, sizeof c->area[i].what, "%s",
                     slim_status_reason(before, (unsigned)i));
            memcpy(c->area[i].logged, c->area[i].what, sizeof c->area[i].logged);
            int64_t now = apr_time_now(), since = before->area[i].since_us;
            c->area[i].is_counted = 1;
            c->area[i].since = slim_ticks() - (since > 0 && since < now ? now - since : 0);
        } else {
            c->area[i].told.is_out = 0;
        }
    }
}

/* A store that another program looks at is part of the day's work; only when it lasts it is news.
 */
static int is_news(const struct slim_conditions *c, int area)
{
    return c->area[area].now.state != SLIM_STATE_STORE_BUSY
           || slim_ticks() - c->area[area].since > BUSY_GRACE_US;
}

/* Whether the hour is over; what was silent in it is told. */
static int tell_silent(struct slim_conditions *c, int area)
{
    struct slim_told *told = &c->area[area].told;
    int64_t now = slim_ticks();
    int lines = 0;

    if (told->counted == 0 || now - told->counted > REMIND_US) {
        if (told->silent > 0) {
            slim_log(SLIM_LOG_WARN, "%s was not well %llu more times within the hour",
                     slim_area_name((unsigned)area), (unsigned long long)told->silent);
            lines = 1;
        }
        told->counted = now;
        told->pairs = 0;
        told->silent = 0;
    }
    return lines;
}

static int may_log(struct slim_conditions *c, int area)
{
    struct slim_told *told = &c->area[area].told;

    (void)tell_silent(c, area);
    if (told->pairs < PAIRS_MAX) {
        told->pairs++;
        return 1;
    }
    told->silent += !c->area[area].is_counted;
    c->area[area].is_counted = 1;
    return 0;
}

static enum slim_level level_of(int area)
{
    return area == SLIM_AREA_STORE || area == SLIM_AREA_JOURNAL ? SLIM_LOG_ERROR : SLIM_LOG_WARN;
}

static void log_state(struct slim_conditions *c, int area)
{
    const struct slim_condition *now = &c->area[area].now;

    slim_log(level_of(area), "%s; %s: %s", c->area[area].what, slim_state_name(now->state),
             slim_state_advice(now->state));
    memcpy(c->area[area].logged, c->area[area].what, sizeof c->area[area].logged);
    c->area[area].told.is_out = 1;
    c->area[area].told.reminded = slim_ticks();
    c->area[area].is_counted = 1;
}

/* A data file's fault is told by its place: another one is no other word for the same. */
static int is_another_fault(const struct slim_conditions *c, int area)
{
    int is_file = area == SLIM_AREA_COUNTRY || area == SLIM_AREA_NETWORKS
                  || area == SLIM_AREA_AGENTS || area == SLIM_AREA_SOURCES
                  || area == SLIM_AREA_PAGES;

    return is_file && c->area[area].told.is_out
           && strcmp(c->area[area].what, c->area[area].logged) != 0;
}

/* The next recorder is to know. */
static void remember(struct slim_conditions *c, int lines)
{
    if (lines > 0 && c->logged) {
        c->logged(c->baton);
    }
}

void slim_condition_enter(struct slim_conditions *c, enum slim_area area, enum slim_state state,
                          int code, const char *what)
{
    int lines = 0;

    pthread_mutex_lock(&c->mutex);
    struct slim_condition *now = &c->area[area].now;
    if (now->state == SLIM_STATE_OK) {
        c->area[area].is_counted = 0;
        now->since_us = apr_time_now();
        c->area[area].since = slim_ticks();
        c->area[area].stored_then = c->stored;
    }
    now->state = state;
    now->code = code;
    snprintf(c->area[area].what, sizeof c->area[area].what, "%s", what);
    int is_new = !c->area[area].told.is_out && !c->area[area].is_counted && is_news(c, area);
    if ((is_new || is_another_fault(c, area)) && may_log(c, area)) {
        log_state(c, area);
        lines = 1;
    }
    pthread_mutex_unlock(&c->mutex);
    remember(c, lines);
}

void slim_condition_get(struct slim_conditions *c, enum slim_area area, struct slim_condition *now)
{
    pthread_mutex_lock(&c->mutex);
    *now = c->area[area].now;
    pthread_mutex_unlock(&c->mutex);
}

void slim_condition_leave(struct slim_conditions *c, enum slim_area area)
{
    int lines = 0;

    pthread_mutex_lock(&c->mutex);
    struct slim_condition *now = &c->area[area].now;
    if (now->state != SLIM_STATE_OK) {
        if (c->area[area].told.is_out) {
            lines = 1;
            slim_log(SLIM_LOG_NOTICE,
                     "%s is well again after %lld s of %s, %llu hits stored meanwhile",
                     slim_area_name(area),
                     (long long)((slim_ticks() - c->area[area].since) / 1000000),
                     slim_state_name(now->state),
                     (unsigned long long)(c->stored - c->area[area].stored_then));
        }
        memset(now, 0, sizeof *now);
        c->area[area].what[0] = '\0';
        c->area[area].told.is_out = 0;
    }
    pthread_mutex_unlock(&c->mutex);
    remember(c, lines);
}

void slim_conditions_tick(struct slim_conditions *c)
{
    int lines = 0;

    pthread_mutex_lock(&c->mutex);
    for (int i = 0; i < SLIM_AREAS; i++) {
        const struct slim_condition *now = &c->area[i].now;
        lines += c->area[i].told.silent > 0 && tell_silent(c, i);
        if (now->state == SLIM_STATE_OK || !c->area[i].what[0]) {
            continue;
        }
        if (c->area[i].told.is_out ? slim_ticks() - c->area[i].told.reminded > REMIND_US
                                   : is_news(c, i) && may_log(c, i)) {
            log_state(c, i);
            lines++;
        }
    }
    pthread_mutex_unlock(&c->mutex);
    remember(c, lines);
}

void slim_conditions_copy(struct slim_conditions *c, struct slim_status *out)
{
    size_t used = 0;

    pthread_mutex_lock(&c->mutex);
    memset(out->reasons, 0, sizeof out->reasons);
    for (int i = 0; i < SLIM_AREAS; i++) {
        out->area[i] = c->area[i].now;
        out->told[i] = c->area[i].told;
        slim_status_add_reason(out, &used, c->area[i].what);
    }
    pthread_mutex_unlock(&c->mutex);
}

void slim_conditions_stored(struct slim_conditions *c, uint64_t hits)
{
    pthread_mutex_lock(&c->mutex);
    c->stored += hits;
    pthread_mutex_unlock(&c->mutex);
}
