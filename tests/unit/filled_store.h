/* A store with six hits, each with facts that a report can tell apart. */
#ifndef SLIM_FILLED_STORE_H
#define SLIM_FILLED_STORE_H

#include "fresh_store.h"

#define NOON INT64_C(1769860800) /* 2026-01-31T12:00:00Z, a Saturday */

static const char *path;

/* Two people and a robot, in the last hour, yesterday and a month ago. */
static inline int fill_store(void **state)
{
    struct slim_journal_position position = {1, 64, 6};
    struct sample s;

    if (begin_unit(state) != 0) {
        return -1;
    }
    path = scratch_path("stats.db");
    struct slim_store *store = open_store(path);
    well(store, SQLITE->begin(store));
    make_sample(&s);
    s.hit.time_us = (NOON - 60) * 1000000;
    s.facts.visitor = UINT64_C(101) << 40;
    s.facts.referer = text_of("https://www.google.com/");
    s.facts.domain = text_of("www.google.com");
    s.facts.source = text_of("Google");
    s.facts.channel = SLIM_CHANNEL_SEARCH;
    s.facts.terms = text_of("Words");
    put_sample(store, &s);
    s.hit.time_us = (NOON - 30) * 1000000;
    s.facts.referer = text_of("http://www.example.org/a");
    s.facts.domain = text_of("www.example.org");
    s.facts.source = s.facts.terms = (struct slim_text){NULL, 0};
    s.facts.channel = SLIM_CHANNEL_INTERNAL;
    s.facts.referer_is_own = 1;
    s.facts.resource = s.facts.page = text_of("/b");
    put_sample(store, &s);
    s.hit.status = 404;
    s.hit.bytes = 300;
    s.facts.resource = s.facts.page = text_of("/missing");
    put_sample(store, &s);

    make_sample(&s);
    s.hit.time_us = (NOON - 86400) * 1000000;
    s.facts.visitor = UINT64_C(102) << 40;
    memcpy(s.hit.address, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
    s.hit.address_length = 16;
    strcpy(s.facts.country, "FR");
    s.facts.region = text_of("Normandy");
    s.facts.city = text_of("Rouen");
    s.facts.network = 64496;
    s.facts.network_name = text_of("Seine Net");
    s.facts.marks = SLIM_MARK_HOSTING;
    put_sample(store, &s);
    s.hit.time_us = (NOON - 30 * 86400) * 1000000;
    put_sample(store, &s);

    make_sample(&s);
    s.hit.time_us = (NOON - 10) * 1000000;
    s.hit.address[3] = 99;
    s.facts.visitor = UINT64_C(103) << 40;
    s.hit.field[SLIM_AGENT] = text_of("Bot/1");
    s.client = (struct slim_client){.browser = text_of("Googlebot"), .robot = SLIM_ROBOT_SEARCH};
    s.facts.marks = SLIM_MARK_ROBOTS_TXT | SLIM_MARK_HOSTING;
    put_sample(store, &s);
    well(store, SQLITE->commit(store, &position, 6));
    SQLITE->close(store);
    return 0;
}

#endif
