/* Messages and addresses as text: nothing that a visitor sends forges a line. */
#include "unit.h"

#include "core/address.h"
#include "core/log.h"
#include "noise.h"

static char last[4096];
static enum slim_level last_level;

static void keep_message(enum slim_level level, const char *message)
{
    last_level = level;
    snprintf(last, sizeof last, "%s", message);
}

static void messages_reach_the_sink_on_one_line(void **state)
{
    char text[3000];

    (void)state;
    slim_log_set_sink(keep_message);
    slim_log(SLIM_LOG_WARN, "%s: %d", "cannot open /x", 13);
    assert_string_equal("cannot open /x: 13", last);
    assert_int_equal(SLIM_LOG_WARN, last_level);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    slim_log(SLIM_LOG_ERROR, "%s", text);
    assert_in_range(strlen(last), 1000, 1024);
    for (int c = 1; c < 256; c++) {
        slim_log(SLIM_LOG_INFO, "a%cb", c);
        for (const char *at = last; *at; at++) {
            assert_true((unsigned char)*at >= 0x20 && *at != 0x7f);
        }
    }
    slim_log_set_sink(slim_log_to_stderr);
}

static void control_bytes_are_written_as_their_number(void **state)
{
    static const struct {
        const char *bytes, *escaped;
    } cases[] = {
        {"", ""},
        {"plain text \\", "plain text \\"},
        {"a\nb\x1b[m", "a\\x0ab\\x1b[m"},
        {"\x7f\x80\xff", "\\x7f\\x80\\xff"},
        {"\xc3\xa4", "\\xc3\\xa4"},
        {"\x1b]0;x\x07", "\\x1b]0;x\\x07"},
    };
    char bytes[2000];

    (void)state;
    slim_log_set_sink(keep_message);
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        slim_log(SLIM_LOG_INFO, "%s", cases[i].bytes);
        assert_string_equal(cases[i].escaped, last);
    }
    for (int round = 0; round < 2000; round++) {
        size_t length = noise_below(sizeof bytes);
        noise_fill(bytes, length);
        slim_log(SLIM_LOG_INFO, "%.*s", (int)length, bytes);
        assert_true(strlen(last) < 1024);
        for (const char *at = last; *at; at++) {
            assert_in_range(*at, 0x20, 0x7e);
        }
    }
    slim_log_set_sink(slim_log_to_stderr);
}

static void addresses_are_written_as_rfc_5952_has_it(void **state)
{
    static const struct {
        const char *text, *canonical; /* NULL: none */
        uint8_t length;
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", 4},
        {"0.0.0.0", "0.0.0.0", 4},
        {"255.255.255.255", "255.255.255.255", 4},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", 16},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", 16},
        {"::", "::", 16},
        {"::1", "::1", 16},
        {"::ffff:192.0.2.1", "192.0.2.1", 4},
        {"::FFFF:c000:0201", "192.0.2.1", 4},
        {"::192.0.2.1", "::192.0.2.1", 16},
        {"fe80::1%lo", NULL, 0},
        {"192.0.2", NULL, 0},
        {"192.0.2.256", NULL, 0},
        {"192.0.2.1 ", NULL, 0},
        {"192.0.2.1:80", NULL, 0},
        {"[::1]", NULL, 0},
        {"", NULL, 0},
        {"example.org", NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        uint8_t address[16], length = 0;
        char text[SLIM_ADDRESS_SIZE];
        int good = slim_address_parse(cases[i].text, address, &length);
        if (good != (cases[i].canonical != NULL)) {
            fail_msg("%s", cases[i].text);
        }
        if (good) {
            slim_address_format(address, length, text);
            assert_string_equal(cases[i].canonical, text);
            assert_int_equal(cases[i].length, length);
        }
    }
    char text[SLIM_ADDRESS_SIZE] = "x";
    slim_address_format((const uint8_t *)"1234", 0, text);
    assert_string_equal("", text);
    slim_address_format((const uint8_t *)"12345", 5, text);
    assert_string_equal("", text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_reach_the_sink_on_one_line),
        cmocka_unit_test(control_bytes_are_written_as_their_number),
        cmocka_unit_test(addresses_are_written_as_rfc_5952_has_it),
    };

    return RUN_UNIT(tests);
}
