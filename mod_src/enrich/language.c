/* Accept-Language to a language and region that exist. Pure; linear in the header's length. */
#include "language.h"

#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"
#include "language_code.h"

/* ISO 639-1, and the legacy codes in, iw and ji that Java sends. Interlingue (ie) is left out: it
 * is always a mistake for something else. */
static const char known_languages[] =
    " aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy"
    " da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu"
    " hy hz ia id ig ii ik in io is it iu iw ja ji jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky"
    " la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny"
    " oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss"
    " st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za"
    " zh zu ";

/* ISO 3166-1 alpha-2, and uk, which people send for gb. */
static const char known_regions[] =
    " ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br"
    " bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz"
    " ec ee eg eh er es et fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw"
    " gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky"
    " kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv"
    " mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py"
    " qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg"
    " th tj tk tl tm tn to tr tt tv tw tz ua ug uk um us uy uz va vc ve vg vi vn vu wf ws xk ye yt"
    " za zm zw ";

/* Languages spelled out, as some clients send them. */
static const struct {
    const char *name, *code;
} spelled_out[] = {
    {"english", "en"}, {"german", "de"},   {"deutsch", "de"},    {"french", "fr"},
    {"spanish", "es"}, {"italian", "it"},  {"portuguese", "pt"}, {"russian", "ru"},
    {"chinese", "zh"}, {"japanese", "ja"}, {"dutch", "nl"},      {"polish", "pl"},
};

#define PART_MAX 16

static int is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* Quality of one element, in thousandths; one that is not a number counts as absent: 1. */
static long quality(const char *at, const char *end)
{
    const char *q = at;

    while (q < end && *q != ';') {
        q++;
    }
    for (; q < end; q++) {
        if (*q != ';' && !is_space(*q)) {
            break;
        }
    }
    if (end - q < 3 || slim_lower(q[0]) != 'q' || q[1] != '=' || (q[2] != '0' && q[2] != '1')) {
        return 1000;
    }
    long value = (q[2] - '0') * 1000;
    if (end - q > 3 && q[3] == '.') {
        long unit = 100;
        for (q += 4; q < end && *q >= '0' && *q <= '9' && unit > 0; q++, unit /= 10) {
            value += (*q - '0') * unit;
        }
    }
    return value > 1000 ? 1000 : value;
}

/* The element with the highest quality; among equals the first. */
static void prefer(const char *header, size_t length, const char **from, const char **to)
{
    const char *end = header + length, *at = header;
    long best = -1;

    *from = *to = header;
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        while (at < stop && is_space(*at)) {
            at++;
        }
        long q = at < stop ? quality(at, stop) : -1;
        if (q > best) {
            best = q;
            *from = at;
            *to = stop;
        }
        at = stop + 1;
    }
    const char *semicolon = memchr(*from, ';', (size_t)(*to - *from));
    *to = semicolon ? semicolon : *to;
    while (*to > *from && is_space((*to)[-1])) {
        (*to)--;
    }
}

/* The part of a tag that begins at at, lower case; "" when it is longer than any that counts. */
static const char *take_part(const char *at, const char *end, char part[PART_MAX])
{
    size_t used = 0;

    for (; at < end && *at != '-' && *at != '_'; at++) {
        if (used < PART_MAX) {
            part[used++] = slim_lower(*at);
        }
    }
    part[used < PART_MAX ? used : 0] = '\0';
    return at < end ? at + 1 : end;
}

static int is_in(const char *list, const char *part)
{
    char spaced[PART_MAX + 2];
    size_t length = strlen(part);

    if (length != 2 || strspn(part, "abcdefghijklmnopqrstuvwxyz") != length) {
        return 0;
    }
    spaced[0] = ' ';
    memcpy(spaced + 1, part, length);
    spaced[length + 1] = ' ';
    spaced[length + 2] = '\0';
    return strstr(list, spaced) != NULL;
}

static const char *language_of(const char *part)
{
    for (size_t i = 0; i < sizeof spelled_out / sizeof spelled_out[0]; i++) {
        if (strcmp(part, spelled_out[i].name) == 0) {
            return spelled_out[i].code;
        }
    }
    size_t length = strspn(part, "abcdefghijklmnopqrstuvwxyz");
    int known = part[length] == '\0'
                && (length == 3 ? slim_language_code_is_known(part) : is_in(known_languages, part));
    return known ? part : NULL;
}

/* Where nearly all who speak it live, the region adds nothing. */
static int region_is_implied(const char *language, const char *region)
{
    return (strcmp(language, "ko") == 0 && strcmp(region, "kr") == 0)
           || (strcmp(language, "ja") == 0 && strcmp(region, "jp") == 0);
}

void slim_language_derive(const char *header, size_t length, char out[SLIM_LANGUAGE_SIZE])
{
    char first[PART_MAX], last[PART_MAX] = "";
    const char *at, *end;

    out[0] = '\0';
    if (length == 0) {
        return;
    }
    prefer(header, length, &at, &end);
    at = take_part(at, end, first);
    while (at < end) {
        at = take_part(at, end, last);
    }
    const char *language = language_of(first);
    if (!language) {
        return;
    }
    size_t used = strlen(language);
    memcpy(out, language, used + 1);
    if (strlen(last) == 2 && is_in(known_regions, last) && !region_is_implied(language, last)) {
        out[used] = '-';
        memcpy(out + used + 1, last, 3);
    }
}
