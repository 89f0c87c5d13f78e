/* What is done before a log is read: opening everything as the right user, and knowing whose rules
 * hold. */
#include "importing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "core/ascii.h"
#include "report/escape.h"

#define STORE_WAIT_US 50000
#define STORE_WAIT_TRIES 200

const char *slim_importing_escape(const char *text, apr_pool_t *pool)
{
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    slim_escape_plain(&out, text, strlen(text));
    return out.at;
}

void slim_importing_fail(struct importing *i, const char *name, const char *what, apr_pool_t *pool)
{
    i->exit = slim_cli_fail("%s: %s", name, slim_importing_escape(what, pool));
}

/* As the caller: logs often belong to root, while the store is the server's. */
static int open_logs(struct importing *i)
{
    for (int n = 0; n < i->names->nelts; n++) {
        const char *name = APR_ARRAY_IDX(i->names, n, const char *);
        int fd = strcmp(name, STANDARD_INPUT) == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                                   : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0) {
            slim_importing_fail(i, slim_importing_escape(name, i->cli->pool), strerror(errno),
                                i->cli->pool);
        }
        APR_ARRAY_PUSH(i->fds, int) = fd;
    }
    if (i->rejects) {
        int fd = open(i->rejects, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        i->progress.rejects = fd >= 0 ? fdopen(fd, "w") : NULL;
        if (!i->progress.rejects) {
            slim_importing_fail(i, slim_importing_escape(i->rejects, i->cli->pool), strerror(errno),
                                i->cli->pool);
            return 0;
        }
    }
    return 1;
}

/* A store that is not there yet will belong to the owner of its directory. */
static int become_owner(const struct slim_cli *cli, const char *state)
{
    const char *path = slim_store_file(cli->store);

    return slim_cli_become_owner(path && access(path, F_OK) == 0 ? path : state);
}

/* Two imports of one log at once would both find it new. */
static int lock_imports(const char *state, apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, state, "/import.lock", NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        slim_cli_fail("cannot open %s: %s", path, strerror(errno));
        return 0;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        slim_cli_fail("another import is running on this store; wait until it ends");
        return 0;
    }
    return 1; /* the descriptor, and with it the lock, lives as long as the process */
}

static int read_settings(struct importing *i, const char *state)
{
    struct slim_cli *cli = i->cli;
    unsigned line;

    slim_settings_init(&i->settings, cli->pool);
    apr_status_t rv = slim_settings_load(&i->settings, state, &line, cli->pool);
    if (rv != APR_SUCCESS && rv != ENOENT) {
        slim_cli_fail("%s/settings: line %u cannot be used: are module and command of one version?",
                      state, line + 1);
        return 0;
    }
    if (i->server) {
        char *server = apr_pstrdup(cli->pool, i->server);
        slim_lower_all(server, strlen(server), server);
        i->settings.server = server;
    }
    i->settings.store = cli->store;
    i->settings.state = state;
    if (!i->settings.data) {
        i->settings.data = cli->data;
    }
    i->import.settings = &i->settings;
    return 1;
}

/* --- whose rules the hits follow --- */

static int is_noted(const apr_array_header_t *texts, const char *text)
{
    for (int n = 0; n < texts->nelts; n++) {
        if (strcmp(APR_ARRAY_IDX(texts, n, const char *), text) == 0) {
            return 1;
        }
    }
    return 0;
}

static void note_unknown_pages(const struct slim_site_rules *rules, apr_array_header_t *texts)
{
    for (int n = 0; rules->pages && n < rules->pages->nelts; n++) {
        const struct slim_page_rule *one = &APR_ARRAY_IDX(rules->pages, n, struct slim_page_rule);
        const char *text =
            apr_pstrcat(texts->pool, "SlimStatsPage ", one->text, *one->section ? " in " : "",
                        one->section, ": pages are imported without it", NULL);
        int is_unknown = one->section_id || one->kind == SLIM_PAGE_FILE;
        if (is_unknown && !is_noted(texts, text)) {
            APR_ARRAY_PUSH(texts, const char *) = text;
        }
    }
}

