/* Entering, leaving and logging states. */
#include "condition.h"

#include <stdio.h>
#include <string.h>

#include <apr_time.h>

#include "core/clock.h"
#include "core/log.h"

#define REMIND_US (INT64_C(3600) * 1000000)
#define BUSY_GRACE_US (INT64_C(30) * 1000000)
#define PAIRS_MAX 5 /* of lines in and out that an area may log within REMIND_US */

void slim_conditions_init(struct slim_conditions *c, const struct slim_status *before)
{
    memset(c, 0, sizeof *c);
    pthread_mutex_init(&c->mutex, NULL);
    for (int i = 0; before && i < SLIM_AREAS; i++) {
        if (before->area[i].state != SLIM_STATE_OK && before->area[i].state < SLIM_STATES) {
            c->area[i].now = before->area[i];
            c->area[i].logged = before->area[i].state != SLIM_STATE_STORE_BUSY;
            int64_t now = apr_time_now(), since = before->area[i].since_us;
            int64_t lasts = since > 0 && since < now ? now - since : 0;
            c->area[i].reminded = slim_ticks();
            c->area[i].since = c->area[i].reminded - lasts;
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

static int may_log(struct slim_conditions *c, int area)
{
    int64_t now = slim_ticks();

    if (c->area[area].counted == 0 || now - c->area[area].counted > REMIND_US) {
        c->area[area].counted = now;
        c->area[area].pairs = 0;
    }
    return c->area[area].pairs++ < PAIRS_MAX;
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
    c->area[area].logged = 1;
    c->area[area].reminded = slim_ticks();
}

void slim_condition_enter(struct slim_conditions *c, enum slim_area area, enum slim_state state,
                          int code, const char *what)
{
    pthread_mutex_lock(&c->mutex);
    struct slim_condition *now = &c->area[area].now;
    if (now->state == SLIM_STATE_OK) {
        now->since_us = apr_time_now();
        c->area[area].since = slim_ticks();
        c->area[area].stored_then = c->stored;
    }
    now->state = state;
    now->code = code;
    snprintf(c->area[area].what, sizeof c->area[area].what, "%s", what);
    if (!c->area[area].logged && is_news(c, area) && may_log(c, area)) {
        log_state(c, area);
    }
    pthread_mutex_unlock(&c->mutex);
}

void slim_condition_leave(struct slim_conditions *c, enum slim_area area)
{
    pthread_mutex_lock(&c->mutex);
    struct slim_condition *now = &c->area[area].now;
    if (now->state != SLIM_STATE_OK) {
        if (c->area[area].logged) {
            slim_log(SLIM_LOG_NOTICE,
                     "%s is well again after %lld s of %s, %llu hits stored meanwhile",
                     slim_area_name(area),
                     (long long)((slim_ticks() - c->area[area].since) / 1000000),
                     slim_state_name(now->state),
                     (unsigned long long)(c->stored - c->area[area].stored_then));
        }
        memset(now, 0, sizeof *now);
        c->area[area].logged = 0;
    }
    pthread_mutex_unlock(&c->mutex);
}

void slim_conditions_tick(struct slim_conditions *c)
{
    pthread_mutex_lock(&c->mutex);
    for (int i = 0; i < SLIM_AREAS; i++) {
        const struct slim_condition *now = &c->area[i].now;
        if (now->state == SLIM_STATE_OK || !c->area[i].what[0]) {
            continue;
        }
        if (c->area[i].logged ? slim_ticks() - c->area[i].reminded > REMIND_US
                              : is_news(c, i) && may_log(c, i)) {
            log_state(c, i);
        }
    }
    pthread_mutex_unlock(&c->mutex);
}

void slim_conditions_copy(struct slim_conditions *c, struct slim_condition out[SLIM_AREAS])
{
    pthread_mutex_lock(&c->mutex);
    for (int i = 0; i < SLIM_AREAS; i++) {
        out[i] = c->area[i].now;
    }
    pthread_mutex_unlock(&c->mutex);
}

void slim_conditions_stored(struct slim_conditions *c, uint64_t hits)
{
    pthread_mutex_lock(&c->mutex);
    c->stored += hits;
    pthread_mutex_unlock(&c->mutex);
}
