/* Robots by the published addresses of their operators. */
#include "proof.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "core/list_file.h"
#include "core/tsv.h"
#include "ranges.h"
#include "watch.h"

#define LINES_MAX 256

/* A file of STATE/ranges. */
struct list {
    const char *path;
    struct slim_watch watch; /* as it was read */
    struct slim_ranges ranges;
    const char *fault; /* NULL: it can be used, or is not there */
};

struct slim_proofs {
    const char *path[2]; /* of lines, shipped and own; NULL: none */
    struct slim_watch watch[2];
    const char *directory; /* of lists; NULL: none */
    apr_pool_t *parent, *pool;
    const char *fault[2];        /* of the lines */
    apr_array_header_t *lines;   /* struct slim_proof_line */
    apr_array_header_t *lists;   /* struct list, each once */
    apr_array_header_t *list_of; /* int, of each line */
};

struct slim_proofs *slim_proofs_make(const char *data, const char *state, apr_pool_t *pool)
{
    struct slim_proofs *p = apr_pcalloc(pool, sizeof *p);

    p->path[0] = apr_pstrcat(pool, data, "/" SLIM_PROOFS_FILE, NULL);
    if (state) {
        p->path[1] = apr_pstrcat(pool, state, "/" SLIM_PROOFS_FILE, NULL);
        p->directory = apr_pstrcat(pool, state, "/" SLIM_RANGES_DIRECTORY "/", NULL);
    }
    p->parent = pool;
    p->lines = apr_array_make(pool, 1, sizeof(struct slim_proof_line));
    p->lists = apr_array_make(pool, 1, sizeof(struct list));
    p->list_of = apr_array_make(pool, 1, sizeof(int));
    return p;
}

/* --- lines --- */

static int list_for(struct slim_proofs *p, const char *file, apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, p->directory ? p->directory : "", file, NULL);

    for (int i = 0; i < p->lists->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(p->lists, i, struct list).path, path) == 0) {
            return i;
        }
    }
    APR_ARRAY_PUSH(p->lists, struct list) = (struct list){.path = path};
    return p->lists->nelts - 1;
}

static const char *take(void *baton, const char *path, struct slim_tsv *row, apr_pool_t *pool)
{
    struct slim_proofs *p = baton;

    (void)path;
    if (row->columns < 3 || row->columns > 4 || !*row->column[0] || !*row->column[1]
        || !*row->column[2]) {
        return "a line is a word, an operator, a file and where it is from";
    }
    row->fault_at = row->at[2];
    if (strchr(row->column[2], '/') || row->column[2][0] == '.') {
        return "a file is a name in the directory " SLIM_RANGES_DIRECTORY;
    }
    if (p->lines->nelts == LINES_MAX) {
        return "there are too many lines: at most 256";
    }
    APR_ARRAY_PUSH(p->lines, struct slim_proof_line) =
        (struct slim_proof_line){row->column[0], row->column[1], row->column[2], row->column[3]};
    APR_ARRAY_PUSH(p->list_of, int) = list_for(p, row->column[2], pool);
    return NULL;
}

static void read_lines(struct slim_proofs *p, int which)
{
    struct slim_list_file file = {.path = p->path[which], .is_own = which, .only_good = 1};

    apr_status_t rv = slim_list_file_load(&file, p->pool);
    if (APR_STATUS_IS_ENOENT(rv)) {
        return;
    }
    if (rv == APR_SUCCESS) {
        (void)!slim_tsv_each(&file, take, p, p->pool); /* the fault says it */
    }
    p->fault[which] = file.fault;
}

/* --- lists --- */

static void read_list(struct list *list, apr_pool_t *pool)
{
    struct slim_list_file file = {.path = list->path};
    apr_pool_t *scratch;

    (void)slim_watch_changed(&list->watch, list->path);
    if (list->watch.seen.st_mtim.tv_sec == 0 || apr_pool_create(&scratch, pool) != APR_SUCCESS) {
        return;
    }
    if (slim_list_file_load(&file, scratch) != APR_SUCCESS) {
        list->fault = apr_pstrdup(pool, file.fault);
    } else {
        const char *fault = slim_ranges_read(file.bytes, file.length, &list->ranges, pool);
        list->fault = fault ? apr_pstrcat(pool, list->path, ": ", fault, NULL) : NULL;
    }
    apr_pool_destroy(scratch);
}

static int has_changed(struct slim_proofs *p)
{
    int changed = 0;

    for (int i = 0; i < 2 && p->path[i]; i++) {
        changed |= slim_watch_changed(&p->watch[i], p->path[i]);
    }
    for (int i = 0; i < p->lists->nelts && p->directory; i++) {
        struct list *list = &APR_ARRAY_IDX(p->lists, i, struct list);
        changed |= slim_watch_changed(&list->watch, list->path);
    }
    return changed;
}

