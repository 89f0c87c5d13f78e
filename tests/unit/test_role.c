/* What a hit can be by itself. */
#include "unit.h"

#include "core/evidence.h"
#include "core/facts.h"
#include "core/role.h"
#include "core/session.h"

#define VIEW SLIM_ROLE_VIEW
#define POSTED SLIM_ROLE_POSTED
#define AHEAD SLIM_ROLE_PREFETCH
#define DOWNLOAD SLIM_ROLE_DOWNLOAD
#define SEARCH SLIM_ROLE_SEARCH
#define PART SLIM_HIT_FROM_START

struct role_case {
    enum slim_kind kind;
    const char *method;
    unsigned status;
    uint32_t flags;
    unsigned roles;
};

static unsigned roles_of(const struct role_case *c, uint32_t evidence, int searches)
{
    const struct slim_role_case one = {.method = text_of(c->method),
                                       .kind = c->kind,
                                       .status = c->status,
                                       .flags = c->flags,
                                       .evidence = evidence,
                                       .searches = searches};
    return slim_role_of(&one);
}

static void check(const struct role_case *cases, size_t count, uint32_t evidence, int searches)
{
    for (size_t i = 0; i < count; i++) {
        unsigned roles = roles_of(&cases[i], evidence, searches);
        if (roles != cases[i].roles) {
            fail_msg("%s %u of kind %s, evidence %x: %x, not %x", cases[i].method, cases[i].status,
                     slim_kind_name(cases[i].kind), evidence, roles, cases[i].roles);
        }
    }
}

#define CHECK(cases, evidence, searches) check(cases, LENGTH_OF(cases), evidence, searches)

static void pages_are_views_got_posted_or_fetched_ahead(void **state)
{
    static const struct role_case cases[] = {
        {SLIM_KIND_PAGE, "GET", 200, 0, VIEW},
        {SLIM_KIND_PAGE, "get", 200, 0, VIEW},
        {SLIM_KIND_PAGE, "GET", 299, 0, VIEW},
        {SLIM_KIND_PAGE, "GET", 304, 0, VIEW},
        {SLIM_KIND_PAGE, "GET", 206, PART, VIEW},
        {SLIM_KIND_PAGE, "GET", 206, 0, 0},
        {SLIM_KIND_PAGE, "GET", 199, 0, 0},
        {SLIM_KIND_PAGE, "GET", 300, 0, 0},
        {SLIM_KIND_PAGE, "GET", 301, 0, 0},
        {SLIM_KIND_PAGE, "GET", 303, 0, 0},
        {SLIM_KIND_PAGE, "GET", 305, 0, 0},
        {SLIM_KIND_PAGE, "GET", 404, PART, 0},
        {SLIM_KIND_PAGE, "GET", 500, 0, 0},
        {SLIM_KIND_PAGE, "GET", 0, 0, 0},
        {SLIM_KIND_PAGE, "POST", 200, 0, POSTED},
        {SLIM_KIND_PAGE, "POST", 299, 0, POSTED},
        {SLIM_KIND_PAGE, "POST", 304, 0, 0},
        {SLIM_KIND_PAGE, "POST", 303, 0, 0},
        {SLIM_KIND_PAGE, "POST", 403, 0, 0},
        {SLIM_KIND_PAGE, "HEAD", 200, 0, 0},
        {SLIM_KIND_PAGE, "PUT", 200, 0, 0},
        {SLIM_KIND_PAGE, "OPTIONS", 200, 0, 0},
        {SLIM_KIND_PAGE, "", 200, 0, 0},
        {SLIM_KIND_PAGE, "GETS", 200, 0, 0},
        {SLIM_KIND_PREFETCH, "GET", 200, 0, AHEAD},
        {SLIM_KIND_PREFETCH, "GET", 304, 0, AHEAD},
        {SLIM_KIND_PREFETCH, "GET", 503, 0, 0},
        {SLIM_KIND_PREFETCH, "POST", 200, 0, 0},
        {SLIM_KIND_FEED, "GET", 200, 0, 0},
        {SLIM_KIND_OTHER, "GET", 200, 0, 0},
        {SLIM_KIND_API, "POST", 200, 0, 0},
        {SLIM_KIND_ASSET, "GET", 200, 0, SLIM_ROLE_ASSET},
        {SLIM_KIND_ASSET, "HEAD", 404, 0, SLIM_ROLE_ASSET},
    };

    (void)state;
    CHECK(cases, 0, 0);
}

