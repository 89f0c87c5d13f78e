/* Headers of a log line that are kept as codes and bits of the hit. */
#ifndef SLIM_LOG_FACT_H
#define SLIM_LOG_FACT_H

#include "core/hit.h"

/* The number of such a header, for slim_log_fact_take; -1: it is none. where: 'i' of the request,
 * 'o' of the response. */
int slim_log_fact_of(struct slim_text name, char where);

/* Puts the header's value into hit; an absent one is empty. */
void slim_log_fact_take(int fact, struct slim_text value, struct slim_hit *hit);

/* What a line says of a partial answer when it has no range: to be called once all is taken. */
void slim_log_fact_end(struct slim_hit *hit);

#endif
