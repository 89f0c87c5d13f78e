/* Looking a referer's host up in the list of sources. */
#include "sources.h"

#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "core/ascii.h"
#include "core/tsv.h"
#include "core/url.h"

/* Patterns as written: "host", "host/path", ".host" (and all below it), "??.host" (a country's
 * label before it), "host.*" (any TLD, also of two parts as co.uk), or a mix of them; and
 * "label.**" (any host below two labels or more that begins so). Words are what links call a source
 * (utm_source): its name, and what is written as "=word"; letters and digits alone, lower case. */
struct slim_sources {
    apr_hash_t *patterns; /* to struct slim_source */
    apr_hash_t *words;    /* the same */
};

#define KEY_MAX 512
#define WORD_MAX 64

static int pattern_is_possible(const char *pattern)
{
    size_t length = strlen(pattern);

    return length > 1 && length < 256
           && strspn(pattern, "abcdefghijklmnopqrstuvwxyz0123456789.-*/_~=?") == length;
}

struct slim_sources *slim_sources_make(apr_pool_t *pool)
{
    struct slim_sources *sources = apr_palloc(pool, sizeof *sources);

    sources->patterns = apr_hash_make(pool);
    sources->words = apr_hash_make(pool);
    return sources;
}

static struct slim_source *make_source(const char *path, const struct slim_tsv *row,
                                       apr_pool_t *pool)
{
    struct slim_source *source = apr_pcalloc(pool, sizeof *source);

    source->parameters = source->charset = "";
    source->file = path;
    source->line = row->line;
    return source;
}

