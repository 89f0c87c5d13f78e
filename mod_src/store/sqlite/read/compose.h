/* A question becomes SQL: a file of sql/sqlite, its {pieces} replaced by what the question asks
 * for. The result is one of a closed set of texts: whatever a reader typed is bound. */
#ifndef SLIM_SQLITE_COMPOSE_H
#define SLIM_SQLITE_COMPOSE_H

#include "query/answer.h"
#include "query/goal.h"
#include "store/dimension.h"
#include "store/sqlite/base/sql_text.h"

/* Whose visitors are counted: a question about thousands of keys shows a few of them. */
enum slim_visitors { SLIM_NO_VISITORS, SLIM_VISITORS_SHOWN, SLIM_ALL_VISITORS };

struct slim_composition {
    const struct slim_query *query;
    const struct slim_dimension *dimension; /* NULL: the report has its own rows */
    enum slim_report_key key;               /* what is counted by in place of its keys */
    enum slim_visitors visitors;
    int robots;          /* asks for their hits, too */
    int visits_apart;    /* what is asked of a hit's visit is not looked for with each hit: the
                            visits asked for are known beforehand */
    int takes_visitless; /* and a hit without a visit can match the filters */
    int notes_visits;    /* the hits that are read tell which visits match the filters */
    /* Those that read the same rows, each with a key and a class of hits of its own; NULL: this one
     * alone. */
    const struct slim_composition *const *together;
    int together_count;
    struct slim_sql_text *text;   /* while it is put together */
    int index;                    /* of the filter whose condition is being added */
    int goal;                     /* whose condition it is, from 1; 0: the query's own */
    struct slim_goal_chain chain; /* of goals that are reached one after the other, */
    int step;                     /* and which of them is being added */
};

/* A piece that adds itself to composition->text. */
struct slim_composed_piece {
    const char *name;
    void (*add)(struct slim_composition *composition);
};

/* The pieces, by what they are about; each array ends with a NULL name.
 * Filters: {filters}, {robots}, conditions on hit; {own_filters}, without those that are kept
 * apart, which are {of_visits}, conditions on visit; {visit_filters}, {visit_robots}, on visit;
 * {note_sites}, on note; {note_hits}, as far as the asker may know them.
 * Keys: {class}, the hits that the dimension counts; {hit_key}, {visit_key}, {rollup_key};
 * {hit_keys}, {visit_keys}, of all that are read together, each null where the row does not count;
 * {joins}, {visit_joins}, what these keys speak of; {sums}, 1 when hits are those of visits;
 * {time}, of a hit where it is added up, else 0; {unshown}, 1 for a prefetch that was never shown,
 * where these are counted, else 0; {wholly}, which hits add to all measures; {visitor}, of a hit;
 * {visitors_kept}, the set of hits' visitors in the form that is kept; {shown_hits},
 * {shown_robots}, of the keys in temp.shown. Reports: {report}, its body; {columns}, what it
 * returns; {totals}, the sum of each where it adds up, else 0; {sites}, how many sites rows are of
 * where sites are apart, else 0; {names}, what names a row, each in brackets; {order}, what rows
 * are sorted by. Every order ends in the columns one after the other, so that it is the same each
 * time; visitors that are not known yet do not count. */
extern const struct slim_composed_piece slim_compose_filter_pieces[];
extern const struct slim_composed_piece slim_compose_goal_pieces[];
extern const struct slim_composed_piece slim_compose_key_pieces[];
extern const struct slim_composed_piece slim_compose_report_pieces[];

/* Puts a file together; other pieces are those of any statement (statement.h). */
void slim_compose_file(const struct slim_composition *composition, const char *file,
                       struct slim_sql_text *text);

/* Adds a file of sql/sqlite to composition->text, with the same pieces. */
void slim_compose_add(struct slim_composition *composition, const char *file);

/* Adds a filter's condition, by its place, on a hit; with of_visit, on a visit. */
void slim_compose_filter(struct slim_composition *composition, int index, int of_visit);

/* Sets visits_apart and takes_visitless. */
void slim_compose_visits_apart(struct slim_composition *composition);

/* Whether any of those that read the same rows asks for robots, too. */
int slim_compose_asks_robots(const struct slim_composition *composition);

/* Whether it counts visitors; of hits, or, with filters, of the visits that are counted: hits that
 * match may be of visits that are counted in another period. */
int slim_compose_counts_visitors(const struct slim_composition *composition);
int slim_compose_counts_visitors_of_hits(const struct slim_composition *composition);

/* Whether a visit is known to match the filters by its hits alone. */
int slim_compose_looks_at_hits(const struct slim_composition *composition);

#endif