static void one_download_counts_once(void **state)
{
    static const struct role_case cases[] = {
        {SLIM_KIND_DOWNLOAD, "GET", 200, 0, DOWNLOAD},
        {SLIM_KIND_DOWNLOAD, "GET", 206, PART, DOWNLOAD},
        {SLIM_KIND_DOWNLOAD, "GET", 206, PART | SLIM_HIT_ABORTED, DOWNLOAD},
        {SLIM_KIND_DOWNLOAD, "GET", 206, 0, 0},
        {SLIM_KIND_DOWNLOAD, "GET", 206, SLIM_HIT_TLS, 0},
        {SLIM_KIND_DOWNLOAD, "GET", 204, 0, 0},
        {SLIM_KIND_DOWNLOAD, "GET", 304, 0, 0},
        {SLIM_KIND_DOWNLOAD, "GET", 404, PART, 0},
        {SLIM_KIND_DOWNLOAD, "GET", 416, PART, 0},
        {SLIM_KIND_DOWNLOAD, "HEAD", 200, 0, 0},
        {SLIM_KIND_DOWNLOAD, "POST", 500, 0, 0},
        {SLIM_KIND_DOWNLOAD, "PUT", 200, 0, 0},
    };

    (void)state;
    CHECK(cases, 0, 0);
    CHECK(cases, 0, 1);
}

/* A form that is answered with a file; of hits of before it was kept whether it was one, all are.
 */
static void a_posted_download_is_an_attachment(void **state)
{
    static const struct role_case got = {SLIM_KIND_DOWNLOAD, "GET", 200, 0, DOWNLOAD},
                                  posted = {SLIM_KIND_DOWNLOAD, "POST", 200, 0, DOWNLOAD};
    struct slim_evidence file = {.known = 1, .type = SLIM_TYPE_SAVED, .attachment = 1},
                         other = {.known = 1, .type = SLIM_TYPE_SAVED};

    (void)state;
    assert_int_equal(DOWNLOAD, roles_of(&posted, slim_evidence_pack(&file), 0));
    assert_int_equal(0, roles_of(&posted, slim_evidence_pack(&other), 0));
    assert_int_equal(DOWNLOAD, roles_of(&posted, 0, 0));
    assert_int_equal(DOWNLOAD, roles_of(&got, slim_evidence_pack(&other), 0));
}

static void a_search_may_lead_elsewhere(void **state)
{
    static const struct role_case cases[] = {
        {SLIM_KIND_PAGE, "GET", 200, 0, VIEW | SEARCH},
        {SLIM_KIND_PAGE, "GET", 302, 0, SEARCH},
        {SLIM_KIND_PAGE, "GET", 304, 0, VIEW | SEARCH},
        {SLIM_KIND_PAGE, "GET", 206, 0, 0},
        {SLIM_KIND_PAGE, "GET", 404, 0, 0},
        {SLIM_KIND_PAGE, "POST", 200, 0, POSTED},
        {SLIM_KIND_PREFETCH, "GET", 200, 0, AHEAD | SEARCH},
        {SLIM_KIND_API, "GET", 200, 0, 0},
    };

    (void)state;
    CHECK(cases, 0, 1);
}

static void what_is_asked_for_ahead_proves_nothing(void **state)
{
    static const struct {
        enum slim_kind kind;
        const char *purpose, *dest;
        int proves;
    } cases[] = {
        {SLIM_KIND_PAGE, "", "document", 1},
        {SLIM_KIND_ASSET, "", "image", 1},
        {SLIM_KIND_API, "u=1", "empty", 1},
        {SLIM_KIND_PREFETCH, "prefetch", "document", 0},
        {SLIM_KIND_PREFETCH, "prefetch;prerender", "document", 0},
        {SLIM_KIND_PREFETCH, "prefetch", "empty", 0},
        {SLIM_KIND_PREFETCH, "prefetch", "", 0},
        {SLIM_KIND_ASSET, "prefetch;prerender", "image", 0},
        {SLIM_KIND_API, "prefetch;prerender", "empty", 0},
        {SLIM_KIND_ASSET, "prefetch", "", 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_evidence e = {.known = 1,
                                  .purpose =
                                      slim_purpose_of(cases[i].purpose, strlen(cases[i].purpose)),
                                  .dest = slim_dest_of(cases[i].dest, strlen(cases[i].dest))};
        if (slim_role_proves(cases[i].kind, slim_evidence_pack(&e)) != cases[i].proves) {
            fail_msg("%s, %s, %s", slim_kind_name(cases[i].kind), cases[i].purpose, cases[i].dest);
        }
    }
    assert_true(slim_role_proves(SLIM_KIND_ASSET, 0));
    assert_false(slim_role_proves(SLIM_KIND_PREFETCH, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_views_got_posted_or_fetched_ahead),
        cmocka_unit_test(one_download_counts_once),
        cmocka_unit_test(a_posted_download_is_an_attachment),
        cmocka_unit_test(a_search_may_lead_elsewhere),
        cmocka_unit_test(what_is_asked_for_ahead_proves_nothing),
    };

    return RUN_UNIT(tests);
}
