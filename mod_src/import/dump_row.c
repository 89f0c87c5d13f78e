/* Finds the rows of a dump, and reads their cells. Of SQL it knows INSERT statements of tables
 * whose names end in slim_stats; everything else is passed over by the line. */
#include "dump_row.h"

#include <string.h>
#include <strings.h>

static const char *const names[DUMP_COLUMNS] = {"remote_ip", "language",    "country",  "referer",
                                                "domain",    "searchterms", "resource", "platform",
                                                "browser",   "version",     "dt"};

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void default_columns(struct slim_dump *dump)
{
    dump->cells = DUMP_COLUMNS;
    for (int i = 0; i < DUMP_COLUMNS; i++) {
        dump->column[i] = i;
    }
}

static int column_of(struct slim_text name)
{
    for (int i = 0; i < DUMP_COLUMNS; i++) {
        if (name.length == strlen(names[i]) && strncasecmp(name.at, names[i], name.length) == 0) {
            return i;
        }
    }
    return -1;
}

/* Takes the columns from their names: `a`, "b", c. */
static void name_columns(struct slim_dump *dump, const char *at, const char *end, char separator)
{
    dump->cells = 0;
    while (at < end && dump->cells < SLIM_DUMP_CELLS_MAX) {
        const char *stop = memchr(at, separator, (size_t)(end - at));
        const char *next = stop ? stop + 1 : end;
        stop = stop ? stop : end;
        while (at < stop && (is_space(*at) || strchr("`\"'", *at))) {
            at++;
        }
        while (stop > at && (is_space(stop[-1]) || strchr("`\"'", stop[-1]))) {
            stop--;
        }
        dump->column[dump->cells++] = column_of((struct slim_text){at, (size_t)(stop - at)});
        at = next;
    }
}

/* What separates the cells of a line of CSV: the first mark outside quotes that may. */
static char separator_of(struct slim_text line)
{
    int quoted = 0;

    for (size_t i = 0; i < line.length; i++) {
        quoted ^= line.at[i] == '"';
        if (!quoted && line.at[i] && strchr(",;\t", line.at[i])) {
            return line.at[i];
        }
    }
    return ',';
}

/* Whether a line of CSV has names, not values: of columns that no table of ours is without. */
static int names_columns(struct slim_text line)
{
    struct slim_dump named;
    int found = 0;

    name_columns(&named, line.at, line.at + line.length, separator_of(line));
    for (int i = 0; i < named.cells; i++) {
        found |= named.column[i] == DUMP_REMOTE_IP ? 1 : named.column[i] == DUMP_DT ? 2 : 0;
    }
    return found == 3;
}

static int has(struct slim_text text, const char *word)
{
    return memmem(text.at, text.length, word, strlen(word)) != NULL;
}

/* A row of CSV begins with a number or a quote; a cell may hold any statement. */
static int looks_like_csv(struct slim_text head, struct slim_text first)
{
    if (head.length > 0 && ((*head.at >= '0' && *head.at <= '9') || *head.at == '"')) {
        return 1;
    }
    if (head.length >= 2 && (memcmp(head.at, "--", 2) == 0 || memcmp(head.at, "/*", 2) == 0)) {
        return 0;
    }
    return (names_columns(first) && !has(first, "("))
           || (!has(head, "INSERT INTO") && !has(head, "insert into"));
}

void slim_dump_begin(struct slim_dump *dump, struct slim_text head)
{
    const char *newline = head.length ? memchr(head.at, '\n', head.length) : NULL;
    struct slim_text first = {head.at, newline ? (size_t)(newline - head.at) : head.length};

    memset(dump, 0, sizeof *dump);
    default_columns(dump);
    dump->is_csv = looks_like_csv(head, first);
    if (dump->is_csv) {
        dump->separator = separator_of(first);
        if (names_columns(first)) {
            name_columns(dump, first.at, first.at + first.length, dump->separator);
        }
    }
}

/* --- SQL --- */

/* The end of an INSERT's beginning, at its first parenthesis of values; NULL when the line is
 * something else. */
