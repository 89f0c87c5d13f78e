/* Agents as rules expect them: usual spelling, and where the device's name stands. */
#include "agent_shape.h"

#include <string.h>
#include <strings.h>

#include "core/ascii.h"
#include "core/text.h"

/* --- usual spelling --- */

/* Words whose case says nothing when an agent has letters of one case only. */
static const char *const usual_words[] = {
    "Mozilla",
    "AppleWebKit",
    "KHTML",
    "Gecko",
    "Chrome",
    "Safari",
    "Version",
    "Mobile",
    "Firefox",
    "Opera",
    "Presto",
    "Windows",
    "NT",
    "WOW64",
    "Win64",
    "Linux",
    "Android",
    "Ubuntu",
    "X11",
    "Macintosh",
    "Intel",
    "Mac",
    "OS",
    "X",
    "iPhone",
    "iPad",
    "iPod",
    "CPU",
    "MSIE",
    "Trident",
    "OPR",
    "Edg",
    "EdgA",
    "EdgiOS",
    "Edge",
    "CriOS",
    "FxiOS",
    "SamsungBrowser",
    "UCBrowser",
    "YaBrowser",
    "Vivaldi",
    "Build",
    "CrOS",
    "PPC",
    "SeaMonkey",
    "Chromium",
    "FreeBSD",
    "OpenBSD",
    "Fedora",
    "Debian",
    "Tizen",
    "SMART",
    "TV",
    "BlackBerry",
    "Symbian",
    "SymbianOS",
    "Nokia",
    "Series60",
    "Profile",
    "MIDP",
    "Configuration",
    "CLDC",
    "Dalvik",
    "Phone",
    "IEMobile",
    "Mini",
    "HuaweiBrowser",
    "MiuiBrowser",
    "XiaoMi",
    "VivoBrowser",
    "HeyTapBrowser",
    "Silk",
    "Konqueror",
    "Epiphany",
    "Iceweasel",
    "PaleMoon",
    "Waterfox",
    "Touch",
    "Tablet",
    "PC",
    "Media",
    "Center",
    "NET",
    "CLR",
    "Googlebot",
    "Focus",
    "DuckDuckGo",
    "Ddg",
    "Whale",
    "Instagram",
};

static int is_word(char c)
{
    c = slim_lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Of a browser; a robot may write its name as it likes. */
static int has_one_case(struct slim_text agent)
{
    size_t lower = 0, upper = 0;

    if (!slim_text_begins(agent, "mozilla/") && !slim_text_begins(agent, "opera/")) {
        return 0;
    }

    for (size_t i = 0; i < agent.length; i++) {
        lower += agent.at[i] >= 'a' && agent.at[i] <= 'z';
        upper += agent.at[i] >= 'A' && agent.at[i] <= 'Z';
    }
    return (lower == 0) != (upper == 0) && lower + upper >= 16;
}

static void spell_word(char *word, size_t length)
{
    for (size_t i = 0; i < sizeof usual_words / sizeof usual_words[0]; i++) {
        if (strlen(usual_words[i]) == length && strncasecmp(word, usual_words[i], length) == 0) {
            memcpy(word, usual_words[i], length);
            return;
        }
    }
    if (length == 4 && strncasecmp(word, "like", 4) == 0) {
        memcpy(word, "like", 4);
    }
}

static void spell_words(char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t from = i;
        while (i < length && is_word(text[i])) {
            i++;
        }
        spell_word(text + from, i - from);
        i += i == from;
    }
}

/* What stands for Android in agents that do not write it, each from a word's beginning. The third
 * is that of Android's versions behind "Linux; U; ". */
static const struct {
    const char *written, *usual;
} androids[] = {
    {"Andr0id", "Android"},
    {"Adr ", "Android "},
    {"Linux; U; ", "Linux; U; Android "},
};

static int is_android(size_t which, struct slim_text rest, size_t length)
{
    return which < 2
           || (rest.length > length + 1 && rest.at[length] >= '1' && rest.at[length] <= '9'
               && (rest.at[length + 1] == '.' || rest.at[length + 1] == ';'));
}

static size_t put(struct slim_agent_shape *shape, const char *bytes, size_t length)
{
    size_t room = SLIM_SHAPE_MAX - shape->length;
    size_t fits = length < room ? length : room;

    memcpy(shape->text + shape->length, bytes, fits);
    shape->length += fits;
    return length;
}

/* Copies what begins an agent, in its usual spelling; the bytes that were taken. */
static size_t copy_some(struct slim_agent_shape *shape, struct slim_text rest, int begins_word)
{
    for (size_t i = 0; begins_word && i < sizeof androids / sizeof androids[0]; i++) {
        size_t length = strlen(androids[i].written);
        if (rest.length > length && memcmp(rest.at, androids[i].written, length) == 0
            && is_android(i, rest, length)) {
            put(shape, androids[i].usual, strlen(androids[i].usual));
            return length;
        }
    }
    return put(shape, rest.at, 1);
}

static int contains(struct slim_text text, const char *word)
{
    return text.length > 0 && memmem(text.at, text.length, word, strlen(word)) != NULL;
}

static void spell_androids(struct slim_text agent, struct slim_agent_shape *shape)
{
    for (size_t i = 0; i < agent.length && shape->length < SLIM_SHAPE_MAX;) {
        struct slim_text rest = {agent.at + i, agent.length - i};
        i += copy_some(shape, rest, i == 0 || !is_word(agent.at[i - 1]));
    }
}

