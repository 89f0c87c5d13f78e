/* Compiles a LogFormat into steps: each is one thing of a line and the text that ends it. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "core/text.h"
#include "log_fact.h"
#include "log_program.h"

#define LITERAL_MAX 256
#define TOLD_LINES 50 /* of a log whose lines name their fields */

/* --- building --- */

struct building {
    struct slim_log_format *format;
    struct slim_log_error *error;
    const char *begin, *at;
    char literal[LITERAL_MAX]; /* since the last step */
    size_t literal_length;
    int path_before; /* the last step is %U, so that %q may follow at once */
    apr_pool_t *pool;
};

static int refuse(struct building *b, const char *reason)
{
    b->error->reason = reason;
    b->error->column = (size_t)(b->at - b->begin) + 1;
    return 0;
}

static int add_literal(struct building *b, char c)
{
    if (b->literal_length == LITERAL_MAX) {
        return refuse(b, "too long a text between two fields");
    }
    b->literal[b->literal_length++] = c;
    return 1;
}

/* Puts the text since the last step behind it. */
static void end_literal(struct building *b)
{
    struct slim_log_format *f = b->format;
    struct slim_text text = {apr_pstrmemdup(b->pool, b->literal, b->literal_length),
                             b->literal_length};

    if (f->steps == 0) {
        f->first = text;
    } else {
        f->step[f->steps - 1].until = text;
    }
    b->literal_length = 0;
}

static int delimits_itself(const struct slim_log_step *step)
{
    return step->item == LOG_TIME || step->item == LOG_PIECE;
}

static int add_step(struct building *b, struct slim_log_step step)
{
    struct slim_log_format *f = b->format;

    if (f->steps == SLIM_LOG_STEPS_MAX) {
        return refuse(b, "too many fields");
    }
    if (f->steps > 0 && b->literal_length == 0 && !delimits_itself(&f->step[f->steps - 1])) {
        return refuse(b, "nothing separates this field from the one before");
    }
    end_literal(b);
    f->step[f->steps++] = step;
    b->path_before = 0;
    return 1;
}

static int add_item(struct building *b, enum slim_log_item item)
{
    return add_step(b, (struct slim_log_step){.item = item});
}

/* --- times --- */

static int add_piece(struct building *b, char piece)
{
    return add_step(b, (struct slim_log_step){.item = LOG_PIECE, .piece = piece});
}

static int add_strftime(struct building *b, const char *at, size_t length);

/* One letter of strftime, or what it is short for. */
static int add_strftime_letter(struct building *b, char letter)
{
    static const struct {
        char letter;
        const char *stands_for;
    } shorts[] = {
        {'T', "%H:%M:%S"}, {'R', "%H:%M"},    {'D', "%m/%d/%y"},
        {'F', "%Y-%m-%d"}, {'h', "%b"},       {'c', "%a %b %e %H:%M:%S %Y"},
        {'n', "\n"},       {'t', "\t"},       {'r', "%I:%M:%S %p"},
        {'x', "%m/%d/%y"}, {'X', "%H:%M:%S"},
    };

    for (size_t i = 0; i < sizeof shorts / sizeof shorts[0]; i++) {
        if (letter == shorts[i].letter) {
            return add_strftime(b, shorts[i].stands_for, strlen(shorts[i].stands_for));
        }
    }
    if (letter == '%') {
        return add_literal(b, '%');
    }
    /* u, l, f and q are letters of our own for what httpd writes */
    if (!slim_log_time_is_piece(letter) || strchr("ulfq", letter)) {
        return refuse(b, "a time with a field that is not known");
    }
    return add_piece(b, letter);
}

static int add_strftime(struct building *b, const char *at, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        int added = at[i] == '%' && i + 1 < length ? add_strftime_letter(b, at[++i])
                                                   : add_literal(b, at[i]);
        if (!added) {
            return 0;
        }
    }
    return 1;
}

static int add_time(struct building *b, struct slim_text argument)
{
    static const struct {
        const char *name;
        char piece;
    } own[] = {{"sec", 's'}, {"msec", 'l'}, {"usec", 'u'}, {"msec_frac", 'q'}, {"usec_frac", 'f'}};
    const char *at = argument.at;
    size_t length = argument.length;

    if (length == 0) {
        return add_literal(b, '[') && add_item(b, LOG_TIME) && add_literal(b, ']');
    }
    if (length > 6 && strncmp(at, "begin:", 6) == 0) {
        at += 6, length -= 6;
    } else if (length > 4 && strncmp(at, "end:", 4) == 0) {
        at += 4, length -= 4;
    }
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (length == strlen(own[i].name) && strncmp(at, own[i].name, length) == 0) {
            return add_piece(b, own[i].piece);
        }
    }
    return add_strftime(b, at, length);
}

