/* What naming agents costs and how much of it is right. Files of cases are tab separated with a
 * head (user_agent with family and major, or with bot: yes or no); any other file is a list of
 * agents, or a combined access log. Prints figures, asserts nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <apr_general.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "core/text.h"
#include "enrich/agent.h"

#define CACHED 4000 /* agents that the cache holds for certain */

enum column { AGENT, FAMILY, MAJOR, BOT, COLUMNS };

struct row {
    char *column[COLUMNS]; /* NULL: the file has none */
};

struct table {
    const char *path;
    int place[COLUMNS]; /* of the column in a line, -1: none */
    int is_log;
    apr_array_header_t *rows; /* struct row */
};

static double cpu_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static long memory_kb(void)
{
    long pages = 0, ignored;
    FILE *file = fopen("/proc/self/statm", "re");

    if (file) {
        if (fscanf(file, "%ld %ld", &ignored, &pages) != 2) {
            pages = 0;
        }
        fclose(file);
    }
    return pages * 4;
}

static void read_head(struct table *table, char *line)
{
    static const char *const names[COLUMNS] = {"user_agent", "family", "major", "bot"};
    char *rest = line, *name;

    memset(table->place, -1, sizeof table->place);
    for (int i = 0; (name = strsep(&rest, "\t")) != NULL; i++) {
        for (int c = 0; c < COLUMNS; c++) {
            if (strcmp(name, names[c]) == 0) {
                table->place[c] = i;
            }
        }
    }
}

static void add_row(struct table *table, char *line, apr_pool_t *pool)
{
    struct row *row = apr_array_push(table->rows);
    char *rest = apr_pstrdup(pool, line), *value;

    memset(row, 0, sizeof *row);
    if (table->is_log) {
        char *end = strrchr(rest, '"');
        if (end) {
            *end = '\0';
        }
        row->column[AGENT] = end && strrchr(rest, '"') ? strrchr(rest, '"') + 1 : rest;
        return;
    }
    if (table->place[AGENT] < 0) {
        row->column[AGENT] = rest;
        return;
    }
    for (int i = 0; (value = strsep(&rest, "\t")) != NULL; i++) {
        for (int c = 0; c < COLUMNS; c++) {
            if (table->place[c] == i) {
                row->column[c] = value;
            }
        }
    }
}

static int read_table(struct table *table, const char *path, apr_pool_t *pool)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    FILE *file = fopen(path, "re");

    if (!file) {
        fprintf(stderr, "%s: cannot be opened\n", path);
        return 0;
    }
    memset(table, 0, sizeof *table);
    table->path = path;
    table->rows = apr_array_make(pool, 20000, sizeof(struct row));
    for (int n = 0; (length = getline(&line, &size, file)) >= 0; n++) {
        if (length > 0 && line[length - 1] == '\n') {
            line[length - 1] = '\0';
        }
        if (n == 0) {
            table->is_log = strstr(line, "HTTP/1") && strrchr(line, '"');
            read_head(table, apr_pstrdup(pool, line));
            if (table->place[AGENT] >= 0) {
                continue;
            }
        }
        add_row(table, line, pool);
    }
    free(line);
    fclose(file);
    return 1;
}

static const struct slim_client *client_of(struct slim_agents *agents, const char *agent)
{
    struct slim_hit hit;

    memset(&hit, 0, sizeof hit);
    hit.field[SLIM_AGENT] = (struct slim_text){agent, agent ? strlen(agent) : 0};
    return slim_agents_derive(agents, &hit);
}

static int equals(struct slim_text text, const char *expected)
{
    if (strcmp(expected, "Other") == 0) {
        expected = "";
    }
    return text.length == strlen(expected)
           && (text.length == 0 || memcmp(text.at, expected, text.length) == 0);
}

/* Of a table of browsers or platforms. A platform's major version may itself hold a point. */
static int is_right(const struct slim_client *client, const struct row *row, int platforms)
{
    const char *major = row->column[MAJOR];
    struct slim_text version = client->version;

    if (platforms) {
        size_t length = major ? strlen(major) : 0;
        version = client->platform_version;
        if (version.length > length && length > 0 && version.at[length] == '.') {
            version.length = length;
        }
    }
    return equals(platforms ? client->platform : client->browser, row->column[FAMILY])
           && (!major || equals(version, major));
}

static void print_wrong(const struct slim_client *client, const struct row *row)
{
    printf("wrong\t%s\t%s\t%s\t%.*s\t%.*s\t%.*s\t%.*s\t%s\n",
           row->column[FAMILY] ? row->column[FAMILY] : row->column[BOT],
           row->column[MAJOR] ? row->column[MAJOR] : "", row->column[AGENT],
           (int)client->browser.length, client->browser.at, (int)client->version.length,
           client->version.at, (int)client->platform.length, client->platform.at,
           (int)client->platform_version.length, client->platform_version.at,
           slim_robot_name(client->robot));
}

