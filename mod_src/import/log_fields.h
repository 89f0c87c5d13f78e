/* Logs that say themselves what their fields are: W3C's extended format, as IIS and CloudFront
 * write it, by its #Fields lines; JSON, as Caddy and many others do, by the names of its members.
 */
#ifndef SLIM_LOG_FIELDS_H
#define SLIM_LOG_FIELDS_H

#include "log_program.h"

/* Reads a line that begins with '#': one of #Fields makes the steps of the lines that follow. */
void slim_log_w3c_note(struct slim_log_format *format, struct slim_text line);

/* Reads one object; texts go to scratch, which has room for 2 × line.length bytes. 1, or 0 and
 * *error. */
int slim_log_json_parse(struct slim_log_format *format, struct slim_text line, char *scratch,
                        struct slim_hit *hit, struct slim_log_said *said,
                        struct slim_log_error *error);

#endif
