/* Titles of pages. Nearly every hit of a page has the title that is known: those of the last pages
 * are remembered, so that it costs a look-up. */
#include <string.h>

#include "core/cache.h"
#include "writer.h"

#define REMEMBERED 1024

struct title {
    int64_t time_us; /* the newest hit with it */
    size_t length;
    char text[SLIM_TERMS_MAX];
};

struct slim_sqlite_titles {
    sqlite3_stmt *put;
    struct slim_cache *cache; /* to struct title, by site and page */
};

struct slim_sqlite_titles *slim_sqlite_titles_open(struct slim_sqlite *store, apr_pool_t *pool)
{
    struct slim_sqlite_titles *titles = apr_palloc(pool, sizeof *titles);

    titles->put = slim_sql_placed(store, "write/title_put", NULL, ":site :page :title :time_us");
    titles->cache = slim_cache_make(REMEMBERED, REMEMBERED * sizeof(struct title), pool);
    return titles;
}

void slim_sqlite_titles_forget(struct slim_sqlite_writer *w)
{
    slim_cache_clear(w->titles->cache);
}

/* Whether it is what is remembered, or older: hits of several processes come in any order. If not,
 * it is remembered. */
static int is_known(struct slim_cache *cache, const int64_t key[2], struct slim_text text,
                    int64_t time_us)
{
    struct slim_text bytes = {(const char *)key, 2 * sizeof *key};
    struct title *title = slim_cache_get(cache, bytes);

    if (title && time_us < title->time_us) {
        return 1;
    }
    if (title && title->length == text.length && memcmp(title->text, text.at, text.length) == 0) {
        title->time_us = time_us;
        return 1;
    }
    if (!title) {
        static const struct title none;
        title = slim_cache_put(cache, bytes, &none, sizeof none);
    }
    memcpy(title->text, text.at, text.length);
    title->length = text.length;
    title->time_us = time_us;
    return 0;
}

void slim_sqlite_title(struct slim_sqlite_writer *w, const struct slim_hit_row *row,
                       struct slim_text text, int64_t time_us)
{
    const int64_t key[2] = {row->site, row->page};

    if (text.length == 0 || text.length > SLIM_TERMS_MAX || row->page <= SLIM_OTHER
        || !slim_sql_is_well(&w->store) || is_known(w->titles->cache, key, text, time_us)) {
        return;
    }
    sqlite3_bind_int64(w->titles->put, 1, row->site);
    sqlite3_bind_int64(w->titles->put, 2, row->page);
    slim_sql_bind_text(w->titles->put, 3, text);
    sqlite3_bind_int64(w->titles->put, 4, time_us);
    slim_sql_finish(&w->store, w->titles->put);
}
