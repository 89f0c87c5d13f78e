/* What Sec-CH-UA headers say of browser and platform. */
#include "unit.h"

#include "enrich/client_hint.h"

static void brands_are_read_one_by_one(void **state)
{
    static const struct {
        const char *list, *brands;
    } cases[] = {
        {"\"Brave\";v=\"131\", \"Chromium\";v=\"131\", \"Not_A Brand\";v=\"24\"",
         "Brave 131|Chromium 131|Not_A Brand 24|"},
        {"\"Not;A\\\"Brand\";v=\"8\",\"X\"", "Not;A\\\"Brand 8|X |"},
        {" , \"A\" ; v=\"1\" ,, \"B\"", "A 1|B |"},
        {"\"A\";v=1, \"B\"", "A"}, /* malformed: the rest is not read */
        {"\"A", ""},
        {"\"A\\", ""},
        {"\"A\\\"", ""},
        {"A", ""},
        {"\"A\";v=", "A"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_brand brand;
        const char *got = "";
        size_t at = 0;
        while (slim_brand_next(text_of(cases[i].list), &at, &brand)) {
            got = apr_pstrcat(pool, got, string_of(brand.name), " ", string_of(brand.version), "|",
                              NULL);
        }
        if (strncmp(cases[i].brands, got, strlen(got)) != 0) {
            fail_msg("%s: '%s'", cases[i].list, got);
        }
    }
}

static struct slim_agent_name name_of(const char *family, const char *major)
{
    struct slim_agent_name name;

    memset(&name, 0, sizeof name);
    snprintf(name.family, sizeof name.family, "%s", family);
    snprintf(name.version[0], sizeof name.version[0], "%s", major);
    return name;
}

static const char *shown(const struct slim_agent_name *name)
{
    const char *text = name->family;

    for (int i = 0; i < SLIM_AGENT_VERSIONS && name->version[i][0]; i++) {
        text = apr_pstrcat(pool, text, i ? "." : " ", name->version[i], NULL);
    }
    return text;
}

static void plain_chromes_are_named_by_their_brand(void **state)
{
    static const struct {
        const char *family, *brands, *full;
        int mobile;
        const char *name;
    } cases[] = {
        {"Chrome", "\"Chromium\";v=\"131\", \"Brave\";v=\"131\"", "", 0, "Brave 131"},
        {"Chrome", "\"Microsoft Edge\";v=\"131\", \"Chromium\";v=\"131\"",
         "\"Microsoft Edge\";v=\"131.0.2903.86\", \"Chromium\";v=\"131.0.6778.86\"", 0,
         "Edge 131.0.2903.86"},
        {"Chrome Mobile", "\"Microsoft Edge\";v=\"131\"", "", 1, "Edge Mobile 131"},
        {"Chrome Mobile", "\"Opera\";v=\"86\"", "\"Opera\";v=\"86.1.2\"", 1, "Opera Mobile 86.1.2"},
        {"Chrome", "", "\"Vivaldi\";v=\"7.0.3495.20\"", 0, "Vivaldi 7.0.3495.20"},
        {"Chrome", "\"Google Chrome\";v=\"131\", \"Chromium\";v=\"131\"",
         "\"Google Chrome\";v=\"131.0.6778.86\"", 0, "Chrome 131.0.6778.86"},
        {"Chrome", "\"Google Chrome\";v=\"131\"", "\"Google Chrome\";v=\"99.0.1.2\"", 0,
         "Chrome 131"}, /* they disagree */
        {"Chrome", "\"Never Heard Of\";v=\"1\"", "", 0, "Chrome 131"},
        {"Firefox", "\"Brave\";v=\"131\"", "", 0, "Firefox 131"}, /* not its to say */
        {"Chrome", "\"Brave\";v=\"<b>\"", "", 0, "Brave"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_hit hit = {.flags = cases[i].mobile ? SLIM_HIT_MOBILE : 0};
        struct slim_agent_name name = name_of(cases[i].family, "131");
        hit.field[SLIM_CH_UA] = text_of(cases[i].brands);
        hit.field[SLIM_CH_VERSIONS] = text_of(cases[i].full);
        slim_client_hint_browser(&hit, &name);
        assert_string_equal(cases[i].name, shown(&name));
    }
}

static void platforms_get_the_version_that_agents_hide(void **state)
{
    static const struct {
        const char *family, *hint, *version, *name;
    } cases[] = {
        {"Windows", "\"Windows\"", "\"15.0.0\"", "Windows 11"},
        {"Windows", "\"Windows\"", "\"13.0.0\"", "Windows 11"},
        {"Windows", "\"Windows\"", "\"10.0.0\"", "Windows 10"},
        {"Windows", "\"Windows\"", "\"0.1.0\"", "Windows 7"},
        {"Windows", "\"Windows\"", "\"0.2.0\"", "Windows 8"},
        {"Windows", "\"Windows\"", "\"0.3.0\"", "Windows 8.1"},
        {"Windows", "\"Windows\"", "\"99999999999999999999\"", "Windows 11"},
        {"Mac OS X", "\"macOS\"", "\"14.5.0\"", "Mac OS X 14.5.0"},
        {"Android", "\"Android\"", "\"14.0.0\"", "Android 14.0.0"},
        {"Chrome OS", "\"Chrome OS\"", "\"16033.51.0\"", "Chrome OS 16033.51.0"},
        {"Linux", "\"Linux\"", "\"6.5.0\"", "Linux 10"},        /* a kernel's, of no use */
        {"Android", "\"Windows\"", "\"15.0.0\"", "Android 10"}, /* another platform's */
        {"Windows", "\"Windows\"", "\"\"", "Windows 10"},
        {"Windows", "\"Windows\"", "", "Windows 10"},
        {"Windows", "Windows", "15", "Windows 10"},
        {"Windows", "", "\"15.0.0\"", "Windows 10"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_hit hit = {.flags = 0};
        struct slim_agent_name name = name_of(cases[i].family, "10");
        hit.field[SLIM_CH_PLATFORM] = text_of(cases[i].hint);
        hit.field[SLIM_CH_PLATFORM_VERSION] = text_of(cases[i].version);
        slim_client_hint_platform(&hit, &name);
        assert_string_equal(cases[i].name, shown(&name));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brands_are_read_one_by_one),
        cmocka_unit_test(plain_chromes_are_named_by_their_brand),
        cmocka_unit_test(platforms_get_the_version_that_agents_hide),
    };

    return RUN_UNIT(tests);
}