/* --- directives --- */

/* %{SSL_PROTOCOL}x, of mod_ssl; other variables are of no interest. */
static int add_variable(struct building *b, struct slim_text name)
{
    if (slim_text_is(name, "ssl_protocol")) {
        return add_step(b, (struct slim_log_step){.item = LOG_FIELD, .field = SLIM_TLS_VERSION});
    }
    return add_item(b, LOG_SKIP);
}

/* Headers of which only "1" or "?1" counts. */
static uint32_t flag_of_header(struct slim_text name)
{
    return slim_text_is(name, "dnt")                ? SLIM_HIT_DNT
           : slim_text_is(name, "sec-gpc")          ? SLIM_HIT_GPC
           : slim_text_is(name, "sec-ch-ua-mobile") ? SLIM_HIT_MOBILE
                                                    : 0;
}

static int add_request_header(struct building *b, struct slim_text name)
{
    enum slim_log_client client = slim_log_client_header(name);
    uint32_t flag = flag_of_header(name);

    if (client != SLIM_CLIENT_NONE) {
        return add_step(b, (struct slim_log_step){.item = LOG_CLIENT, .client = client});
    }
    if (flag) {
        return add_step(b, (struct slim_log_step){.item = LOG_FLAG, .flag = flag});
    }
    return add_item(b, slim_text_is(name, "host") ? LOG_SITE_HEADER : LOG_SKIP);
}

static int add_header(struct building *b, struct slim_text name, char where)
{
    static const struct {
        const char *name;
        char where;
        enum slim_field field;
    } kept[] = {
        {"referer", 'i', SLIM_REFERER},
        {"user-agent", 'i', SLIM_AGENT},
        {"accept-language", 'i', SLIM_LANGUAGE},
        {"content-type", 'o', SLIM_TYPE},
        {"sec-ch-ua", 'i', SLIM_CH_UA},
        {"sec-ch-ua-full-version-list", 'i', SLIM_CH_VERSIONS},
        {"sec-ch-ua-platform", 'i', SLIM_CH_PLATFORM},
        {"sec-ch-ua-platform-version", 'i', SLIM_CH_PLATFORM_VERSION},
        {"sec-ch-ua-model", 'i', SLIM_CH_MODEL},
    };
    int fact = slim_log_fact_of(name, where);

    if (fact >= 0) {
        return add_step(b, (struct slim_log_step){.item = LOG_FACT, .fact = fact});
    }

    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (where == kept[i].where && slim_text_is(name, kept[i].name)) {
            return add_step(b, (struct slim_log_step){.item = LOG_FIELD, .field = kept[i].field});
        }
    }
    return where == 'i' ? add_request_header(b, name) : add_item(b, LOG_SKIP);
}

static int add_client(struct building *b, enum slim_log_client client)
{
    return add_step(b, (struct slim_log_step){.item = LOG_CLIENT, .client = client});
}

static enum slim_log_item duration_item(struct slim_text unit)
{
    if (unit.length == 2 && memcmp(unit.at, "us", 2) == 0) {
        return LOG_MICROSECONDS;
    }
    return unit.length == 2 && memcmp(unit.at, "ms", 2) == 0 ? LOG_MILLISECONDS : LOG_SECONDS;
}

/* %U%q is one thing: the question mark belongs to the query. */
static int add_query(struct building *b)
{
    return b->path_before && b->literal_length == 0 ? 1 : add_item(b, LOG_URI);
}

static int add_path(struct building *b)
{
    int added = add_item(b, LOG_URI);

    b->path_before = 1;
    return added;
}

static int add_directive(struct building *b, char letter, struct slim_text argument)
{
    static const struct {
        char letter;
        enum slim_log_item item;
    } plain[] = {
        {'l', LOG_SKIP_WORD}, {'u', LOG_USER},         {'r', LOG_REQUEST},    {'m', LOG_METHOD},
        {'H', LOG_PROTOCOL},  {'s', LOG_STATUS},       {'b', LOG_BYTES_BODY}, {'B', LOG_BYTES_BODY},
        {'O', LOG_BYTES_ALL}, {'D', LOG_MICROSECONDS}, {'v', LOG_SITE},       {'V', LOG_SITE},
        {'p', LOG_PORT},
    };

    switch (letter) {
    case 't': return add_time(b, argument);
    case 'i':
    case 'o': return add_header(b, argument, letter);
    case 'x': return add_variable(b, argument);
    case 'T': return add_item(b, duration_item(argument));
    case 'U': return add_path(b);
    case 'q': return add_query(b);
    case 'h': return add_client(b, SLIM_CLIENT_HOST);
    case 'a': /* %{c}a is the proxy's */
        return argument.length == 0 ? add_client(b, SLIM_CLIENT_ADDRESS)
                                    : add_item(b, LOG_SKIP_WORD);
    case 'O': b->format->has_all_bytes = 1; break;
    default: break;
    }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (letter == plain[i].letter) {
            return add_item(b, plain[i].item);
        }
    }
    return add_item(b, LOG_SKIP);
}

