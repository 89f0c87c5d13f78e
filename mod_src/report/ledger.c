/* The ledger as rows: fate, reason, hits. */
#include "ledger.h"

#include <string.h>

static void add_row(struct slim_answer *answer, const char *fate, const char *reason, uint64_t hits,
                    apr_pool_t *pool)
{
    struct slim_cell *cells = apr_pcalloc(pool, 3 * sizeof *cells);

    cells[0] = (struct slim_cell){.is_text = 1, .text = fate, .length = strlen(fate)};
    cells[1] = (struct slim_cell){.is_text = 1, .text = reason, .length = strlen(reason)};
    cells[2].number = (int64_t)hits;
    APR_ARRAY_PUSH(answer->rows, struct slim_cell *) = cells;
    answer->total[2] += (int64_t)hits;
    answer->rows_total++;
}

/* Reasons that never came up are left out. */
static void add_reasons(struct slim_answer *answer, const char *fate, const uint64_t *hits,
                        unsigned reasons, const char *(*name)(unsigned), apr_pool_t *pool)
{
    for (unsigned i = 0; i < reasons; i++) {
        if (hits[i] > 0) {
            add_row(answer, fate, name(i), hits[i], pool);
        }
    }
}

void slim_report_ledger(const struct slim_health *health, const struct slim_query *query,
                        struct slim_answer *answer, apr_pool_t *pool)
{
    memset(answer, 0, sizeof *answer);
    answer->query = query;
    answer->since = query->since;
    answer->columns = slim_report_columns(query->report);
    answer->rows = apr_array_make(pool, 16, sizeof(struct slim_cell *));
    add_row(answer, "stored", "", health->stored, pool);
    add_row(answer, "waiting", "ring", health->waiting_ring, pool);
    add_row(answer, "waiting", "journal", health->waiting_journal, pool);
    add_reasons(answer, "excluded", health->ledger.excluded, SLIM_EXCLUDED_REASONS,
                slim_excluded_name, pool);
    add_reasons(answer, "dropped", health->ledger.dropped, SLIM_DROPPED_REASONS, slim_dropped_name,
                pool);
}
