/* Which address a Link header calls canonical. */
#include "unit.h"

#include "core/link_header.h"
#include "noise.h"

static void the_canonical_address_is_found(void **state)
{
    static const struct {
        const char *value, *address; /* NULL: none */
    } cases[] = {
        {"</a>; rel=\"canonical\"", "/a"},
        {"</a>;rel=canonical", "/a"},
        {" <https://example.org/a?b=c,d;e> ; REL = \"Canonical\" ",
         "https://example.org/a?b=c,d;e"},
        {"</x>; rel=preload; as=style, </a>; rel=\"canonical\"", "/a"},
        {"</x.css>; rel=\"preload\"; title=\"a, b; c\",,</a>; rel=\"next canonical\"", "/a"},
        {"</a>; rel=\"canonical\", </b>; rel=\"canonical\"", "/a"},
        {"</a>; crossorigin; rel=canonical", "/a"},
        {"</a>; rel=next; rel=canonical", NULL},
        {"</a>; rel=canonicals", NULL},
        {"</a>; title=\"rel=canonical\"", NULL},
        {"</a>", NULL},
        {"<>; rel=canonical", ""},
        {"</a; rel=canonical", NULL},
        {"</a>; rel=\"canonical", NULL},
        {"</a> rel=canonical", NULL},
        {"/a; rel=canonical", NULL},
        {"</a>; rel=", NULL},
        {"</a>; =canonical", NULL},
        {"</a>;;; rel=canonical", "/a"},
        {"", NULL},
        {"<", NULL},
        {",", NULL},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_text address;
        int found = slim_link_canonical(text_of(cases[i].value), &address);
        assert_int_equal(cases[i].address != NULL, found);
        if (found) {
            assert_string_equal(cases[i].address, string_of(address));
        }
    }
}

/* Within a block of exactly its length, so that a sanitizer sees a read behind it. */
static void noise_has_an_end(void **state)
{
    static const char bytes[] = "<>;,=\" \trelcanonical\0/";

    (void)state;
    for (int round = 0; round < 50000; round++) {
        size_t length = noise_below(40);
        char *value = malloc(length + 1);
        for (size_t i = 0; i < length; i++) {
            value[i] = bytes[noise_below(sizeof bytes)];
        }
        char *exact = malloc(length ? length : 1);
        memcpy(exact, value, length);
        struct slim_text address = {NULL, 0};
        if (slim_link_canonical((struct slim_text){exact, length}, &address)) {
            assert_true(address.at >= exact && address.at + address.length <= exact + length);
        }
        free(exact);
        free(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_canonical_address_is_found),
        cmocka_unit_test(noise_has_an_end),
    };

    return RUN_UNIT(tests);
}