static void note_unknown_hits(const struct slim_site_rules *rules, apr_array_header_t *texts)
{
    for (int n = 0; rules->exclusions && n < rules->exclusions->nelts; n++) {
        const struct slim_exclusion *one =
            &APR_ARRAY_IDX(rules->exclusions, n, struct slim_exclusion);
        const char *text =
            strcmp(one->text, "off") == 0
                ? "SlimStats Off"
                : apr_pstrcat(texts->pool, one->is_own ? "SlimStatsOwn " : "SlimStatsExclude ",
                              one->text, NULL);
        if (*one->section) {
            text = apr_pstrcat(texts->pool, text, " in ", one->section, NULL);
        }
        text = apr_pstrcat(texts->pool, text,
                           one->is_own ? ": what it fits is imported as of people"
                                       : ": what it leaves out is imported",
                           NULL);
        if (one->kind == SLIM_EXCLUSION_UNKNOWN && !is_noted(texts, text)) {
            APR_ARRAY_PUSH(texts, const char *) = text;
        }
    }
}

/* Rules that ask for what a log does not have. */
static void tell_unanswered(struct importing *i)
{
    apr_pool_t *pool = i->cli->pool;
    apr_array_header_t *texts = apr_array_make(pool, 4, sizeof(const char *));

    for (apr_hash_index_t *hi = apr_hash_first(pool, i->settings.sites); hi;
         hi = apr_hash_next(hi)) {
        note_unknown_hits(apr_hash_this_val(hi), texts);
        note_unknown_pages(apr_hash_this_val(hi), texts);
    }
    for (int n = 0; n < texts->nelts; n++) {
        slim_cli_fail("warning: a log cannot answer %s", APR_ARRAY_IDX(texts, n, const char *));
    }
}

/* The only site of a server is that of lines which name none. */
static void choose_site(struct importing *i)
{
    const char *only = slim_site_names_only(i->settings.hosts);

    if (i->site) {
        char *site = apr_pstrdup(i->cli->pool, i->site);
        slim_lower_all(site, strlen(site), site);
        i->site = site;
        return;
    }
    i->site = only ? only : "";
}

/* --- the store --- */

static int recorder_runs(const char *state, apr_pool_t *pool)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(apr_pstrcat(pool, state, "/recorder.lock", NULL),
                  O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int held = fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

    if (fd >= 0) {
        close(fd);
    }
    return held;
}

/* Only one may make a store: a recorder that has just begun is about to. */
static int may_make_store(const struct importing *i)
{
    const char *path = slim_store_file(i->settings.store);
    int runs = recorder_runs(i->settings.state, i->cli->pool);

    for (int tries = 0; runs && path && access(path, F_OK) != 0 && tries < STORE_WAIT_TRIES;
         tries++) {
        usleep(STORE_WAIT_US);
    }
    return !runs;
}

static int open_store(struct importing *i)
{
    static const struct slim_journal_identity none;
    const struct slim_store_opening opening = {.url = i->settings.store,
                                               .data = i->settings.data,
                                               .identity = &none,
                                               .may_create = may_make_store(i),
                                               .visit_timeout_s = i->settings.visit_timeout_s};

    i->import.engine = slim_store_engine_for(i->settings.store);
    if (i->import.engine->open(&opening, &i->import.store, i->cli->pool) != APR_SUCCESS) {
        slim_cli_fail("%s", i->import.store->error.what);
        return 0;
    }
    return 1;
}

static void make_enrichments(struct importing *i)
{
    static const char *const names[SLIM_DATA_PARTS] = {
        [SLIM_DATA_COUNTRY] = "country file",
        [SLIM_DATA_NETWORKS] = "network data",
        [SLIM_DATA_AGENTS] = "agent rules",
        [SLIM_DATA_SOURCES] = "list of sources",
        [SLIM_DATA_PAGES] = "list of paths, names or parameters",
    };
    struct slim_enrich_part parts[SLIM_DATA_PARTS];

    i->import.enrich = slim_enrich_make(&i->settings, i->cli->pool);
    slim_enrich_refresh(i->import.enrich, parts);
    for (int n = 0; n < SLIM_DATA_PARTS; n++) {
        if (parts[n].status != APR_SUCCESS) {
            slim_cli_fail("warning: cannot use the %s %s; what it provides stays empty", names[n],
                          parts[n].reason[0] ? parts[n].reason
                          : parts[n].path    ? parts[n].path
                                             : "");
        }
    }
}

int slim_importing_prepare(struct importing *i)
{
    const char *state = slim_cli_state(i->cli);

    if (!slim_store_engine_for(i->cli->store)) {
        slim_cli_refuse_url(i->cli);
        return 0;
    }
    if (!open_logs(i) || !become_owner(i->cli, state)) {
        return 0;
    }
    umask(077);
    if (!lock_imports(state, i->cli->pool) || !read_settings(i, state) || !open_store(i)) {
        return 0;
    }
    make_enrichments(i);
    choose_site(i);
    tell_unanswered(i);
    return 1;
}
