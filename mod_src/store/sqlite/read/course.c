/* The course of each row that is shown: its page views by day, or by equal spans of days where
 * there are many. One statement reads those of all rows. */
#include "reader.h"

#define DAY 86400

/* A row's page views on a day. */
struct day {
    int row;
    int64_t day, pageviews;
};

static apr_array_header_t *read_days(struct slim_sqlite *store, const struct slim_query *query,
                                     apr_pool_t *pool)
{
    const struct slim_composition c = {.query = query, .robots = query->robots};
    sqlite3_stmt *statement =
        slim_sqlite_ask(store, &c, "answer/course", 0, query->until, SLIM_NO_VALUES);
    apr_array_header_t *days = apr_array_make(pool, 64, sizeof(struct day));

    while (slim_sql_step(store, statement)) {
        APR_ARRAY_PUSH(days, struct day) =
            (struct day){sqlite3_column_int(statement, 0) - 1 - (int)query->offset,
                         sqlite3_column_int64(statement, 1), sqlite3_column_int64(statement, 2)};
    }
    sqlite3_finalize(statement);
    return days;
}

/* All time begins with the first day of these rows. */
static int64_t first_day(const struct slim_query *query, const apr_array_header_t *days)
{
    return query->since > 0 || days->nelts == 0 ? query->since / DAY
                                                : APR_ARRAY_IDX(days, 0, struct day).day;
}

static int64_t last_day(const struct slim_query *query)
{
    return ((query->until <= query->now ? query->until : query->now + 1) - 1) / DAY;
}

static struct slim_courses *make_courses(int64_t first, int64_t last, int rows, apr_pool_t *pool)
{
    struct slim_courses *courses = apr_palloc(pool, sizeof *courses);
    int64_t days = last >= first ? last - first + 1 : 1;

    courses->since = first * DAY;
    courses->days = (int)((days + SLIM_COURSE_MAX - 1) / SLIM_COURSE_MAX);
    courses->spans = (int)((days + courses->days - 1) / courses->days);
    courses->row = apr_palloc(pool, ((size_t)rows + 1) * sizeof(int64_t *));
    for (int r = 0; r < rows; r++) {
        courses->row[r] = apr_pcalloc(pool, (size_t)courses->spans * sizeof(int64_t));
    }
    return courses;
}

void slim_sqlite_read_courses(struct slim_sqlite *store, const struct slim_query *query,
                              struct slim_answer *answer, apr_pool_t *pool)
{
    slim_sql_run(store, "part/clear", SLIM_NO_VALUES);
    slim_sqlite_fill_days(store, query);
    const apr_array_header_t *days = read_days(store, query, pool);
    int64_t first = first_day(query, days);
    struct slim_courses *courses = make_courses(first, last_day(query), answer->rows->nelts, pool);

    for (int i = 0; i < days->nelts; i++) {
        const struct day *day = &APR_ARRAY_IDX(days, i, struct day);
        int64_t span = (day->day - first) / courses->days;
        if (day->row >= 0 && day->row < answer->rows->nelts && span >= 0
            && span < courses->spans) { /* nothing is hit beyond now, unless a clock was ahead */
            courses->row[day->row][span] += day->pageviews;
        }
    }
    answer->courses = courses;
}
