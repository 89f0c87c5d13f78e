/* The table of settings: its ranges, and that conf/slimstats.conf and mod_slimstats(8) say the
 * same.
 */
#include "unit.h"

#include "core/settings.h"

#define MANUAL "mod_src/httpd/mod_slimstats.8"
#define CONF "conf/slimstats.conf"

static const char *const sections[] = {
    [SLIM_IN_DIRECTORY] = "In servers, virtual hosts and directories",
    [SLIM_IN_SECTION] = "In servers, virtual hosts and sections",
    [SLIM_IN_HOST] = "In servers and virtual hosts",
    [SLIM_IN_SERVER] = "In the main server",
    [SLIM_IN_LOCATION] = "In a location",
};

static const struct slim_setting *next_directive(const struct slim_setting *setting)
{
    setting = setting ? setting + 1 : slim_settings_table;
    while (setting->type != SLIM_SETTING_TYPES && !setting->directive) {
        setting++;
    }
    return setting->type != SLIM_SETTING_TYPES ? setting : NULL;
}

static int is_directive(const char *name, size_t length)
{
    for (const struct slim_setting *s = next_directive(NULL); s; s = next_directive(s)) {
        if (strlen(s->directive) == length && memcmp(s->directive, name, length) == 0) {
            return 1;
        }
    }
    return 0;
}

static const char *conf_default(const struct slim_setting *setting)
{
    return setting->type == SLIM_SET_CAPTURE || setting->type == SLIM_SET_SITE ? NULL
           : strcmp(setting->directive, "SlimStatsRecorder") == 0 ? "/usr/bin/slimstats"
                                                                  : setting->fallback;
}

/* --- the manual, without its macros --- */

/* A line of roff as it is read: no macro, no fonts. .BR and its like join their arguments. */
static const char *plain(const char *line)
{
    static const char *const joining[] = {".BR ", ".BI ", ".IR ", ".RB ", ".RI "};
    char *out = apr_pstrdup(pool, line), *to = out;
    int joins = 0, quoted = 0;

    for (size_t i = 0; i < LENGTH_OF(joining); i++) {
        joins |= strncmp(line, joining[i], 4) == 0;
    }
    line += joins ? 4 : strncmp(line, ".B ", 3) == 0 || strncmp(line, ".I ", 3) == 0 ? 3 : 0;
    for (const char *c = line; *c; c++) {
        if (c[0] == '\\' && c[1] == 'f' && c[2]) {
            c += 2;
        } else if (joins && *c == '"') {
            quoted = !quoted;
        } else if (*c != '\\' && !(joins && !quoted && *c == ' ')) {
            *to++ = *c;
        }
    }
    *to = '\0';
    return out;
}

struct manual_entry {
    const char *section, *head, *text;
};

/* The entry of a directive, its head the line behind .TP; 0: there is none. */
static int find_entry(const char *directive, struct manual_entry *entry)
{
    size_t size;
    char *state, *manual = get_file(MANUAL, &size);
    const char *section = "", *before = "";
    int found = 0;

    for (char *line = apr_strtok(manual, "\n", &state); line;
         line = apr_strtok(NULL, "\n", &state)) {
        const char *text = plain(line);
        if (strncmp(line, ".SS ", 4) == 0) {
            section = line + 4;
        }
        if (found && (strcmp(line, ".TP") == 0 || line[1] == 'S' || strcmp(line, ".PP") == 0)) {
            return 1;
        }
        if (found) {
            entry->text = apr_pstrcat(pool, entry->text, " ", text, NULL);
        } else if (strcmp(before, ".TP") == 0 && strncmp(text, directive, strlen(directive)) == 0
                   && text[strlen(directive)] == ' ') {
            *entry = (struct manual_entry){section, text, ""};
            found = 1;
        }
        before = line;
    }
    return found;
}

static void every_directive_is_in_the_manual(void **state)
{
    int wrong = 0;

    (void)state;
    for (const struct slim_setting *s = next_directive(NULL); s; s = next_directive(s)) {
        char room[SLIM_ALLOWED_SIZE];
        struct manual_entry entry = {"", "", ""};
        const char *head = apr_pstrcat(pool, s->directive, " ",
                                       slim_setting_placeholder(s, 1, room, sizeof room), NULL);
        find_entry(s->directive, &entry);
        if (strcmp(entry.section, sections[s->place]) != 0 || strcmp(entry.head, head) != 0) {
            print_error(MANUAL ": no entry \"%s\" below \"%s\"\n", head, sections[s->place]);
            wrong++;
        }
        const char *fallback = conf_default(s);
        if (fallback && s->type != SLIM_SET_STORE
            && !strstr(entry.text, apr_pstrcat(pool, "efault ", fallback, NULL))) {
            print_error(MANUAL ": %s does not say: Default %s\n", s->directive, fallback);
            wrong++;
        }
        const char *range = strstr(slim_setting_allowed(s, 1, room, sizeof room), "from ");
        if (range && !strstr(entry.text, apr_pstrmemdup(pool, range, strcspn(range, ",")))) {
            print_error(MANUAL ": %s does not say: %s\n", s->directive, range);
            wrong++;
        }
    }
    assert_int_equal(0, wrong);
}

