/* What stores keep of a hit and of a visit, told once: a table of columns for each, and one of the
 * dictionaries that hold their texts. Inserting, reading back, binding and forgetting follow these
 * tables, whatever the engine; an engine's schema is checked against them by a test. */
#ifndef SLIM_COLUMNS_H
#define SLIM_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "core/facts.h"
#include "core/hit.h"
#include "core/session.h"

/* The texts of a hit that are kept as they are, each in a dictionary of its own with the one column
 * name: the hit's column, the dictionary's NAME, where the text comes from (of hit, or facts), how
 * many new ones a day there may be, and how many a writer remembers. One more is one more line
 * here, and a schema. */
#define SLIM_PLAIN_TEXTS(X)                                                                        \
    X(site, SITE, hit->field[SLIM_SITE], 1000, 256)                                                \
    X(method, METHOD, hit->field[SLIM_METHOD], 100, 64)                                            \
    X(language, LANGUAGE, slim_text_of(facts->language), 10000, 1024)                              \
    X(country, COUNTRY, slim_text_of(facts->country), 1000, 512)                                   \
    X(searchterms, SEARCHTERMS, facts->terms, 100000, 4096)                                        \
    X(tls, TLS, slim_text_of(facts->tls), 20, 16)                                                  \
    X(server, SERVER, facts->server, 1000, 64)

#define SLIM_PLAIN_NUMBER(name, NAME, text, ceiling, cached) int64_t name;
#define SLIM_PLAIN_TEXT(name, NAME, text, ceiling, cached) struct slim_text name;
#define SLIM_PLAIN_NAME(name, NAME, text, ceiling, cached) SLIM_DICTIONARY_##NAME,

/* --- rows --- */

/* A hit as it is kept: numbers, and the numbers of its texts in the dictionaries. */
struct slim_hit_row {
    int64_t id;
    SLIM_PLAIN_TEXTS(SLIM_PLAIN_NUMBER)
    int64_t referer, source, resource, page, agent, browser, platform, place, network, campaign;
    int64_t address_page; /* that its address is as a referer; 0: the page itself */
    int64_t from;         /* the page that the referer is, of the hit's own site; 0: none */
    int64_t visit;        /* or the rest of its session; 0: its visitor is not kept */
    int64_t visitor;
    int64_t shown; /* see struct slim_session_part */
    int64_t roles; /* SLIM_ROLE_*; not stored, but made of what is */
    int64_t robot, kind, pageview, download, protocol, status, bytes, duration_us, flags, marks;
    int64_t evidence;    /* core/evidence.h */
    uint8_t address[16]; /* network byte order */
    uint8_t address_length;
};

/* Bits of flags that are derived; those below are the record's (SLIM_HIT_FLAGS_KEPT). */
enum slim_row_flag {
    SLIM_ROW_LOCAL_TERMS = 16, /* the search terms are of the site's own search */
    SLIM_ROW_OWN_REFERER = 17, /* the referer is a page of the hit's own site */
    SLIM_ROW_SEARCHED = 18,    /* it is the visit's first search for its words on the site */
    SLIM_ROW_OWN = 19,         /* it is of those who run the site: what SlimStatsOwn says */
    SLIM_ROW_IMPORTED = 20,    /* it is of a log, not of the recorder */
    SLIM_ROW_ARCHIVED = 21,    /* it came from another store, by an archive */
    SLIM_ROW_LOG = 32,         /* from here on: the number of the last log with a line that is it */
};

/* What an archive says of them, as one number: searches are found again, and logs are a store's
 * own. */
#define SLIM_ROW_FLAGS_ARCHIVED                                                                    \
    (INT64_C(1) << SLIM_ROW_LOCAL_TERMS | INT64_C(1) << SLIM_ROW_OWN_REFERER                       \
     | INT64_C(1) << SLIM_ROW_OWN | INT64_C(1) << SLIM_ROW_IMPORTED | SLIM_HIT_FLAGS_KEPT)

/* Those of hits that are in the account of imports, not in the ledger. */
#define SLIM_ROW_FLAGS_OF_IMPORTS                                                                  \
    (INT64_C(1) << SLIM_ROW_IMPORTED | INT64_C(1) << SLIM_ROW_ARCHIVED)

/* The row of a hit but for its texts, its id and its visit. */
void slim_hit_row_begin(struct slim_hit_row *row, const struct slim_hit *hit,
                        const struct slim_facts *facts);

/* The time that a hit took, in microseconds, as far as sums of it fit. */
int64_t slim_hit_row_time(const struct slim_hit_row *row);

/* Whether it is a prefetch that was never shown. */
int slim_hit_row_is_unshown(const struct slim_hit_row *row);

/* What a row's hit can be by itself, SLIM_ROLE_*: of its kind, status, flags and terms, and of its
 * method as sent. */
int64_t slim_hit_row_roles(const struct slim_hit_row *row, struct slim_text method);

/* Puts into a row of no visitor what its hit is: no prefetch of it is ever shown, a POST without
 * anybody's act before it is no page view, and none but itself is own. */
