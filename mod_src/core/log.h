/* Where messages go. The core, the stores and the enrichments return codes; only a program's
 * outermost loop logs, through the sink it installed. */
#ifndef SLIM_LOG_H
#define SLIM_LOG_H

#include <stddef.h>

enum slim_level { SLIM_LOG_ERROR, SLIM_LOG_WARN, SLIM_LOG_NOTICE, SLIM_LOG_INFO };

typedef void slim_log_sink(enum slim_level level, const char *message);

/* Installs the sink; the default is slim_log_to_stderr. */
void slim_log_set_sink(slim_log_sink *sink);

/* One message, lower case, no full stop, no newline. Longer than 1 KiB is cut; control bytes and
 * those of 0x80 … 0xff in it are written as \xHH. */
void slim_log(enum slim_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line in the format of httpd's error log, so that the recorder's standard error can be it:
 * [Mon Nov 23 01:22:33.123456 2026] [slimstats:warn] [pid 123:tid 123] message */
void slim_log_to_stderr(enum slim_level level, const char *message);

#endif
