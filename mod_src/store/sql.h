/* The SQL files, embedded at build. */
#ifndef SLIM_SQL_H
#define SLIM_SQL_H

struct slim_sql {
    const char *path; /* below sql/: "sqlite/write/hit_add.sql" */
    const char *text;
};

/* Ends with a NULL path. Made by the build from sql/; the bodies of reports have a path below their
 * engine, "sqlite/report/pages.sql". */
extern const struct slim_sql slim_sql_table[];

/* The text of a file; NULL when there is none. */
const char *slim_sql_find(const char *path);

/* The same without the comment lines that it begins with. */
const char *slim_sql_body(const char *path);

#endif
