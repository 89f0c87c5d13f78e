#include "config_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>
#include <http_core.h>
#include <http_config.h>
#include <http_log.h>
#include <unixd.h>

#include "config.h"
#include "core/visitor_key.h"
#include "store/store.h"

/* Each says what is wrong with a path, or returns NULL. */

static const char *no_file(const char *path, const struct slim_settings *settings, apr_pool_t *pool)
{
    struct stat st;

    (void)settings, (void)pool;
    if (stat(path, &st) != 0) {
        return strerror(errno);
    }
    return S_ISREG(st.st_mode) ? NULL : "is not a regular file";
}

static const char *no_program(const char *path, const struct slim_settings *settings,
                              apr_pool_t *pool)
{
    const char *reason = no_file(path, settings, pool);

    return reason ? reason : access(path, X_OK) == 0 ? NULL : "cannot be executed";
}

static const char *no_directory_above(const char *path, apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');
    const char *above = slash > path ? apr_pstrmemdup(pool, path, (apr_size_t)(slash - path)) : "/";
    struct stat st;

    return stat(above, &st) == 0 && S_ISDIR(st.st_mode) ? NULL : "there is no directory for it";
}

/* Made at start, when there is none. */
static const char *no_state(const char *path, const struct slim_settings *settings,
                            apr_pool_t *pool)
{
    struct stat st;

    (void)settings;
    if (stat(path, &st) != 0) {
        return no_directory_above(path, pool);
    }
    return S_ISDIR(st.st_mode) ? NULL : "is not a directory";
}

static int is_in_state(const char *path, const char *state)
{
    size_t length = strlen(state);

    return strncmp(path, state, length) == 0 && path[length] == '/'
           && !strchr(path + length + 1, '/');
}

/* Made by the recorder, when there is none; so is the state directory before it. */
static const char *no_store(const char *url, const struct slim_settings *settings, apr_pool_t *pool)
{
    const char *path = slim_store_file(url);
    struct stat st;

    if (!path) {
        return NULL;
    }
    if (stat(path, &st) != 0) {
        return is_in_state(path, settings->state) ? NULL : no_directory_above(path, pool);
    }
    return S_ISREG(st.st_mode) ? NULL : "is not a regular file";
}

/* The user that the recorder runs as. */
static uid_t user_of_recorder(void)
{
    return geteuid() == 0 ? ap_unixd_config.user_id : geteuid();
}

/* Whom a key belongs to, and who may read it. */
static const char *no_private_file(const struct stat *st, const char *path, apr_pool_t *pool)
{
    if (!S_ISREG(st->st_mode)) {
        return "is not a regular file";
    }
    if (st->st_uid != user_of_recorder()) {
        return apr_psprintf(pool, "belongs to uid %ld: chown %ld %s, httpd's User",
                            (long)st->st_uid, (long)user_of_recorder(), path);
    }
    return st->st_mode & 077 ? apr_psprintf(pool, "others may read it: chmod 600 %s", path) : NULL;
}

/* What a key's file says does not fit SlimStatsVisitorKey. */
static const char *no_key(const char *path, const struct slim_settings *settings, apr_pool_t *pool)
{
    char text[SLIM_VISITOR_KEY_TEXT_SIZE + 1];
    struct slim_visitor_key_entry entry;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int is_daily = settings->visitor_key == SLIM_VISITOR_KEY_DAILY;
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text);

    if (fd >= 0) {
        close(fd);
    }
    if (length < 0 || !slim_visitor_key_parse(text, (size_t)length, &entry)
        || (entry.kind == SLIM_VISITOR_KEY_DAILY) != is_daily || entry.is_chain != is_daily) {
        return apr_psprintf(pool,
                            "is no key of visitors as SlimStatsVisitorKey %s needs one: make "
                            "one with slimstats key %sFILE, for all front ends",
                            is_daily ? "daily" : "static", is_daily ? "--daily " : "");
    }
    return NULL;
}

/* The recorder replaces the file each day. */
static const char *no_directory_for_days(const char *path, const struct slim_settings *settings,
                                         apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');
    const char *above = slash > path ? apr_pstrmemdup(pool, path, (apr_size_t)(slash - path)) : "/";
    struct stat st;

    if (settings->visitor_key == SLIM_VISITOR_KEY_DAILY
        && (stat(above, &st) != 0 || st.st_uid != user_of_recorder() || !(st.st_mode & S_IWUSR))) {
        return apr_psprintf(pool,
                            "its directory has to belong to uid %ld, httpd's User: with "
                            "SlimStatsVisitorKey daily the file is replaced each day",
                            (long)user_of_recorder());
    }
    return NULL;
}

static const char *no_secret(const char *path, const struct slim_settings *settings,
                             apr_pool_t *pool)
{
    struct stat st;

    if (lstat(path, &st) != 0) {
        return strerror(errno);
    }
    const char *fault = no_private_file(&st, path, pool);
    fault = fault ? fault : no_key(path, settings, pool);
    return fault ? fault : no_directory_for_days(path, settings, pool);
}

static const struct {
    const char *directive;
    size_t offset; /* of its value in the settings: a const char * */
    const char *(*fault)(const char *value, const struct slim_settings *settings, apr_pool_t *pool);
} named[] = {
    {"SlimStatsState", offsetof(struct slim_settings, state), no_state},
    {"SlimStatsStore", offsetof(struct slim_settings, store), no_store},
    {"SlimStatsCountry", offsetof(struct slim_settings, country), no_file},
    {"SlimStatsNetwork", offsetof(struct slim_settings, network), no_file},
    {"SlimStatsAgents", offsetof(struct slim_settings, agents), no_file},
    {"SlimStatsVisitorSecret", offsetof(struct slim_settings, visitor_secret), no_secret},
    {"SlimStatsRecorder", offsetof(struct slim_settings, recorder), no_program},
};

/* The last of its name counts. */
static const ap_directive_t *find_directive(const ap_directive_t *at, const char *name)
{
    const ap_directive_t *found = NULL;

    for (; at; at = at->next) {
        const ap_directive_t *below = find_directive(at->first_child, name);
        found = below ? below : strcasecmp(at->directive, name) == 0 ? at : found;
    }
    return found;
}

static int are_there(server_rec *server, apr_pool_t *ptemp)
{
    const struct slim_settings *settings = &slim_server_config(server)->settings;
    int all = 1;

    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        const ap_directive_t *said = find_directive(ap_conftree, named[i].directive);
        const char *value = *(const char *const *)((const char *)settings + named[i].offset);
        const char *fault = said && value ? named[i].fault(value, settings, ptemp) : NULL;
        if (fault) {
            ap_log_error(APLOG_MARK, APLOG_ERR, 0, server, "%s:%d: %s %s: %s", said->filename,
                         said->line_num, named[i].directive, said->args, fault);
            all = 0;
        }
    }
    return all;
}

int slim_config_files_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                            server_rec *server)
{
    (void)pconf;
    (void)plog;
    if (ap_state_query(AP_SQ_RUN_MODE) != AP_SQ_RM_CONFIG_TEST || !slim_config_is_on()) {
        return OK;
    }
    return are_there(server, ptemp) ? OK : HTTP_INTERNAL_SERVER_ERROR;
}
