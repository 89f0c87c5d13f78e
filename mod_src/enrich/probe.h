/* Whether a request probes for a well-known vulnerability. */
#ifndef SLIM_PROBE_H
#define SLIM_PROBE_H

#include "core/facts.h"
#include "core/list_file.h"
#include "rules.h"

struct slim_probes;

/* The two lists of probes that are in lists already, or have no line yet. */
struct slim_probes *slim_probes_make(struct slim_rule_lists *lists);

/* Reads files like conf/probes.tsv (its head describes the format); the lines of an earlier one
 * come first. They make two new lists among lists, which are to be built then. On failure the file
 * at fault says what is wrong. */
apr_status_t slim_probes_read_files(struct slim_list_file *files, int count,
                                    struct slim_probes **probes,
                                    struct slim_rule_lists *lists) SLIM_MUST_CHECK;

/* 1 when a request for resource (path and query as sent, not empty) that was answered with status
 * is a probe, and the line that says so. */
int slim_probes_tell(const struct slim_probes *probes, struct slim_text resource, uint16_t status,
                     struct slim_rule_place *place);

/* 1 when it was answered, with this status and so many bytes, and a line says that a real answer of
 * that path is meant for nobody. */
int slim_probes_may_leak(const struct slim_probes *probes, struct slim_text resource,
                         uint16_t status, uint64_t bytes);

#endif