static void print_accuracy(struct slim_agents *agents, const struct table *table)
{
    int right = 0, platforms = strstr(table->path, "_os") != NULL;
    int show = getenv("WRONG") != NULL;

    for (int i = 0; i < table->rows->nelts; i++) {
        const struct row *row = &APR_ARRAY_IDX(table->rows, i, struct row);
        const struct slim_client *client = client_of(agents, row->column[AGENT]);
        int good = row->column[BOT]
                       ? (client->robot != SLIM_ROBOT_NONE) == (row->column[BOT][0] == 'y')
                       : is_right(client, row, platforms);
        right += good;
        if (!good && show) {
            print_wrong(client, row);
        }
    }
    printf("%8d of %d right, %.2f %%\n", right, table->rows->nelts,
           100.0 * right / table->rows->nelts);
}

static double tell_all(struct slim_agents *agents, const apr_array_header_t *distinct)
{
    double start = cpu_us();

    for (int i = 0; i < distinct->nelts; i++) {
        (void)client_of(agents, APR_ARRAY_IDX(distinct, i, char *));
    }
    return (cpu_us() - start) / distinct->nelts;
}

/* Of the last ones asked for, which the cache still has. */
static double tell_cached(struct slim_agents *agents, const apr_array_header_t *distinct)
{
    int count = distinct->nelts < CACHED ? distinct->nelts : CACHED;
    double start = cpu_us();

    for (int i = 0; i < 100 * count; i++) {
        (void)client_of(agents, APR_ARRAY_IDX(distinct, distinct->nelts - 1 - i % count, char *));
    }
    return (cpu_us() - start) / (100.0 * count);
}

/* Explaining looks at the rules again each time, after a look into the cache. */
static double tell_again(struct slim_agents *agents, const apr_array_header_t *distinct)
{
    struct slim_agent_explanation explanation;
    int count = distinct->nelts < CACHED ? distinct->nelts : CACHED;
    double start = cpu_us();

    for (int i = 0; i < 10 * count; i++) {
        struct slim_hit hit;
        const char *agent = APR_ARRAY_IDX(distinct, distinct->nelts - 1 - i % count, char *);
        memset(&hit, 0, sizeof hit);
        hit.field[SLIM_AGENT] = (struct slim_text){agent, strlen(agent)};
        slim_agents_explain(agents, &hit, &explanation);
    }
    return (cpu_us() - start) / (10.0 * count);
}

/* CPU time an agent, of those that differ: the first time, with processor caches that hold the
 * rules, and from the cache. */
static void print_cost(struct slim_agents *agents, const struct table *table, apr_pool_t *pool)
{
    apr_hash_t *seen = apr_hash_make(pool);
    apr_array_header_t *distinct = apr_array_make(pool, 1000, sizeof(char *));

    for (int i = 0; i < table->rows->nelts; i++) {
        char *agent = APR_ARRAY_IDX(table->rows, i, struct row).column[AGENT];
        if (agent && !apr_hash_get(seen, agent, APR_HASH_KEY_STRING)) {
            apr_hash_set(seen, agent, APR_HASH_KEY_STRING, agent);
            APR_ARRAY_PUSH(distinct, char *) = agent;
        }
    }
    double first = tell_all(agents, distinct), cached = tell_cached(agents, distinct);
    printf("%8d distinct: %.2f us the first time, %.2f us when warm, %.2f us cached; %.1f %% of "
           "lines cached\n",
           distinct->nelts, first, tell_again(agents, distinct) - cached, cached,
           100.0 * (table->rows->nelts - distinct->nelts) / table->rows->nelts);
}

static struct slim_agents *make_agents(const char *rules, const char *data, apr_pool_t *pool)
{
    struct slim_agents *agents = slim_agents_make(rules, data, pool);
    char reason[256] = "";
    int changed;
    long before_kb = memory_kb();
    double start = cpu_us();

    if (slim_agents_refresh(agents, &changed, reason, sizeof reason) != APR_SUCCESS) {
        fprintf(stderr, "%s\n", reason);
        return NULL;
    }
    printf("start: %.1f ms, %.1f MB\n", (cpu_us() - start) / 1e3,
           (double)(memory_kb() - before_kb) / 1024);
    return agents;
}

int main(int argc, char **argv)
{
    apr_pool_t *pool;
    struct table table;

    if (argc < 3) {
        fprintf(stderr, "usage: %s REGEXES.YAML DATADIR [FILE]...\n", argv[0]);
        return 2;
    }
    if (apr_initialize() != APR_SUCCESS || apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return 1;
    }
    for (int i = 3; i < argc; i++) {
        if (!read_table(&table, argv[i], pool)) {
            return 1;
        }
        struct slim_agents *agents = make_agents(argv[1], argv[2], pool);
        if (!agents) {
            return 1;
        }
        printf("%s\n", argv[i]);
        print_cost(agents, &table, pool);
        if (table.place[FAMILY] >= 0 || table.place[BOT] >= 0) {
            print_accuracy(agents, &table);
        }
    }
    apr_terminate();
    return 0;
}
