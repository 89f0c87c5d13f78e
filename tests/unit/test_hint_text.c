/* Client hints as they are kept beside an agent. */
#include "unit.h"

#include "enrich/hint_text.h"

static struct slim_hit hit_of(const char *brands, const char *full, const char *platform,
                              const char *version, int mobile)
{
    struct slim_hit hit = {.flags = mobile ? SLIM_HIT_MOBILE : 0};

    hit.field[SLIM_CH_UA] = text_of(brands);
    hit.field[SLIM_CH_VERSIONS] = text_of(full);
    hit.field[SLIM_CH_PLATFORM] = text_of(platform);
    hit.field[SLIM_CH_PLATFORM_VERSION] = text_of(version);
    return hit;
}

static const char *made_of(const struct slim_hit *hit)
{
    char text[SLIM_HINT_TEXT_MAX];
    size_t length = slim_hint_text_make(hit, text);

    assert_in_range(length, 0, sizeof text);
    return apr_pstrmemdup(pool, text, length);
}

/* What is made of the hit that it was put into. */
static const char *made_again(const char *text)
{
    struct slim_hit hit = hit_of("\"Old\";v=\"1\"", "\"Old\";v=\"1.2\"", "\"macOS\"", "\"1\"", 1);

    slim_hint_text_put(text_of(text), &hit);
    return made_of(&hit);
}

static void what_names_are_made_of_is_kept(void **state)
{
    static const struct {
        const char *brands, *full, *platform, *version;
        int mobile;
        const char *text;
    } cases[] = {
        {"", "", "", "", 0, ""},
        {"", "", "\"Windows\"", "", 1, ""}, /* every Chromium sends this much */
        {"\"Brave\";v=\"131\", \"Chromium\";v=\"131\", \"Not_A Brand\";v=\"24\"", "", "\"Windows\"",
         "", 0, "\"Brave\";v=\"131\",\"Chromium\";v=\"131\""},
        {"\"Not A(Brand\";v=\"8\", \"Chromium\";v=\"132\", \"Google Chrome\";v=\"132\"",
         "\"Not A(Brand\";v=\"8.0.0.0\", \"Chromium\";v=\"132.0.6834.110\", "
         "\"Google Chrome\";v=\"132.0.6834.111\"",
         "\"Windows\"", "\"15.0.0\"", 0,
         "\"Chromium\";v=\"132.0.6834.110\",\"Google Chrome\";v=\"132.0.6834.111\"|\"Windows\"|"
         "\"15.0.0\""},
        {"\"Opera\";v=\"86\"", "", "\"Android\"", "\"14.0.0\"", 1,
         "\"Opera\";v=\"86\"|\"Android\"|\"14.0.0\"|m"},
        {"\"Opera\";v=\"86\"", "", "\"Android\"", "", 1, "\"Opera\";v=\"86\"|||m"},
        {"", "\"Vivaldi\";v=\"7.0.3495.20\"", "", "", 0, "\"Vivaldi\";v=\"7.0.3495.20\""},
        {"", "", "\"macOS\"", "\"14.5.0\"", 0, "|\"macOS\"|\"14.5.0\""},
        {"", "", "\"Linux\"", "\"6.5.0\"", 0, ""}, /* a kernel's, of no use */
        {"", "", "", "\"14.5.0\"", 0, ""},
        {"\"Brave\";v=\"131\"", "\"Brave\";v=\"99.0.1\"", "", "", 0, "\"Brave\";v=\"131\""},
        {"\"Brave\";v=\"13\"", "\"Brave\";v=\"131.0.1\"", "", "", 0, "\"Brave\";v=\"13\""},
        {"\"Brave\";v=\"131.x\"", "", "", "", 0, "\"Brave\";v=\"131\""},
        {"\"Brave\";v=\"<b>\"", "", "", "", 0, "\"Brave\""},
        {"\"Brave\"", "", "", "", 0, "\"Brave\""},
        {"\"A\\\"B\";v=\"1\", \"A|B\", \"A;B\", \"\x01\", \"\xc3\xa9\", \"\", \"C\";v=\"2\"", "",
         "", "", 0, "\"C\";v=\"2\""},
        {"\";Not A Brand\";v=\"99\", \" Not A;Brand\", \"Not/A)Brand\", \"Not:A-Brand\", "
         "\"Not?A_Brand\", \"(Not(A:Brand\", \"Nota Brander\"",
         "", "", "", 0, "\"Nota Brander\""},
        {"\"B\";v=\"123456789012345\"", "", "", "", 0, "\"B\";v=\"1234567890\""},
        {"\"B\";v=\"1.2.3.4.5.6\"", "", "", "", 0, "\"B\";v=\"1.2.3.4\""},
        {"Brave", "131", "Windows", "15", 1, ""},
        {"\"B\";v=\"1\", \"C\", \"B\";v=\"1.2\"", "\"B\";v=\"1.2\", \"B\";v=\"1.2.3\"", "", "", 0,
         "\"B\";v=\"1.2\",\"C\""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_hit hit = hit_of(cases[i].brands, cases[i].full, cases[i].platform,
                                     cases[i].version, cases[i].mobile);
        assert_string_equal(cases[i].text, made_of(&hit));
        assert_string_equal(cases[i].text, made_again(cases[i].text));
    }
}

/* Whatever clients send: it is short, and one more time through it changes nothing. */
static void it_has_a_ceiling(void **state)
{
    static const char *const elements[] = {
        "\"Some Brand Of A Long Name\";v=\"1234567890.1234567890.1234567890.1234567890\"",
        "\"B\"",
        "\"A name that no browser has, since it is much too long for one\"",
        "\"Brave\";v=\"131\"",
    };

    (void)state;
    for (unsigned i = 0; i < 4096; i++) {
        const char *list = "";
        for (unsigned k = 0; k < 12; k += 2) {
            list = apr_pstrcat(pool, list, elements[i >> k & 3], ",", NULL);
        }
        struct slim_hit hit = hit_of(list, list, "\"Windows\"", "\"99999999999.1.1.1.1\"", 1);
        const char *text = made_of(&hit);
        assert_in_range(strlen(text), 1, SLIM_HINT_TEXT_MAX);
        assert_string_equal(text, made_again(text));
    }
}

static void any_text_can_be_put_into_a_hit(void **state)
{
    static const char *const texts[] = {"?", "|", "||||||", "|m", "m|m|m|m", "\"", "\"A|\"B"};

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(texts); i++) {
        const char *text = made_again(texts[i]);
        assert_string_equal(text, made_again(text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_names_are_made_of_is_kept),
        cmocka_unit_test(it_has_a_ceiling),
        cmocka_unit_test(any_text_can_be_put_into_a_hit),
    };

    return RUN_UNIT(tests);
}
