/* Putting the texts of statements together. */
#include "sqlite_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sql.h"

#define NAME_MAX_LENGTH 47 /* of a piece */

void slim_sql_text_begin(struct slim_sql_text *text, char *buffer, size_t size)
{
    *text = (struct slim_sql_text){.at = buffer, .size = size};
    buffer[0] = '\0';
}

void slim_sql_text_fail(struct slim_sql_text *text, const char *format, ...)
{
    va_list args;

    if (!text->wrong[0]) {
        va_start(args, format);
        vsnprintf(text->wrong, sizeof text->wrong, format, args);
        va_end(args);
    }
}

static void append(struct slim_sql_text *text, const char *bytes, size_t length)
{
    if (length >= text->size - text->used) {
        slim_sql_text_fail(text, "a statement longer than %zu bytes", text->size);
        return;
    }
    memcpy(text->at + text->used, bytes, length);
    text->used += length;
    text->at[text->used] = '\0';
}

void slim_sql_text_add(struct slim_sql_text *text, const char *plain)
{
    append(text, plain, strlen(plain));
}

void slim_sql_text_format(struct slim_sql_text *text, const char *format, ...)
{
    char formatted[512];
    va_list args;

    va_start(args, format);
    int length = vsnprintf(formatted, sizeof formatted, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= sizeof formatted) {
        slim_sql_text_fail(text, "a piece longer than %zu bytes", sizeof formatted);
        return;
    }
    append(text, formatted, (size_t)length);
}

/* The piece that begins at its brace; returns what follows it. */
static const char *add_piece(struct slim_sql_text *text, const char *file, const char *brace,
                             slim_sql_piece *piece, void *baton)
{
    char name[NAME_MAX_LENGTH + 1];
    size_t length = strcspn(brace + 1, "}");

    if (length > NAME_MAX_LENGTH || brace[1 + length] != '}') {
        slim_sql_text_fail(text, "a brace in %s that names no piece", file);
        return "";
    }
    memcpy(name, brace + 1, length);
    name[length] = '\0';
    if (!piece || !piece(text, name, baton)) {
        slim_sql_text_fail(text, "an unknown piece {%s} in %s", name, file);
    }
    return brace + length + 2;
}

void slim_sql_text_file(struct slim_sql_text *text, const char *file, slim_sql_piece *piece,
                        void *baton)
{
    char path[96];

    snprintf(path, sizeof path, "sqlite/%s.sql", file);
    const char *sql = slim_sql_body(path);
    text->file = text->file ? text->file : file;
    if (!sql) {
        slim_sql_text_fail(text, "no statement %s", file);
        return;
    }
    while (*sql) {
        size_t plain = strcspn(sql, "{");
        append(text, sql, plain);
        sql += plain;
        if (*sql) {
            sql = add_piece(text, file, sql, piece, baton);
        }
    }
}

int slim_sql_name_piece(struct slim_sql_text *text, const char *name, void *baton)
{
    for (const struct slim_sql_name *known = baton; known->piece; known++) {
        if (strcmp(known->piece, name) == 0) {
            slim_sql_text_add(text, known->text);
            return 1;
        }
    }
    return 0;
}
