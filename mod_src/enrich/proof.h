/* Whether a robot comes from the addresses that its operator publishes: lines of proofs.tsv say
 * which list is whose, the lists are files of the admin's in STATE/ranges. Nothing here opens a
 * connection. */
#ifndef SLIM_ENRICH_PROOF_H
#define SLIM_ENRICH_PROOF_H

#include <apr_pools.h>

#include "core/facts.h"
#include "core/status_code.h"

#define SLIM_PROOFS_FILE "proofs.tsv"
#define SLIM_RANGES_DIRECTORY "ranges"
#define SLIM_RANGES_DAYS                                                                           \
    30 /* of a list that is further from a hit it proves, but makes nobody                         \
        * false */

struct slim_proofs;

/* A line of the file. Texts live as long as the proofs. */
struct slim_proof_line {
    const char *word, *operator, * file, *url;
};

/* Of both directories' lines; state may be NULL. Nothing is read before slim_proofs_refresh. */
struct slim_proofs *slim_proofs_make(const char *data, const char *state, apr_pool_t *pool);

/* Reads what is new or was replaced; whether anything was. Lines and lists that are good are used
 * whatever is wrong with others. */
int slim_proofs_refresh(struct slim_proofs *proofs);

/* Hands out what is wrong with each file; their number. */
int slim_proofs_faults(const struct slim_proofs *proofs,
                       void (*tell)(void *baton, const char *fault), void *baton);

/* The same of lists that are good, and too old (or too young) at a time in seconds to make anybody
 * false. */
int slim_proofs_stale(const struct slim_proofs *proofs, int64_t now_s,
                      void (*tell)(void *baton, const char *what), void *baton);

/* The lines in use; their number. */
int slim_proofs_lines(const struct slim_proofs *proofs, const struct slim_proof_line **lines);

/* What is known of a client that calls itself agent and is that operator's robot, at a time
 * in seconds. *line is the one whose list says so, NULL none. */
struct slim_proof_case {
    struct slim_text operator, agent;
    const uint8_t *address;
    uint8_t length; /* 4 or 16; 0: no address is kept */
    int is_masked;  /* it stands for its whole /24, or /48 */
    int64_t at_s;
};
enum slim_proof slim_proofs_tell(const struct slim_proofs *proofs, const struct slim_proof_case *c,
                                 const struct slim_proof_line **line);

#endif
