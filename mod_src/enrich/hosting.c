/* The list of networks that host: numbers in a table, words tried in turn. */
#include "hosting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "core/ascii.h"
#include "core/tsv.h"

struct line {
    int order;
    int hosts; /* 0: people */
    struct slim_rule_place place;
    const char
        *words; /* folded, without the space where other letters may stand; of lines with words */
};

struct slim_hosting {
    apr_hash_t *numbers;       /* uint32_t to struct line */
    apr_array_header_t *words; /* struct line, in order */
    int lines;
};

#define WORDS_MAX 64
#define FOLDED_SIZE 260

/* "Data-Center, Inc." becomes " data center inc ": what is a word has a space on either side. Bytes
 * past ASCII are letters. Returns the length without that space at the end; 0: no word. */
static size_t fold(struct slim_text text, char folded[FOLDED_SIZE])
{
    size_t used = 1;

    folded[0] = ' ';
    for (size_t i = 0; i < text.length && used < FOLDED_SIZE - 2; i++) {
        char c = slim_lower(text.at[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80) {
            folded[used++] = c;
        } else if (folded[used - 1] != ' ') {
            folded[used++] = ' ';
        }
    }
    if (folded[used - 1] == ' ') {
        used--;
    }
    folded[used] = ' ';
    folded[used + 1] = '\0';
    return used;
}

/* --- reading --- */

static int class_of(const char *name)
{
    return strcmp(name, "hosting") == 0 ? 1 : strcmp(name, "people") == 0 ? 0 : -1;
}

/* "AS16509": 1 and *number, 0 for what is no number, -1 for one that no network can have. */
static int number_of(const char *text, uint32_t *number)
{
    size_t digits = strlen(text) < 3 ? 0 : strspn(text + 2, "0123456789");

    if (digits == 0 || text[2 + digits] != '\0' || strncasecmp(text, "AS", 2) != 0) {
        return 0;
    }
    errno = 0;
    unsigned long long value = strtoull(text + 2, NULL, 10);
    *number = (uint32_t)value;
    return errno == 0 && value > 0 && value <= UINT32_MAX ? 1 : -1;
}

/* What stands in a folded name that fits: "*server" leaves open what its word begins with. */
static const char *pattern_of(const char *network, char folded[FOLDED_SIZE], apr_pool_t *pool)
{
    size_t length = strlen(network), used = strlen(folded);
    int open_before = network[0] == '*', open_behind = network[length - 1] == '*';

    return apr_pstrmemdup(pool, folded + open_before,
                          used - (size_t)open_before - (size_t)open_behind);
}

static const char *take_row(void *baton, const char *path, struct slim_tsv *row, apr_pool_t *pool)
{
    struct slim_hosting *hosting = baton;
    struct line line = {hosting->lines++, class_of(row->column[0]), {path, row->line}, NULL};
    const char *network = row->column[1];
    char folded[FOLDED_SIZE];
    uint32_t number;
    int numbered = number_of(network, &number);

    if (line.hosts < 0) {
        return "begins neither with hosting nor with people";
    }
    if (numbered > 0) {
        uint32_t *key = apr_pmemdup(pool, &number, sizeof number);
        if (!apr_hash_get(hosting->numbers, key, sizeof *key)) {
            apr_hash_set(hosting->numbers, key, sizeof *key, apr_pmemdup(pool, &line, sizeof line));
        }
        return NULL;
    }
    if (numbered < 0 || strlen(network) > WORDS_MAX
        || fold((struct slim_text){network, strlen(network)}, folded) < 3) {
        return "needs the number of a network (AS64496) or words of its name";
    }
    line.words = pattern_of(network, folded, pool);
    APR_ARRAY_PUSH(hosting->words, struct line) = line;
    return NULL;
}

apr_status_t slim_hosting_read(const char *const *paths, int count, struct slim_hosting **result,
                               const char **reason, apr_pool_t *pool)
{
    struct slim_hosting *hosting = apr_pcalloc(pool, sizeof *hosting);
    apr_status_t rv = APR_SUCCESS;

    hosting->numbers = apr_hash_make(pool);
    hosting->words = apr_array_make(pool, 32, sizeof(struct line));
    for (int i = 0; i < count && rv == APR_SUCCESS; i++) {
        struct slim_list_file file = {.path = paths[i]};
        rv = slim_tsv_each(&file, take_row, hosting, pool);
        *reason = file.fault;
    }
    if (rv == APR_SUCCESS) {
        *result = hosting;
    }
    return rv;
}

/* --- asking --- */

static const struct line *find_words(const struct slim_hosting *hosting, struct slim_text name)
{
    char folded[FOLDED_SIZE];

    if (fold(name, folded) < 2) {
        return NULL;
    }
    for (int i = 0; i < hosting->words->nelts; i++) {
        const struct line *line = &APR_ARRAY_IDX(hosting->words, i, struct line);
        if (strstr(folded, line->words)) {
            return line;
        }
    }
    return NULL;
}

int slim_hosting_tell(const struct slim_hosting *hosting, uint32_t number, struct slim_text name,
                      struct slim_rule_place *place)
{
    const struct line *line = find_words(hosting, name);
    const struct line *numbered =
        number > 0 ? apr_hash_get(hosting->numbers, &number, sizeof number) : NULL;

    if (numbered && (!line || numbered->order < line->order)) {
        line = numbered;
    }
    *place = line ? line->place : (struct slim_rule_place){NULL, 0};
    return line && line->hosts;
}