static const char *read_insert(struct slim_dump *dump, const char *at, const char *end)
{
    static const char insert[] = "insert into ", table[] = "slim_stats";

    if ((size_t)(end - at) < sizeof insert || strncasecmp(at, insert, sizeof insert - 1) != 0) {
        return NULL;
    }
    at += sizeof insert - 1;
    const char *name = at;
    while (at < end && !is_space(*at) && *at != '(') {
        at++;
    }
    const char *stop = at;
    while (stop > name && strchr("`\"", stop[-1])) {
        stop--;
    }
    if ((size_t)(stop - name) < sizeof table - 1
        || strncasecmp(stop - (sizeof table - 1), table, sizeof table - 1) != 0) {
        return NULL;
    }
    while (at < end && is_space(*at)) {
        at++;
    }
    default_columns(dump);
    if (at < end && *at == '(') {
        const char *close = memchr(at, ')', (size_t)(end - at));
        if (!close) {
            return NULL;
        }
        name_columns(dump, at + 1, close, ',');
        at = close + 1;
        while (at < end && is_space(*at)) {
            at++;
        }
    }
    return (size_t)(end - at) >= 6 && strncasecmp(at, "values", 6) == 0 ? at + 6 : NULL;
}

static enum slim_dump_found outside(struct slim_dump *dump, struct slim_text text, int is_end,
                                    size_t *taken)
{
    size_t look = text.length < 4096 ? text.length : 4096;
    const char *newline = text.length ? memchr(text.at, '\n', text.length) : NULL;
    const char *values;

    if (text.length == 0 || (!newline && look < 4096 && !is_end)) {
        return DUMP_MORE;
    }
    if (is_space(text.at[0])) {
        *taken = 1;
        return DUMP_NOTHING;
    }
    values = read_insert(dump, text.at, text.at + look);
    dump->inside = values != NULL;
    *taken = values    ? (size_t)(values - text.at)
             : newline ? (size_t)(newline - text.at) + 1
                       : text.length;
    return DUMP_NOTHING;
}

/* The parenthesis that closes the one at text's beginning; NULL: not there. */
static const char *close_of(struct slim_text text)
{
    char quote = 0;

    for (size_t i = 1; i < text.length; i++) {
        char c = text.at[i];
        if (quote) {
            if (c == '\\') {
                i++;
            } else if (c == quote) { /* a doubled one opens again at once */
                quote = 0;
            }
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == ')') {
            return text.at + i;
        }
    }
    return NULL;
}

/* What follows a row up to its statement's end, so that the last row knows to be it. */
static enum slim_dump_found end_row(struct slim_dump *dump, struct slim_text text, int is_end,
                                    size_t *taken)
{
    size_t at = *taken;

    while (at < text.length && is_space(text.at[at])) {
        at++;
    }
    if (at == text.length && !is_end) {
        *taken = 0;
        return DUMP_MORE;
    }
    if (at < text.length && text.at[at] == ';') {
        dump->inside = 0;
        *taken = at + 1;
    }
    return DUMP_ROW;
}

static enum slim_dump_found inside(struct slim_dump *dump, struct slim_text text, int is_end,
                                   size_t *taken, struct slim_text *row)
{
    if (text.length == 0) {
        return DUMP_MORE;
    }
    if (text.at[0] != '(') {
        dump->inside = is_space(text.at[0]) || text.at[0] == ',';
        *taken = dump->inside || text.at[0] == ';' ? 1 : 0;
        return DUMP_NOTHING;
    }
    const char *close =
        close_of((struct slim_text){text.at, text.length < SLIM_DUMP_ROW_MAX ? text.length
                                                                             : SLIM_DUMP_ROW_MAX});
    if (!close && text.length >= SLIM_DUMP_ROW_MAX) {
        dump->inside = 0;
        *taken = SLIM_DUMP_ROW_MAX;
        return DUMP_TOO_LONG;
    }
    if (!close) {
        return DUMP_MORE;
    }
    *row = (struct slim_text){text.at + 1, (size_t)(close - text.at) - 1};
    *taken = row->length + 2;
    return end_row(dump, text, is_end, taken);
}

/* --- CSV --- */

static enum slim_dump_found next_csv(struct slim_text text, int is_end, size_t *taken,
                                     struct slim_text *row)
{
    size_t look = text.length < SLIM_DUMP_ROW_MAX ? text.length : SLIM_DUMP_ROW_MAX, i = 0;
    int quoted = 0;

    while (i < look && (quoted || text.at[i] != '\n')) {
        quoted ^= text.at[i++] == '"';
    }
    if (i == look && look == SLIM_DUMP_ROW_MAX) {
        *taken = look;
        return DUMP_TOO_LONG;
    }
    if (text.length == 0 || (i == look && !is_end)) {
        return DUMP_MORE;
    }
    *taken = i < look ? i + 1 : i;
    *row = (struct slim_text){text.at, i > 0 && text.at[i - 1] == '\r' ? i - 1 : i};
    return row->length == 0 || names_columns(*row) ? DUMP_NOTHING : DUMP_ROW;
}