static void every_directive_is_in_the_sample_configuration(void **state)
{
    size_t size;
    const char *conf = apr_pstrcat(pool, "\n", get_file(CONF, &size), NULL);
    int wrong = 0;

    (void)state;
    for (const struct slim_setting *s = next_directive(NULL); s; s = next_directive(s)) {
        const char *fallback = conf_default(s);
        const char *line = fallback
                               ? apr_pstrcat(pool, "\n#", s->directive, " ", fallback, "\n", NULL)
                               : apr_pstrcat(pool, s->directive, " ", NULL);
        if (!strstr(conf, line)) {
            print_error(CONF " has no line: %s\n", line);
            wrong++;
        }
    }
    assert_int_equal(0, wrong);
}

/* A name of a directive anywhere in a text is one of the table. */
static void nothing_else_is_named_there(void **state)
{
    static const char *const paths[] = {MANUAL, CONF, "mod_src/cli/slimstats.1", "README.md"};
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(paths); i++) {
        size_t size;
        const char *at = get_file(paths[i], &size);
        while ((at = strstr(at, "SlimStats")) != NULL) {
            size_t length = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
            if (!is_directive(at, length)) {
                print_error("%s: %.*s is no directive\n", paths[i], (int)length, at);
                wrong++;
            }
            at += length;
        }
    }
    assert_int_equal(0, wrong);
}

/* --- values --- */

static void what_is_allowed_is_told(void **state)
{
    static const char *const cases[][2] = {
        {"sync", "seconds from 0 to 3600"}, {"visit-timeout", "minutes from 1 to 1440"},
        {"retain", "days from 1 to 36500"}, {"journal-limit", "a size from 1M to 16384G, as 1G"},
        {"visitor-key", "static or daily"}, {"store", "sqlite:PATH"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char room[SLIM_ALLOWED_SIZE];
        assert_string_equal(cases[i][1], slim_setting_allowed(slim_setting_find(cases[i][0]), 1,
                                                              room, sizeof room));
    }
    for (const struct slim_setting *s = next_directive(NULL); s; s = next_directive(s)) {
        char room[SLIM_ALLOWED_SIZE];
        if (strcmp(s->directive, "SlimStatsAddress") == 0) {
            assert_string_equal("full, masked or none",
                                slim_setting_allowed(s, 1, room, sizeof room));
            assert_string_equal("full|masked|none",
                                slim_setting_placeholder(s, 1, room, sizeof room));
        }
        assert_true(strlen(slim_setting_allowed(s, 1, room, sizeof room)) + 1 < sizeof room);
    }
}

static int is_taken(const struct slim_setting *setting, uint64_t value, int as_directive)
{
    struct slim_settings settings;

    slim_settings_init(&settings, pool);
    return slim_settings_put(&settings, setting,
                             apr_psprintf(pool, "%" APR_UINT64_T_FMT, (apr_uint64_t)value),
                             as_directive, pool)
           == APR_SUCCESS;
}

static void a_range_holds_its_ends_and_nothing_beyond(void **state)
{
    int ranges = 0;

    (void)state;
    for (const struct slim_setting *s = slim_settings_table; s->type != SLIM_SETTING_TYPES; s++) {
        if (s->type != SLIM_SET_NUMBER && s->type != SLIM_SET_SIZE) {
            continue;
        }
        for (int as_directive = 0; as_directive < 2; as_directive++) {
            uint64_t unit = as_directive && s->type == SLIM_SET_NUMBER ? s->unit : 1;
            uint64_t low = (s->min + unit - 1) / unit, high = s->max / unit;
            assert_true(is_taken(s, low, as_directive) && is_taken(s, high, as_directive));
            assert_true(low == 0 || !is_taken(s, low - 1, as_directive));
            assert_false(is_taken(s, high + 1, as_directive));
            assert_false(is_taken(s, INT64_MAX, as_directive));
        }
        ranges++;
    }
    assert_int_equal(5, ranges);
}

static void a_directive_counts_minutes_and_the_recorder_seconds(void **state)
{
    const struct slim_setting *timeout = slim_setting_find("visit-timeout");
    struct slim_settings settings;
    char room[SLIM_ALLOWED_SIZE];

    (void)state;
    slim_settings_init(&settings, pool);
    assert_int_equal(1800, settings.visit_timeout_s);
    assert_int_equal(APR_SUCCESS, slim_settings_put(&settings, timeout, "45", 1, pool));
    assert_int_equal(2700, settings.visit_timeout_s);
    assert_int_equal(APR_SUCCESS, slim_settings_put(&settings, timeout, "45", 0, pool));
    assert_int_equal(45, settings.visit_timeout_s);
    assert_string_equal("seconds from 1 to 86400",
                        slim_setting_allowed(timeout, 0, room, sizeof room));
    assert_string_equal("MINUTES", slim_setting_placeholder(timeout, 1, room, sizeof room));
    assert_string_equal("SECONDS", slim_setting_placeholder(timeout, 0, room, sizeof room));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_directive_is_in_the_manual),
        cmocka_unit_test(every_directive_is_in_the_sample_configuration),
        cmocka_unit_test(nothing_else_is_named_there),
        cmocka_unit_test(what_is_allowed_is_told),
        cmocka_unit_test(a_range_holds_its_ends_and_nothing_beyond),
        cmocka_unit_test(a_directive_counts_minutes_and_the_recorder_seconds),
    };

    return RUN_UNIT(tests);
}