int slim_proofs_refresh(struct slim_proofs *p)
{
    apr_pool_t *before = p->pool;

    if (!has_changed(p) || apr_pool_create(&p->pool, p->parent) != APR_SUCCESS) {
        return 0;
    }
    p->lines = apr_array_make(p->pool, 32, sizeof(struct slim_proof_line));
    p->lists = apr_array_make(p->pool, 32, sizeof(struct list));
    p->list_of = apr_array_make(p->pool, 32, sizeof(int));
    for (int i = 0; i < 2; i++) {
        p->fault[i] = NULL;
        if (p->path[i]) {
            read_lines(p, i);
        }
    }
    for (int i = 0; i < p->lists->nelts && p->directory; i++) {
        read_list(&APR_ARRAY_IDX(p->lists, i, struct list), p->pool);
    }
    if (before) {
        apr_pool_destroy(before);
    }
    return 1;
}

int slim_proofs_faults(const struct slim_proofs *p, void (*tell)(void *baton, const char *fault),
                       void *baton)
{
    int faults = 0;

    for (int i = 0; i < 2; i++) {
        if (p->fault[i]) {
            tell(baton, p->fault[i]);
            faults++;
        }
    }
    for (int i = 0; i < p->lists->nelts; i++) {
        const char *fault = APR_ARRAY_IDX(p->lists, i, struct list).fault;
        if (fault) {
            tell(baton, fault);
            faults++;
        }
    }
    return faults;
}

/* Of a time that its list can speak of: nobody knows what it was like long before. */
static int is_near(const struct list *list, int64_t at_s)
{
    int64_t age_s = at_s - (int64_t)list->watch.seen.st_mtim.tv_sec,
            most = SLIM_RANGES_DAYS * 86400;

    return list->ranges.count > 0 && age_s >= -most && age_s <= most;
}

int slim_proofs_stale(const struct slim_proofs *p, int64_t now_s,
                      void (*tell)(void *baton, const char *what), void *baton)
{
    int stale = 0;

    for (int i = 0; i < p->lists->nelts; i++) {
        const struct list *list = &APR_ARRAY_IDX(p->lists, i, struct list);
        if (list->ranges.count > 0 && !is_near(list, now_s)) {
            tell(baton, apr_psprintf(p->pool,
                                     "%s: it is not of the last %d days, and makes nobody false; "
                                     "slimstats ranges says how to fetch it again",
                                     list->path, SLIM_RANGES_DAYS));
            stale++;
        }
    }
    return stale;
}

int slim_proofs_lines(const struct slim_proofs *p, const struct slim_proof_line **lines)
{
    *lines = (const struct slim_proof_line *)p->lines->elts;
    return p->lines->nelts;
}

/* --- a client --- */

static int is_called(struct slim_text agent, const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i + length <= agent.length; i++) {
        if (strncasecmp(agent.at + i, word, length) == 0) {
            return 1;
        }
    }
    return 0;
}

static int is_operator(struct slim_text operator, const char * name)
{
    return strlen(name) == operator.length && memcmp(operator.at, name, operator.length) == 0;
}

/* The network that a masked address stands for. */
static void find_ends(const struct slim_proof_case *c, uint8_t first[16], uint8_t last[16])
{
    size_t kept = c->length == 4 ? 3 : 6;

    memcpy(first, c->address, c->length);
    memcpy(last, c->address, c->length);
    if (c->is_masked) {
        memset(first + kept, 0, c->length - kept);
        memset(last + kept, 0xff, c->length - kept);
    }
}

enum slim_proof slim_proofs_tell(const struct slim_proofs *p, const struct slim_proof_case *c,
                                 const struct slim_proof_line **said)
{
    uint8_t first[16], last[16];
    int lists = 0, speaking = 0;

    *said = NULL;
    if (c->length == 0 || c->operator.length == 0) {
        return SLIM_PROOF_OPEN;
    }
    find_ends(c, first, last);
    for (int i = 0; i < p->lines->nelts; i++) {
        const struct slim_proof_line *line = &APR_ARRAY_IDX(p->lines, i, struct slim_proof_line);
        if (!is_operator(c->operator, line->operator) || !is_called(c->agent, line->word)) {
            continue;
        }
        const struct list *list =
            &APR_ARRAY_IDX(p->lists, APR_ARRAY_IDX(p->list_of, i, int), struct list);
        int have = slim_ranges_have(&list->ranges, first, last, c->length);
        *said = line;
        if (have > 0) {
            return SLIM_PROOF_RANGE;
        }
        lists++;
        speaking += have == 0 && !c->is_masked && is_near(list, c->at_s);
    }
    return lists > 0 && lists == speaking ? SLIM_PROOF_FALSE : SLIM_PROOF_OPEN;
}