/* After a '%': statuses and < or >, an argument in braces, a letter (or ^ and two). */
static int read_one_directive(struct building *b)
{
    struct slim_text argument = {"", 0};

    b->at++;
    if (*b->at == '%') {
        b->at++;
        return add_literal(b, '%');
    }
    b->at += strspn(b->at, "!,<>0123456789");
    if (*b->at == '{') {
        const char *close = strchr(b->at, '}');
        if (!close) {
            return refuse(b, "a brace that is not closed");
        }
        argument = (struct slim_text){b->at + 1, (size_t)(close - b->at) - 1};
        b->at = close + 1;
        b->at += strspn(b->at, "!,<>0123456789");
    }
    if (*b->at == '^' && b->at[1] && b->at[2]) {
        b->at += 3;
        return add_item(b, LOG_SKIP);
    }
    if (*b->at == '\0') {
        return refuse(b, "a % without a letter");
    }
    int added = add_directive(b, *b->at, argument);
    b->at += added; /* an error's column is the letter's */
    return added;
}

static int read_directive(struct building *b)
{
    const char *from = b->at;
    struct slim_log_format *f = b->format;
    int steps = f->steps, read = read_one_directive(b);

    if (read && f->steps > steps) {
        slim_log_format_tell(f, (struct slim_text){from, (size_t)(b->at - from)},
                             f->step[f->steps - 1].item);
    }
    return read;
}

static int read_escape(struct building *b)
{
    char c = b->at[1];

    b->at += c ? 2 : 1;
    switch (c) {
    case 'n': return add_literal(b, '\n');
    case 't': return add_literal(b, '\t');
    case '"':
    case '\\': return add_literal(b, c);
    case '\0': return add_literal(b, '\\');
    default: return add_literal(b, '\\') && add_literal(b, c);
    }
}

static int read_format(struct building *b)
{
    while (*b->at) {
        int read = *b->at == '%'    ? read_directive(b)
                   : *b->at == '\\' ? read_escape(b)
                                    : add_literal(b, *b->at++);
        if (!read) {
            return 0;
        }
    }
    end_literal(b);
    return 1;
}

/* --- the whole --- */

static void mark_quoted(struct slim_log_format *f)
{
    struct slim_text before = f->first;

    for (int i = 0; i < f->steps; i++) {
        struct slim_text after = f->step[i].until;
        f->step[i].quoted = before.length > 0 && before.at[before.length - 1] == '"'
                            && after.length > 0 && after.at[0] == '"';
        before = after;
    }
}

static int has_time(const struct slim_log_format *f)
{
    for (int i = 0; i < f->steps; i++) {
        if (delimits_itself(&f->step[i])) {
            return 1;
        }
    }
    return 0;
}

static int is_whole(struct building *b)
{
    if (has_time(b->format)) {
        return 1;
    }
    b->at = b->begin;
    return refuse(b, strchr(b->begin, '%') ? "no time (%t) in it"
                                           : "neither the name of a format nor one");
}

struct slim_log_format *slim_log_format_compile(const char *text, struct slim_log_error *error,
                                                apr_pool_t *pool)
{
    const struct slim_log_name *name = slim_log_format_named(text);
    const char *format = name ? name->format : text;
    struct building b = {.format = apr_pcalloc(pool, sizeof *b.format),
                         .error = error,
                         .begin = format,
                         .at = format,
                         .pool = pool};

    b.format->tells = TOLD_LINES;
    if (!format) {
        b.format->kind = name->is_json ? LOG_JSON : LOG_W3C;
        return b.format;
    }
    if (!read_format(&b) || !is_whole(&b)) {
        return NULL;
    }
    mark_quoted(b.format);
    /* many logs have a field or two of their own behind the well-known ones */
    b.format->may_go_on = name && name->may_go_on;
    b.format->site_of_target = name && name->site_of_target;
    return b.format;
}

int slim_log_format_has_all_bytes(const struct slim_log_format *format)
{
    return format->has_all_bytes;
}
