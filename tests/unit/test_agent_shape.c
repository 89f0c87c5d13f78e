/* Usual spelling, and which part of an agent only names a device. */
#include "unit.h"

#include "enrich/agent_shape.h"
#include "noise.h"

static struct slim_agent_shape shape;

static const char *text_of_shape(const char *agent)
{
    slim_agent_shape_find(text_of(agent), &shape);
    return string_of((struct slim_text){shape.text, shape.length});
}

static void agents_are_spelled_as_usual(void **state)
{
    static const struct {
        const char *agent, *text;
    } cases[] = {
        {"", ""},
        {"Mozilla/5.0 (Linux; Andr0id 9; X)", "Mozilla/5.0 (Linux; Android 9; X)"},
        {"UCWEB/2.0 (Linux; U; Adr 4.4.2; en)", "UCWEB/2.0 (Linux; U; Android 4.4.2; en)"},
        {"JUC (Linux; U; 2.3.5; zh-cn)", "JUC (Linux; U; Android 2.3.5; zh-cn)"},
        {"JUC (Linux; U; 9; zh-cn)", "JUC (Linux; U; Android 9; zh-cn)"},
        {"Mozilla/5.0 (Linux; U; en-us)", "Mozilla/5.0 (Linux; U; en-us)"},
        {"Quadr 4", "Quadr 4"},
        {"mozilla/5.0 (windows nt 10.0) applewebkit/537.36 (khtml, like gecko) chrome/1 safari/2",
         "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1 Safari/2"},
        {"MOZILLA/5.0 (KHTML, LIKE GECKO) SAFARI/2", "Mozilla/5.0 (KHTML, like Gecko) Safari/2"},
        {"googlebot/2.1 chrome/1", "googlebot/2.1 chrome/1"},
        {"Mozilla/5.0 chrome/1", "Mozilla/5.0 chrome/1"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        assert_string_equal(cases[i].text, text_of_shape(cases[i].agent));
    }
}

static void only_names_of_devices_are_devices(void **state)
{
    static const struct {
        const char *agent, *word;
        int is_device;
    } cases[] = {
        {"Mozilla/5.0 (Linux; Android 9; Bot X) Chrome/1", "Bot", 1},
        {"Mozilla/5.0 (Linux; Android 9; Spider A55 Build/Bot1) Chrome/1", "Build/Bot1", 1},
        {"Mozilla/5.0 (Linux; Android 9; Bot/2.1) Chrome/1", "Bot/2.1", 0},
        {"Mozilla/5.0 (Linux; Android 9; A Bot http://x) Chrome/1", "Bot", 0},
        {"Mozilla/5.0 (Linux; Android 9; bot@x) Chrome/1", "bot", 0},
        {"Mozilla/5.0 (Linux; Android 9; compatible; Bot) Chrome/1", "Bot", 0},
        {"Mozilla/5.0 (Linux; Android 9; (x) Bot) Chrome/1", "Bot", 1},
        {"Mozilla/5.0 (Linux; Android 9) Chrome/1 (Bot)", "Bot", 0},
        {"Mozilla/5.0 (Windows NT 10.0; Bot) Chrome/1", "Bot", 0},
        {"Mozilla/5.0 (X11; Linux; Bot) Chrome/1", "Bot", 0},
        {"Crawler (Linux; Android 9; Bot)", "Bot", 0},
        {"Mozilla/5.0 (Linux; Android 9; Bot", "Bot", 1},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *text = text_of_shape(cases[i].agent);
        size_t from = (size_t)(strstr(text, cases[i].word) - text);
        if (slim_agent_shape_is_device(&shape, from, from + strlen(cases[i].word))
            != cases[i].is_device) {
            fail_msg("%s: %s", cases[i].agent, cases[i].word);
        }
    }
}

static void televisions_have_a_browser_below(void **state)
{
    static const struct {
        const char *agent, *below;
    } cases[] = {
        {"Chrome/1 Safari/2", ""},
        {"Chrome/1 Safari/2 HbbTV/1.5.1 (+DRM; Sony (x); ;)", "Chrome/1 Safari/2 "},
        {"Opera/9 (Linux; HbbTV/1.2.1 (; A; B;); en) Presto/2", "Opera/9 (Linux; ; en) Presto/2"},
        {"HbbTV/1.1.1 (;;;;;) firetv", " firetv"},
        {"HbbTV/1.1.1", ""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        text_of_shape(cases[i].agent);
        assert_string_equal(cases[i].below,
                            string_of((struct slim_text){shape.below, shape.below_length}));
    }
}

static void noise_stays_within_bounds(void **state)
{
    static const char *const often[] = {"(",     ")",        ";",     "HbbTV/", "Linux; U; 2.",
                                        "Adr 4", "Mozilla/", "http:", " ",      "Build/1"};

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char agent[700];
        size_t used = 0;
        while (used < 600) {
            const char *word = often[noise_below(LENGTH_OF(often))];
            memcpy(agent + used, word, strlen(word));
            used += strlen(word);
            agent[used++] = (char)noise();
        }
        slim_agent_shape_find((struct slim_text){agent, noise_below(600)}, &shape);
        assert_true(shape.length <= SLIM_SHAPE_MAX && shape.below_length <= shape.length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agents_are_spelled_as_usual),
        cmocka_unit_test(only_names_of_devices_are_devices),
        cmocka_unit_test(televisions_have_a_browser_below),
        cmocka_unit_test(noise_stays_within_bounds),
    };

    return RUN_UNIT(tests);
}
