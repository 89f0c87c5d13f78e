/* One line a message, in httpd's own format. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_time.h>

#include "platform.h"

static slim_log_sink *installed = slim_log_to_stderr;

void slim_log_set_sink(slim_log_sink *sink)
{
    installed = sink;
}

/* A path in a message may hold anything. */
static void escape_unprintable(const char *text, char *out, size_t size)
{
    size_t used = 0;

    for (; *text && used + 5 < size; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c < 0x7f) {
            out[used++] = (char)c;
        } else {
            used += (size_t)snprintf(out + used, size - used, "\\x%02x", c);
        }
    }
    out[used] = '\0';
}

void slim_log(enum slim_level level, const char *format, ...)
{
    char message[1024], escaped[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    escape_unprintable(message, escaped, sizeof escaped);
    installed(level, escaped);
}

void slim_log_to_stderr(enum slim_level level, const char *message)
{
    static const char *const names[] = {"error", "warn", "notice", "info"};
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char line[1280];
    apr_time_exp_t t;

    apr_time_exp_lt(&t, apr_time_now());
    int length =
        snprintf(line, sizeof line,
                 "[%s %s %02d %02d:%02d:%02d.%06d %d] [slimstats:%s] [pid %ld:tid %ld] %s\n",
                 days[t.tm_wday], months[t.tm_mon], t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec,
                 t.tm_usec, t.tm_year + 1900, names[level], (long)getpid(), slim_thread_number(),
                 message);
    if (length > 0 && write(STDERR_FILENO, line, (size_t)length) < 0) {
        return; /* a log that cannot be written is nobody's problem but the log's */
    }
}