void slim_hit_row_alone(struct slim_hit_row *row);

/* Gives a row another kind, and its words to the site's own search or not. What it is then its
 * session has to say; a row of no visitor stands alone. */
void slim_hit_row_become(struct slim_hit_row *row, int64_t kind, int terms_are_local,
                         struct slim_text method);

/* A row as its session sees it; the row has its id. And back: what the session made of the hit. */
struct slim_session_hit slim_hit_row_of_session(const struct slim_hit_row *row);
void slim_hit_row_take(struct slim_hit_row *row, const struct slim_session_part *part);

/* --- dictionaries --- */

enum slim_dictionary_name {
    SLIM_NO_DICTIONARY,
    /* clang-format off */
    SLIM_PLAIN_TEXTS(SLIM_PLAIN_NAME)
    /* clang-format on */
    SLIM_DICTIONARY_DOMAIN,
    SLIM_DICTIONARY_PAGE,
    SLIM_DICTIONARY_BROWSER,
    SLIM_DICTIONARY_PLATFORM,
    SLIM_DICTIONARY_RESOURCE,
    SLIM_DICTIONARY_REFERER,
    SLIM_DICTIONARY_SOURCE,
    SLIM_DICTIONARY_CAMPAIGN,
    SLIM_DICTIONARY_PLACE,
    SLIM_DICTIONARY_NETWORK,
    SLIM_DICTIONARY_BROWSER_VERSION,
    SLIM_DICTIONARY_PLATFORM_VERSION,
    SLIM_DICTIONARY_OPERATOR,
    SLIM_DICTIONARY_AGENT,
    SLIM_DICTIONARIES
};

/* What dictionaries keep of a hit. Texts are the hit's and the facts'. */
struct slim_hit_texts {
    SLIM_PLAIN_TEXTS(SLIM_PLAIN_TEXT)
    struct slim_text domain, page, address_page, referer_page, browser, version, platform,
        platform_version, resource, referer, source, campaign, medium, term, content, region, city,
        network, agent, hints, version_full, operator;
    int64_t channel, network_number, robot, purpose;
};

void slim_hit_texts_of(const struct slim_hit *hit, const struct slim_facts *facts,
                       struct slim_hit_texts *texts);

enum slim_entry_type {
    SLIM_ENTRY_TEXT,   /* of struct slim_hit_texts */
    SLIM_ENTRY_NUMBER, /* likewise */
    SLIM_ENTRY_OTHER,  /* the number of an entry of another dictionary */
    SLIM_ENTRY_VALUE   /* likewise, but entries are the same whatever it is; stands last */
};

struct slim_entry_column {
    const char *name;
    enum slim_entry_type type;
    size_t at;                    /* in struct slim_hit_texts; 0: the other dictionary's own text */
    enum slim_dictionary_name in; /* the other dictionary */
    size_t row; /* with a text of its own: where a hit's row has the number, too; 0: nowhere */
};

#define SLIM_ENTRY_COLUMNS_MAX 7

/* In each dictionary entry 0 is the empty one, and 1, "(other)", stands for all that came after the
 * ceiling. */
struct slim_dictionary {
    const char *name;                                            /* its table */
    struct slim_entry_column column[SLIM_ENTRY_COLUMNS_MAX + 1]; /* ends with a NULL name */
    size_t row;       /* where a hit's row has the number; 0: nowhere */
    uint32_t ceiling; /* new entries a day: made-up agents and addresses must not fill a store */
    unsigned cached;  /* entries that a writer remembers */
    int is_part;      /* looked up with another dictionary's entry, never for itself */
    int is_version;   /* of something: an entry even when it has no text of its own */
};

/* By enum slim_dictionary_name; the first is empty. */
extern const struct slim_dictionary slim_dictionaries[SLIM_DICTIONARIES];

#define SLIM_OTHER 1

/* --- columns --- */

enum slim_stored_type { SLIM_STORED_NUMBER, SLIM_STORED_ADDRESS };

struct slim_stored_column {
    const char *name;
    size_t at; /* in struct slim_hit_row, struct slim_visit: an int64_t, or the address */
    enum slim_dictionary_name dictionary; /* whose number it is */
    const char *through; /* not in the row's own table, but in this one that it refers to */
    enum slim_stored_type type;
};

/* A table, and its columns: first those of its own, then those that are read through others. */
struct slim_stored_table {
    const char *name;
    const struct slim_stored_column *column; /* ends with a NULL name */
};

extern const struct slim_stored_table slim_stored_hit, slim_stored_visit;

/* The column at an offset of the row; NULL: there is none. */
const struct slim_stored_column *slim_stored_column_at(const struct slim_stored_table *table,
                                                       size_t at);

/* The number at an offset of a row. */
static inline int64_t slim_row_number(const void *row, size_t at)
{
    return *(const int64_t *)((const char *)row + at);
}

static inline void slim_row_set(void *row, size_t at, int64_t number)
{
    *(int64_t *)((char *)row + at) = number;
}

#endif
