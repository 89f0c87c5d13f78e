/* Totals of days whose hits another store has no more. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/dimension.h"
#include "store/hll.h"
#include "store/sums.h"
#include "writer.h"

#define DAY_S 86400

static void put_number(struct slim_sqlite *store, const char *key, int64_t number)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%lld", (long long)number);

    slim_sqlite_put_fact(store, key, text, (size_t)length);
}

/* Whose totals are taken; 0: nobody's. */
static int64_t taken_from(struct slim_sqlite *store)
{
    int64_t archive;

    slim_sql_numbers(store, "write/fact_number",
                     SLIM_VALUES(slim_value_string(":key", "totals_from")), 0, &archive, 1);
    return archive;
}

apr_status_t slim_sqlite_put_gone(struct slim_store *base, int64_t second, uint32_t archive)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    struct slim_sqlite *store = &w->store;
    int64_t has_any = 1;

    if (second % DAY_S != 0 || taken_from(store) != 0) {
        return slim_sql_status(store);
    }
    slim_sqlite_flush(w);
    slim_sql_numbers(store, "write/has_totals",
                     SLIM_VALUES(slim_value(":first", second << SLIM_HIT_SECOND_SHIFT),
                                 slim_value(":bucket", second / DAY_S)),
                     1, &has_any, 1);
    if (!has_any) {
        put_number(store, "totals_from", archive);
        if (slim_sqlite_rows_from(store) < second) {
            put_number(store, "rows_from", second);
        }
        slim_sqlite_sessions_forget(w);
    }
    return slim_sql_status(store);
}

/* --- a key --- */

struct reading {
    const struct slim_store_total *total;
    int next; /* of its texts */
};

static struct slim_text take_text(struct reading *r)
{
    return r->next < SLIM_TOTAL_TEXTS ? r->total->text[r->next++] : (struct slim_text){"", 0};
}

static int64_t take_number(struct reading *r)
{
    struct slim_text text = take_text(r);
    char digits[24];

    if (text.length >= sizeof digits) {
        return 0;
    }
    memcpy(digits, text.at ? text.at : "", text.length);
    digits[text.length] = '\0';
    int64_t number = strtoll(digits, NULL, 10);
    return number > 0 && number <= INT32_MAX ? number : 0; /* as parts of keys are */
}

static void put_text(struct slim_hit_texts *texts, size_t at, struct slim_text text)
{
    *(struct slim_text *)((char *)texts + at) = text;
}

/* The texts of an entry and of those that it refers to, as export_totals.c writes them. at: where
 * its own first text is kept; 0: where its column says. */
static void take_entry(struct reading *r, enum slim_dictionary_name name, size_t at,
                       struct slim_hit_texts *texts)
{
    for (const struct slim_entry_column *c = slim_dictionaries[name].column; c->name; c++) {
        if (c->type == SLIM_ENTRY_TEXT) {
            put_text(texts, at ? at : c->at, take_text(r));
        } else if (c->type == SLIM_ENTRY_NUMBER) {
            slim_row_set(texts, c->at, take_number(r));
        } else {
            take_entry(r, c->in, c->at, texts);
        }
    }
}

static int64_t key_of(struct slim_sqlite_writer *w, const struct slim_dimension *d, int64_t day,
                      const struct slim_store_total *total)
{
    const struct slim_key *key = slim_dimension_key(d);
    struct reading r = {total, 0};
    int64_t number[SLIM_KEY_PARTS_MAX] = {0};

    for (int i = 0; key->part[i].at; i++) {
        enum slim_dictionary_name name = slim_dimension_dictionary(d, i);
        struct slim_hit_texts texts = {0};
        if (name == SLIM_NO_DICTIONARY) {
            number[i] = take_number(&r);
        } else {
            take_entry(&r, name, 0, &texts);
            number[i] =
                slim_sqlite_dictionaries_number(&w->store, w->dictionaries, name, day, &texts);
        }
    }
    return slim_key_join(key, number);
}

static const struct slim_dimension *find(int64_t number)
{
    const struct slim_dimension *d = slim_dimension_table;

    while (d->number && d->number != number) {
        d++;
    }
    return d->number ? d : NULL;
}

/* --- a total --- */

static int is_set(struct slim_text bytes)
{
    struct slim_hll set = {0};
    int good = slim_hll_merge(&set, bytes.at, bytes.length) == APR_SUCCESS;

    slim_hll_free(&set);
    return good;
}

static void write_total(struct slim_sqlite *store, const struct slim_store_total *total,
                        int64_t site, int64_t key)
{
    const int64_t *measure = total->measure;
    const struct slim_value at[] = {slim_value(":dimension", total->dimension),
                                    slim_value(":bucket", total->bucket), slim_value(":site", site),
                                    slim_value(":robot", total->robot), slim_value(":key", key)};

    slim_sql_run(store, "write/total_put",
                 SLIM_VALUES(at[0], at[1], at[2], at[3], at[4],
                             slim_value(":hits", measure[SLIM_MEASURE_HITS]),
                             slim_value(":pageviews", measure[SLIM_MEASURE_PAGEVIEWS]),
                             slim_value(":errors", measure[SLIM_MEASURE_ERRORS]),
                             slim_value(":bytes", measure[SLIM_MEASURE_BYTES]),
                             slim_value(":visits", measure[SLIM_MEASURE_VISITS]),
                             slim_value(":bounces", measure[SLIM_MEASURE_BOUNCES]),
                             slim_value(":duration", measure[SLIM_MEASURE_DURATION]),
                             slim_value(":fresh", measure[SLIM_MEASURE_FRESH]),
                             slim_value(":unshown", measure[SLIM_MEASURE_UNSHOWN])));
    if (total->visitors.length > 0 && is_set(total->visitors)) {
        slim_sql_run(store, "write/total_visitors_put",
                     SLIM_VALUES(at[0], at[1], at[2], at[3], at[4],
                                 slim_value_blob(":hashes", total->visitors.at,
                                                 total->visitors.length)));
    }
}

apr_status_t slim_sqlite_put_total(struct slim_store *base, const struct slim_store_total *total,
                                   uint32_t archive)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    struct slim_sqlite *store = &w->store;
    const struct slim_dimension *d = find(total->dimension);
    struct slim_hit_texts texts = {.site = total->site};

    if (!d || taken_from(store) != archive
        || total->bucket >= slim_sqlite_rows_from(store) / d->unit) {
        return slim_sql_status(store);
    }
    int64_t day = total->bucket * d->unit / DAY_S;
    int64_t site =
        slim_sqlite_dictionaries_number(store, w->dictionaries, SLIM_DICTIONARY_SITE, day, &texts);
    write_total(store, total, site, key_of(w, d, day, total));
    return slim_sql_status(store);
}