enum slim_dump_found slim_dump_next(struct slim_dump *dump, struct slim_text text, int is_end,
                                    size_t *taken, struct slim_text *row)
{
    *taken = 0;
    if (dump->is_csv) {
        return next_csv(text, is_end, taken, row);
    }
    return dump->inside ? inside(dump, text, is_end, taken, row)
                        : outside(dump, text, is_end, taken);
}

/* --- cells --- */

static char unescape(char c)
{
    switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case '0': return '\0';
    case 'Z': return '\x1a';
    default: return c;
    }
}

/* A quoted cell from behind its quote; returns what is behind the closing one. */
static const char *read_quoted(const char *at, const char *end, int backslashes, char **out)
{
    char quote = at[-1];

    for (; at < end; at++) {
        if (*at == quote && (at + 1 == end || at[1] != quote)) {
            return at + 1;
        }
        if (backslashes && *at == '\\' && at + 1 < end) {
            *(*out)++ = unescape(*++at);
        } else {
            at += *at == quote; /* of a doubled one, the second */
            *(*out)++ = *at;
        }
    }
    return end;
}

static int is_null(struct slim_text cell)
{
    return (cell.length == 4 && strncasecmp(cell.at, "null", 4) == 0)
           || (cell.length == 2 && memcmp(cell.at, "\\N", 2) == 0);
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

/* The bytes of 0x4142, as columns of bytes are written, into out; 0: it is no such number. */
static int read_hex(struct slim_text *cell, char **out)
{
    struct slim_text bytes = {*out, cell->length / 2 - 1};

    if (cell->length < 4 || cell->length % 2 || memcmp(cell->at, "0x", 2) != 0) {
        return 0;
    }
    for (size_t i = 2; i < cell->length; i++) {
        if (hex_value(cell->at[i]) < 0) {
            return 0;
        }
    }
    for (size_t i = 2; i < cell->length; i += 2) {
        *(*out)++ = (char)(hex_value(cell->at[i]) << 4 | hex_value(cell->at[i + 1]));
    }
    *cell = bytes;
    return 1;
}

/* Behind the name of an encoding before a text: _binary 'x'. */
static const char *skip_encoding(const char *at, const char *end)
{
    const char *p = at;

    while (p < end && (*p == '_' || (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9'))) {
        p++;
    }
    while (p > at && p < end && *p == ' ') {
        p++;
    }
    return *at == '_' && p < end && *p == '\'' ? p : at;
}

/* One cell; *at moves to the separator behind it, or to the end. */
static struct slim_text read_cell(const struct slim_dump *dump, const char **at, const char *end,
                                  char separator, char **out)
{
    struct slim_text cell = {*out, 0};
    const char *p = *at;

    while (p < end && *p == ' ') {
        p++;
    }
    if (p < end && !dump->is_csv) {
        p = skip_encoding(p, end);
    }
    if (p < end && (*p == '"' || (*p == '\'' && !dump->is_csv))) {
        p = read_quoted(p + 1, end, !dump->is_csv, out);
        cell.length = (size_t)(*out - cell.at);
        while (p < end && *p != separator) {
            p++;
        }
    } else {
        cell.at = p;
        while (p < end && *p != separator) {
            p++;
        }
        cell.length = (size_t)(p - cell.at);
        while (cell.length > 0 && is_space(cell.at[cell.length - 1])) {
            cell.length--;
        }
        if (is_null(cell)) {
            cell.length = 0;
        } else if (!dump->is_csv) {
            (void)read_hex(&cell, out);
        }
    }
    *at = p;
    return cell;
}

const char *slim_dump_cells(const struct slim_dump *dump, struct slim_text row, char *scratch,
                            struct slim_text column[DUMP_COLUMNS])
{
    const char *at = row.at, *end = row.at + row.length;
    char separator = dump->is_csv ? dump->separator : ',';
    int cells = 0;

    memset(column, 0, DUMP_COLUMNS * sizeof *column);
    for (;;) {
        struct slim_text cell = read_cell(dump, &at, end, separator, &scratch);
        if (cells < dump->cells && dump->column[cells] >= 0) {
            column[dump->column[cells]] = cell;
        }
        cells++;
        if (at == end) {
            break;
        }
        at++;
    }
    return cells < dump->cells   ? "a row with too few columns"
           : cells > dump->cells ? "a row with too many columns"
                                 : NULL;
}
