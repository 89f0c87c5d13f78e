/* What SQLite makes of a statement: whether a step of its plan reads all of a table that grows with
 * traffic, or looks it up by less of an index than the statement gives values for. Plans go by the
 * schema alone: nothing is analyzed. */
#ifndef SLIM_QUERY_PLAN_H
#define SLIM_QUERY_PLAN_H

#include "unit.h"

#include <regex.h>
#include <sqlite3.h>

/* One row a hit, a visit, a visitor or a key of a day. */
static const char *const plan_rows[] = {"hit",      "visit",        "session",    "rollup",
                                        "visitors", "past_visitor", "page_title", NULL};

/* Texts that clients sent: a filter compares parts of them, once a question. */
static const char *const plan_texts[] = {"resource", "referer",  "agent",  "page", "searchterms",
                                         "domain",   "campaign", "source", NULL};

static inline int plan_matches(const char *text, const char *pattern)
{
    regex_t regex;

    assert_int_equal(0, regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB));
    int rc = regexec(&regex, text, 0, NULL, 0);
    regfree(&regex);
    return rc == 0;
}

static inline const char *plan_named(const char *text, const char *alias, const char *const *tables)
{
    while (*tables
           && !plan_matches(text, apr_psprintf(pool, "(^|[^a-z_.])%s as %s([^a-z_]|$)", *tables,
                                               alias))) {
        tables++;
    }
    return *tables;
}

/* The table that a statement calls so. */
static inline const char *plan_table(const char *text, const char *alias)
{
    if (*alias == '(') { /* a subquery without a name */
        return "a temporary one";
    }
    const char *table = plan_named(text, alias, plan_rows);

    table = table ? table : plan_named(text, alias, plan_texts);
    if (!table && plan_matches(text, apr_psprintf(pool, "(temp.part|\\)) as %s[^a-z_]", alias))
        && !plan_matches(text, apr_psprintf(pool, "(from|join) %s[^a-z_]", alias))) {
        return "a temporary one";
    }
    return table ? table : alias;
}

static inline int plan_is_among(const char *table, const char *const *tables)
{
    while (*tables && strcmp(*tables, table) != 0) {
        tables++;
    }
    return *tables != NULL;
}

/* Whether a statement compares a column of a table in one of these ways. */
static inline int plan_compares(const char *text, const char *alias, const char *column,
                                const char *ways)
{
    return plan_matches(text,
                        apr_psprintf(pool, "(^|[^a-z_.])(%s\\.)?%s (%s)", alias, column, ways));
}

/* Whether a statement calls one table so, and nothing else. */
static inline int plan_is_alone(const char *text, const char *alias)
{
    return !plan_matches(text,
                         apr_psprintf(pool, "(from|join|as) %s[^a-z_.].*(from|join|as) %s[^a-z_.]",
                                      alias, alias));
}

/* The column of an index behind so many; NULL: there is none. */
static inline const char *plan_column(sqlite3 *db, const char *table, const char *index, int at)
{
    sqlite3_stmt *statement;
    const char *column = NULL;

    assert_int_equal(
        SQLITE_OK, sqlite3_prepare_v2(db,
                                      "select info.name from pragma_index_list(?1) as list"
                                      " join pragma_index_info(list.name) as info"
                                      " where (list.name = ?2 or (?2 = '' and list.origin = 'pk'))"
                                      " and info.seqno = ?3",
                                      -1, &statement, NULL));
    sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, index, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 3, at);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        column = apr_pstrdup(pool, (const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    return column;
}

/* "dimension=? AND bucket>?": whether the statement gives more of the index. What follows a range
 * cannot be looked up. */
static inline int plan_gives_more(sqlite3 *db, const char *text, const char *alias,
                                  const char *index, char *terms)
{
    int equal = 0, above = 0, below = 0;
    const char *last = "", *column;
    char *state;

    for (char *term = apr_strtok(terms, " ", &state); term; term = apr_strtok(NULL, " ", &state)) {
        size_t name = strcspn(term, "=<>");
        equal += term[name] == '=';
        above |= term[name] == '>';
        below |= term[name] == '<';
        last = term[name] ? apr_pstrmemdup(pool, term, name) : last;
    }
    last = strcmp(last, "rowid") == 0 ? "id" : last;
    if ((above || below) && plan_compares(text, alias, last, "=") && plan_is_alone(text, alias)) {
        return 1; /* all of a range is read for each row that is equal */
    }
    if (above != below) {
        return plan_compares(text, alias, last, above ? "<[^>]|between " : ">|between ");
    }
    column = above ? NULL : plan_column(db, plan_table(text, alias), index, equal);
    return column && plan_compares(text, alias, column, "=|<[^>]|>|in |between ");
}

/* Whether an index has some of a table's rows only: reading all of it is what it is for. */
static inline int plan_is_partial(sqlite3 *db, const char *table, const char *index)
{
    sqlite3_stmt *statement;

    assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db,
                                                   "select 1 from pragma_index_list(?1)"
                                                   " where name = ?2 and partial",
                                                   -1, &statement, NULL));
    sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, index, -1, SQLITE_STATIC);
    int is_partial = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    return is_partial;
}

/* Says what is wrong with a step, and of which table; NULL: nothing. */
static inline const char *plan_step_fault(sqlite3 *db, const char *text, const char *step,
                                          const char **table)
{
    char way[8], alias[64], index[64] = "", terms[256] = "";
    const char *bracket = strchr(step, '('), *named = strstr(step, "INDEX ");

    if (sscanf(step, "%7s %63s", way, alias) != 2) {
        return NULL;
    }
    *table = plan_table(text, alias);
    int is_text = plan_is_among(*table, plan_texts);
    if (!is_text && !plan_is_among(*table, plan_rows)) {
        return NULL;
    }
    if (named) {
        sscanf(named, "INDEX %63s", index);
    }
    if (strcmp(way, "SCAN") == 0) {
        int may = plan_is_partial(db, *table, index) || (is_text && strstr(text, ":value0"));
        return may ? NULL : apr_psprintf(pool, "scans %s: %s", *table, step);
    }
    if (bracket && sscanf(bracket, "(%255[^)]", terms) == 1
        && plan_gives_more(db, text, alias, index, terms)) {
        return apr_psprintf(pool, "looks up by less than it is given: %s", step);
    }
    return NULL;
}

/* Hands what is wrong with a statement to take, step by step. */
static inline void plan_faults(sqlite3 *db, const char *text,
                               void (*take)(const char *table, const char *fault))
{
    sqlite3_stmt *statement;
    const char *asked = apr_pstrcat(pool, "explain query plan ", text, NULL);

    if (sqlite3_prepare_v2(db, asked, -1, &statement, NULL) != SQLITE_OK) {
        return; /* a pragma, or begin: it has no plan */
    }
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *step = apr_pstrdup(pool, (const char *)sqlite3_column_text(statement, 3));
        const char *table, *fault = plan_step_fault(db, text, step, &table);
        if (fault) {
            take(table, fault);
        }
    }
    sqlite3_finalize(statement);
}

#endif