static void spell(struct slim_text agent, struct slim_agent_shape *shape)
{
    int hides_android = 0;

    for (size_t i = 0; i < sizeof androids / sizeof androids[0]; i++) {
        hides_android |= contains(agent, androids[i].written);
    }
    shape->length = 0;
    if (hides_android) {
        spell_androids(agent, shape);
    } else if (agent.length > 0) {
        put(shape, agent.at, agent.length);
    }
    if (has_one_case(agent)) {
        spell_words(shape->text, shape->length);
    }
}

/* --- the device's part --- */

/* Behind the parenthesis that opens at from; the end when it is not closed. */
static size_t end_of_parenthesis(struct slim_text text, size_t from)
{
    int depth = 0;

    for (size_t i = from; i < text.length; i++) {
        depth += text.at[i] == '(';
        depth -= text.at[i] == ')';
        if (depth == 0) {
            return i + 1;
        }
    }
    return text.length;
}

static int says_who_it_is(struct slim_text part)
{
    return contains(part, "http") || contains(part, "www.") || contains(part, "@");
}

static void set_device(struct slim_agent_shape *shape, size_t from, size_t to, int is_device)
{
    for (size_t i = from; i < to; i++) {
        uint64_t bit = UINT64_C(1) << i % 64;
        shape->device[i / 64] =
            is_device ? shape->device[i / 64] | bit : shape->device[i / 64] & ~bit;
    }
}

/* A word with a version is a program's, but for those that say which build a device has. */
static int is_product(struct slim_text word)
{
    const char *slash = word.length > 0 ? memchr(word.at, '/', word.length) : NULL;
    size_t before = slash ? (size_t)(slash - word.at) : 0;

    return before > 0 && word.length > before + 1 && slash[1] >= '0' && slash[1] <= '9'
           && !(before >= 5 && strncasecmp(slash - 5, "build", 5) == 0);
}

/* One of the parts that semicolons separate. */
static void mark_part(struct slim_agent_shape *shape, size_t from, size_t to)
{
    struct slim_text part = {shape->text + from, to - from};

    if (says_who_it_is(part)) {
        return;
    }
    set_device(shape, from, to, 1);
    for (size_t i = from; i < to;) {
        size_t word = i;
        while (i < to && shape->text[i] != ' ') {
            i++;
        }
        if (is_product((struct slim_text){shape->text + word, i - word})) {
            set_device(shape, word, i, 0);
        }
        i++;
    }
}

/* A desktop has no model, and who is compatible says what he is. */
static int names_no_device(struct slim_text parenthesis)
{
    static const char *const words[] = {"compatible", "(X11", "Macintosh", "Windows NT"};
    int found = 0;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        found |= contains(parenthesis, words[i]);
    }
    return found;
}

/* Browsers begin with their engine's name and a parenthesis about the system and the device. */
static void find_device(struct slim_agent_shape *shape)
{
    static const char *const engines[] = {"Mozilla/", "Opera/", "Dalvik/"};
    struct slim_text text = {shape->text, shape->length};
    const char *open = text.length > 0 ? memchr(text.at, '(', text.length) : NULL;
    int is_browser = 0;

    memset(shape->device, 0, sizeof shape->device);
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        size_t length = strlen(engines[i]);
        is_browser |= text.length > length && memcmp(text.at, engines[i], length) == 0;
    }
    if (!is_browser || !open) {
        return;
    }
    size_t from = (size_t)(open - text.at), to = end_of_parenthesis(text, from);
    if (names_no_device((struct slim_text){open, to - from})) {
        return;
    }
    for (size_t part = from; part < to;) {
        const char *semicolon = memchr(text.at + part, ';', to - part);
        size_t end = semicolon ? (size_t)(semicolon - text.at) : to;
        mark_part(shape, part, end);
        part = end + 1;
    }
}

int slim_agent_shape_is_device(const struct slim_agent_shape *shape, size_t from, size_t to)
{
    size_t i = from;

    while (i < to && (shape->device[i / 64] >> i % 64 & 1)) {
        i++;
    }
    return to > from && i == to;
}

/* --- televisions --- */

/* "HbbTV/1.4.1 (+DRM; LG; 43UJ; …)": where it begins and ends. */
static void find_below(struct slim_agent_shape *shape)
{
    struct slim_text text = {shape->text, shape->length};
    const char *hbbtv = text.length > 0 ? memmem(text.at, text.length, "HbbTV/", 6) : NULL;

    shape->below_length = 0;
    if (!hbbtv) {
        return;
    }
    size_t from = (size_t)(hbbtv - text.at), to = from;
    while (to < text.length && text.at[to] != ' ' && text.at[to] != ';') {
        to++;
    }
    if (to + 1 < text.length && text.at[to + 1] == '(') {
        to = end_of_parenthesis(text, to + 1);
    }
    memcpy(shape->below, text.at, from);
    memcpy(shape->below + from, text.at + to, text.length - to);
    shape->below_length = from + text.length - to;
}

void slim_agent_shape_find(struct slim_text agent, struct slim_agent_shape *shape)
{
    spell(agent, shape);
    find_device(shape);
    find_below(shape);
}