/* A name as a word. Its length; 0: nothing is left of it, or too much. */
static size_t word_of(struct slim_text name, char word[WORD_MAX])
{
    size_t used = 0;

    for (size_t i = 0; i < name.length; i++) {
        char c = slim_lower(name.at[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80) {
            if (used == WORD_MAX) {
                return 0;
            }
            word[used++] = c;
        }
    }
    return used;
}

static void add_word(struct slim_sources *sources, const char *name, struct slim_source *source,
                     apr_pool_t *pool)
{
    char word[WORD_MAX];
    size_t length = word_of(slim_text_of(name), word);

    if (length > 0) {
        apr_hash_set(sources->words, apr_pmemdup(pool, word, length), (apr_ssize_t)length, source);
    }
}

static const char bad_pattern[] =
    "is no pattern: lower-case letters, digits and . - * / _ ~ = ? (see the head of sources.tsv)";

/* The first pattern of a row that is none; NULL: all are. */
static const char *find_bad_pattern(const char *patterns, apr_pool_t *pool)
{
    char *state, *copy = apr_pstrdup(pool, patterns);

    for (char *one = apr_strtok(copy, " ", &state); one; one = apr_strtok(NULL, " ", &state)) {
        if (!pattern_is_possible(one)) {
            return patterns + (one - copy);
        }
    }
    return NULL;
}

static const char *check_row(struct slim_tsv *row, apr_pool_t *pool)
{
    if (row->columns < 3 || !*row->column[0]) {
        return "needs a name, a channel and patterns";
    }
    if (slim_channel_of(row->column[1]) < 0) {
        row->fault_at = row->at[1];
        return "is no channel: search, social, ai, mail or website";
    }
    const char *bad = find_bad_pattern(row->column[2], pool);
    if (bad) {
        row->fault_at = row->at[2] + (unsigned)(bad - row->column[2]);
        return bad_pattern;
    }
    return NULL;
}

static const char *take_row(void *baton, const char *path, struct slim_tsv *row, apr_pool_t *pool)
{
    struct slim_sources *sources = baton;
    const char *why = check_row(row, pool);
    char *state;

    if (why) {
        return why;
    }
    struct slim_source *source = make_source(path, row, pool);
    source->name = row->column[0];
    source->channel = (enum slim_channel)slim_channel_of(row->column[1]);
    source->parameters = row->column[3];
    source->charset = row->column[4];
    add_word(sources, source->name, source, pool);
    for (char *pattern = apr_strtok(row->column[2], " ", &state); pattern;
         pattern = apr_strtok(NULL, " ", &state)) {
        if (pattern[0] == '=') {
            add_word(sources, pattern, source, pool);
        } else {
            apr_hash_set(sources->patterns, pattern, APR_HASH_KEY_STRING, source);
        }
    }
    return NULL;
}

static const char *take_spam_row(void *baton, const char *path, struct slim_tsv *row,
                                 apr_pool_t *pool)
{
    struct slim_sources *sources = baton;
    const char *domain = row->column[0];

    if (row->columns != 1 || !pattern_is_possible(domain) || !strchr(domain, '.')
        || strpbrk(domain, "*/~=?") || domain[0] == '.') {
        return "is no domain";
    }
    struct slim_source *source = make_source(path, row, pool);
    source->name = SLIM_SOURCE_SPAM;
    source->channel = SLIM_CHANNEL_WEBSITE;
    source->spam = 1;
    apr_hash_set(sources->patterns, apr_pstrcat(pool, ".", domain, NULL), APR_HASH_KEY_STRING,
                 source);
    return NULL;
}

apr_status_t slim_sources_add(struct slim_sources *sources, struct slim_list_file *file,
                              apr_pool_t *pool)
{
    return slim_tsv_each(file, take_row, sources, pool);
}

apr_status_t slim_sources_add_spam(struct slim_sources *sources, struct slim_list_file *file,
                                   apr_pool_t *pool)
{
    return slim_tsv_each(file, take_spam_row, sources, pool);
}

/* A key on its way: [.]host[.*][/path] */
struct key {
    char text[KEY_MAX];
    size_t length;
};

static void append(struct key *key, const char *bytes, size_t length)
{
    if (length < sizeof key->text - key->length) {
        memcpy(key->text + key->length, bytes, length);
        key->length += length;
    }
}

/* Tries host with the path's first two parts, its first part, and without a path. */
static const struct slim_source *try_paths(const struct slim_sources *sources, struct key *key,
                                           struct slim_text path)
{
    size_t host_length = key->length, ends[2] = {0, 0};
    int parts = 0;

    for (size_t i = 1; i <= path.length && parts < 2; i++) {
        if (i == path.length || path.at[i] == '/') {
            ends[parts++] = i;
        }
    }
    for (int i = parts; i >= 0; i--) {
        key->length = host_length;
        if (i > 0) {
            append(key, path.at, ends[i - 1]);
        }
        const struct slim_source *found =
            apr_hash_get(sources->patterns, key->text, (apr_ssize_t)key->length);
        if (found) {
            return found;
        }
    }
    return NULL;
}

/* Where the TLD begins: behind the last dot, or the one before it in co.uk, com.br. 0: no TLD. */
static size_t tld_of(struct slim_text host)
{
    static const char *const second[] = {"co", "com", "ne",  "or",  "org", "net",
                                         "ac", "go",  "gob", "off", "it"};
    size_t last = host.length, before;

    while (last > 0 && host.at[last - 1] != '.') {
        last--;
    }
    if (last < 2) {
        return 0;
    }
    for (before = last - 1; before > 0 && host.at[before - 1] != '.';) {
        before--;
    }
    for (size_t i = 0; before > 1 && i < sizeof second / sizeof second[0]; i++) {
        size_t length = strlen(second[i]);
        if (last - 1 - before == length && memcmp(host.at + before, second[i], length) == 0) {
            return before;
        }
    }
    return last;
}

static const struct slim_source *try_host(const struct slim_sources *sources, const char *prefix,
                                          struct slim_text host, struct slim_text path)
{
    struct key key = {.length = 0};
    size_t tld = tld_of(host);

    append(&key, prefix, strlen(prefix));
    append(&key, host.at, host.length);
    const struct slim_source *found = try_paths(sources, &key, path);
    if (found || tld == 0) {
        return found;
    }
    key.length = strlen(prefix);
    append(&key, host.at, tld);
    append(&key, "*", 1);
    return try_paths(sources, &key, path);
}

static struct slim_text without_label(struct slim_text host)
{
    const char *dot = memchr(host.at, '.', host.length);

    if (!dot) {
        return (struct slim_text){NULL, 0};
    }
    return (struct slim_text){dot + 1, host.length - (size_t)(dot + 1 - host.at)};
}

static int begins_with_label(struct slim_text host, const char *label)
{
    size_t length = strlen(label);

    return host.length > length && memcmp(host.at, label, length) == 0;
}

/* "label.**": the host's first label, as it is or without digits at its end (mail2). */
static const struct slim_source *try_first_label(const struct slim_sources *sources,
                                                 struct slim_text host)
{
    struct slim_text rest = without_label(host);
    const struct slim_source *found = NULL;

    if (rest.length == 0 || !memchr(rest.at, '.', rest.length)) {
        return NULL;
    }
    size_t length = host.length - rest.length - 1;
    for (; !found && length > 0; length--) {
        struct key key = {.length = 0};
        append(&key, host.at, length);
        append(&key, ".**", 3);
        found = apr_hash_get(sources->patterns, key.text, (apr_ssize_t)key.length);
        if (host.at[length - 1] < '0' || host.at[length - 1] > '9') {
            break;
        }
    }
    return found;
}

/* "de.", "fr-ca." */
static int begins_with_country(struct slim_text host)
{
    struct slim_text rest = without_label(host);
    size_t label = rest.length > 0 ? host.length - rest.length - 1 : 0;

    return label == 2 || (label == 5 && host.at[2] == '-');
}

/* The host, without labels of devices before it, or with a country's: de.yahoo.com. */
static const struct slim_source *try_exact(const struct slim_sources *sources,
                                           struct slim_text host, struct slim_text path)
{
    const struct slim_source *found = try_host(sources, "", host, path);
    struct slim_text bare = host;

    while (!found
           && (begins_with_label(bare, "www.") || begins_with_label(bare, "m.")
               || begins_with_label(bare, "search."))) {
        bare = without_label(bare);
        found = try_host(sources, "", bare, path);
    }
    if (!found && begins_with_country(bare)) {
        found = try_host(sources, "??.", without_label(bare), path);
    }
    return found;
}

/* A portal is many things: what its host calls mail is not its search. */
static int label_is_better(const struct slim_source *label, const struct slim_source *below)
{
    return label
           && (!below
               || (label->channel == SLIM_CHANNEL_MAIL && below->channel == SLIM_CHANNEL_SEARCH));
}

const struct slim_source *slim_sources_find(const struct slim_sources *sources,
                                            struct slim_text host, struct slim_text path)
{
    const struct slim_source *found = try_exact(sources, host, path);

    for (struct slim_text bare = host; !found && bare.length > 0; bare = without_label(bare)) {
        found = try_host(sources, ".", bare, path);
    }
    if (!found || found->channel == SLIM_CHANNEL_SEARCH) {
        const struct slim_source *label = try_first_label(sources, host);
        found = label_is_better(label, found) ? label : found;
    }
    return found;
}

const struct slim_source *slim_sources_named(const struct slim_sources *sources,
                                             struct slim_text name)
{
    const struct slim_source *found = NULL;
    char host[256], word[WORD_MAX];
    struct slim_url url;

    if (slim_url_split(name, &url) && url.host.length > 0) {
        name = url.host;
    }
    if (name.length < sizeof host && name.length > 0 && memchr(name.at, '.', name.length)) {
        slim_lower_all(name.at, name.length, host);
        found = slim_sources_find(sources, (struct slim_text){host, name.length}, slim_text_of(""));
    }
    size_t length = found ? 0 : word_of(name, word);
    return length > 0 ? apr_hash_get(sources->words, word, (apr_ssize_t)length) : found;
}
