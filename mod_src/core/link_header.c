/* Links of a header, taken off its front one after the other. */
#include "link_header.h"

#include "text.h"

static void skip(struct slim_text *text, const char *set)
{
    while (text->length > 0 && *text->at && strchr(set, *text->at)) {
        text->at++;
        text->length--;
    }
}

/* Takes what stands before one of set, or before the end. */
static struct slim_text take(struct slim_text *text, const char *set)
{
    struct slim_text taken = {text->at, 0};

    while (text->length > 0 && !(*text->at && strchr(set, *text->at))) {
        text->at++;
        text->length--;
        taken.length++;
    }
    return taken;
}

/* What stands between two marks, the first of which the text begins with; 0: the second is missing.
 */
static int take_between(struct slim_text *text, const char *last, struct slim_text *taken)
{
    text->at++;
    text->length--;
    *taken = take(text, last);
    if (text->length == 0) {
        return 0;
    }
    text->at++;
    text->length--;
    return 1;
}

static int take_value(struct slim_text *text, struct slim_text *value)
{
    if (text->length > 0 && *text->at == '"') {
        return take_between(text, "\"", value);
    }
    *value = take(text, " \t;,");
    return 1;
}

static int has_canonical(struct slim_text relations)
{
    while (relations.length > 0) {
        skip(&relations, " \t");
        if (slim_text_is(take(&relations, " \t"), "canonical")) {
            return 1;
        }
    }
    return 0;
}

/* The parameters behind an address; of several rel the first counts. 0: a mistake. */
static int take_parameters(struct slim_text *text, struct slim_text *rel)
{
    *rel = (struct slim_text){NULL, 0};
    for (skip(text, " \t"); text->length > 0 && *text->at == ';'; skip(text, " \t")) {
        struct slim_text name, value = {NULL, 0};
        skip(text, "; \t");
        name = take(text, " \t=;,");
        skip(text, " \t");
        if (text->length > 0 && *text->at == '=') {
            skip(text, "= \t");
            if (!take_value(text, &value)) {
                return 0;
            }
        }
        if (!rel->at && slim_text_is(name, "rel")) {
            *rel = value;
        }
    }
    return text->length == 0 || *text->at == ',';
}

int slim_link_canonical(struct slim_text value, struct slim_text *address)
{
    struct slim_text found, rel;

    for (skip(&value, " \t,"); value.length > 0 && *value.at == '<'; skip(&value, " \t,")) {
        if (!take_between(&value, ">", &found) || !take_parameters(&value, &rel)) {
            return 0;
        }
        if (has_canonical(rel)) {
            *address = found;
            return 1;
        }
    }
    return 0;
}
