/* Values of access logs: what httpd escaped, numbers, addresses. */
#include "log_value.h"

#include <string.h>

#include "core/address.h"
#include "core/ascii.h"

/* What httpd's log escapes (ap_escape_logitem); a backslash before anything else stays. */
static size_t unescape_one(const char *at, const char *end, char *out)
{
    static const char letters[] = "b\bn\nr\rt\tv\v\\\\\"\"";

    if (at + 1 < end) {
        for (const char *l = letters; *l; l += 2) {
            if (at[1] == l[0]) {
                *out = l[1];
                return 2;
            }
        }
        if (at[1] == 'x' && at + 3 < end && slim_hex_byte(at + 2) >= 0) {
            *out = (char)slim_hex_byte(at + 2);
            return 4;
        }
    }
    *out = '\\';
    return 1;
}

size_t slim_log_value_unescape(struct slim_text text, char *out)
{
    const char *at = text.at, *end = text.at + text.length;
    char *begin = out;

    while (at < end) {
        if (*at == '\\') {
            at += unescape_one(at, end, out++);
        } else {
            *out++ = *at++;
        }
    }
    return (size_t)(out - begin);
}

int slim_log_value_number(struct slim_text value, uint64_t *number)
{
    uint64_t n = 0;

    if (value.length == 0 || value.length > 18) {
        return 0;
    }
    for (size_t i = 0; i < value.length; i++) {
        if (value.at[i] < '0' || value.at[i] > '9') {
            return 0;
        }
        n = n * 10 + (uint64_t)(value.at[i] - '0');
    }
    *number = n;
    return 1;
}

/* Digits behind a point, as microseconds; more than six are cut. */
static int read_fraction(struct slim_text digits, uint64_t *us)
{
    uint64_t place = 100000;

    *us = 0;
    for (size_t i = 0; i < digits.length; i++, place /= 10) {
        if (digits.at[i] < '0' || digits.at[i] > '9') {
            return 0;
        }
        *us += (uint64_t)(digits.at[i] - '0') * place;
    }
    return 1;
}

int slim_log_value_duration(struct slim_text value, uint64_t unit_us, uint64_t *us)
{
    const char *point = value.length ? memchr(value.at, '.', value.length) : NULL;
    struct slim_text whole = {value.at, point ? (size_t)(point - value.at) : value.length};
    uint64_t number, fraction = 0;

    unit_us = point ? 1000000 : unit_us;
    if (!slim_log_value_number(whole, &number) || number > INT64_MAX / 1000000
        || (point
            && !read_fraction((struct slim_text){point + 1, value.length - whole.length - 1},
                              &fraction))) {
        return 0;
    }
    *us = number * unit_us + fraction;
    return 1;
}

/* Four numbers and three dots, as nearly every line has them. */
static int read_ipv4(struct slim_text value, uint8_t address[4])
{
    unsigned part = 0, parts = 0, digits = 0;

    for (size_t i = 0; i < value.length; i++) {
        char c = value.at[i];
        if (c >= '0' && c <= '9' && digits < 3) {
            part = part * 10 + (unsigned)(c - '0');
            digits++;
        } else if (c == '.' && digits > 0 && part < 256 && parts < 3) {
            address[parts++] = (uint8_t)part;
            part = digits = 0;
        } else {
            return 0;
        }
    }
    if (parts != 3 || digits == 0 || part > 255) {
        return 0;
    }
    address[3] = (uint8_t)part;
    return 1;
}

int slim_log_value_address(struct slim_text value, uint8_t address[16], uint8_t *length)
{
    char text[SLIM_ADDRESS_SIZE];

    memset(address, 0, 16);
    if (read_ipv4(value, address)) {
        *length = 4;
        return 1;
    }
    if (value.length > 0 && value.length < sizeof text && !memchr(value.at, '\0', value.length)) {
        memcpy(text, value.at, value.length);
        text[value.length] = '\0';
        if (slim_address_parse(text, address, length)) {
            return 1;
        }
    }
    memset(address, 0, 16);
    *length = 0;
    return 0;
}

uint16_t slim_log_value_protocol(struct slim_text word)
{
    if (word.length != 8 && word.length != 6) { /* "HTTP/2" is what some proxies write */
        return 0;
    }
    int major = word.at[5] - '0', minor = word.length == 8 ? word.at[7] - '0' : 0;
    if (memcmp(word.at, "HTTP/", 5) != 0 || major < 0 || major > 9 || minor < 0 || minor > 9
        || (word.length == 8 && word.at[6] != '.')) {
        return 0;
    }
    return (uint16_t)(major * 1000 + minor);
}
